package io.jspp.virtio;

import io.jspp.memory.Memory;

/**
 * struct virtio_net_hdr, virtio 1.2 §5.1.6, little-endian:
 *
 * <pre>
 *   0        1          2         4          6            8             10
 *   ┌────────┬──────────┬─────────┬──────────┬────────────┬─────────────┬─────────────┐
 *   │ flags  │ gso_type │ hdr_len │ gso_size │ csum_start │ csum_offset │ num_buffers │
 *   └────────┴──────────┴─────────┴──────────┴────────────┴─────────────┴─────────────┘
 * </pre>
 *
 * <p>{@code num_buffers} is there with VERSION_1 or MRG_RXBUF only: 12 bytes, else 10. Between ports its facts travel as one word: flags(8)
 * gso_type(8) gso_size(16) csum_start(16) csum_offset(16), the packing of {@code io.jspp.net.Offload}; 0 is a plain frame.
 */
public final class NetHeader {
    /** Bytes without {@code num_buffers}. */
    public static final int LEGACY_BYTES = 10;

    /** Bytes with {@code num_buffers}. */
    public static final int BYTES = 12;

    private static final int CSUM_OFFSET = 8;
    private static final int NUM_BUFFERS = 10;
    private static final int TCP_HEADER_BYTES = 20;
    private static final int UDP_HEADER_BYTES = 8;
    private static final int TCP_CSUM_OFFSET = 16;

    private NetHeader() {}

    /** Size of the header under these features, §5.1.6.1. */
    public static int bytes(long features) {
        return (features & (Features.VERSION_1 | Features.MRG_RXBUF)) != 0 ? BYTES : LEGACY_BYTES;
    }

    /** The word for the header at {@code address}, whose first eight bytes were read once into {@code firstEight}. */
    static long word(long firstEight, long address) {
        return word(firstEight, Memory.getUnsignedShort(address + CSUM_OFFSET));
    }

    /** The word for a header given as its first eight bytes and its csum_offset. */
    public static long word(long firstEight, int csumOffset) {
        return (firstEight & 0xff) << 56
                | (firstEight >>> 8 & 0xff) << 48
                | (firstEight >>> 32 & 0xffff) << 32
                | (firstEight >>> 48 & 0xffff) << 16
                | csumOffset & 0xffff;
    }

    /** First eight bytes of the header for {@code word}. */
    public static long firstEight(long word) {
        return word >>> 56
                | (word >>> 48 & 0xff) << 8
                | (long) headerLength(word) << 16
                | (word >>> 32 & 0xffff) << 32
                | (word >>> 16 & 0xffff) << 48;
    }

    /**
     * hdr_len: bytes of the frame's headers, a lower bound of them for TCP with options. 0 for plain frames; the specification calls it a hint
     * (§5.1.6.2), receivers that need it exactly parse the frame.
     */
    private static int headerLength(long word) {
        if ((word >>> 48 & 0x7f) == 0) {
            return 0;
        }
        int start = (int) (word >>> 16) & 0xffff;
        return start + ((word & 0xffff) == TCP_CSUM_OFFSET ? TCP_HEADER_BYTES : UDP_HEADER_BYTES) & 0xffff;
    }

    /** Writes a header of {@code headerBytes}; {@code buffers} goes into num_buffers when it has one. */
    static void write(long address, int headerBytes, long word, int buffers) {
        Memory.putLong(address, word == 0 ? 0 : firstEight(word));
        if (headerBytes == BYTES) {
            Memory.putInt(address + CSUM_OFFSET, (int) word & 0xffff | buffers << 16);
        } else {
            Memory.putShort(address + CSUM_OFFSET, (short) word);
        }
    }

    /** Sets num_buffers of a header written before. */
    static void putBuffers(long address, int headerBytes, int buffers) {
        if (headerBytes == BYTES) {
            Memory.putShort(address + NUM_BUFFERS, (short) buffers);
        }
    }
}
