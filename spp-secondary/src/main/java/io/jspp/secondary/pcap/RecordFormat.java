package io.jspp.secondary.pcap;

import io.jspp.memory.Memory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** How a capture file begins and how a frame lies in it. Stateless, any thread; numbers in the byte order of x86, little-endian. */
enum RecordFormat {
    /** The classic format, draft-ietf-opsawg-pcap: a header of 24 bytes, records of 16 bytes and a frame, microseconds. */
    PCAP("pcap", 16, 0) {
        @Override
        byte[] fileHeader() {
            return littleEndian(24)
                    .putInt(0xa1b2c3d4)
                    .putShort((short) 2)
                    .putShort((short) 4)
                    .putLong(0)
                    .putInt(MAX_CAPTURED)
                    .putInt(ETHERNET)
                    .array();
        }

        @Override
        void put(long address, long epochNs, int captured, int length) {
            Memory.putInt(address, (int) (epochNs / NS_PER_SECOND));
            Memory.putInt(address + 4, (int) (epochNs % NS_PER_SECOND / 1000));
            Memory.putInt(address + 8, captured);
            Memory.putInt(address + 12, length);
        }

        @Override
        int recordBytes(long address) {
            return bytesFor(Memory.getInt(address + 8));
        }
    },

    /**
     * draft-ietf-opsawg-pcapng: a section header block, an interface description block with nanoseconds, an enhanced packet block per frame.
     *
     * <pre>
     *   0 type 6 │ 4 block length │ 8 interface 0 │ 12 time, high │ 16 time, low │ 20 captured │ 24 length │ 28 frame, padded to 4 │ block length
     * </pre>
     */
    PCAPNG("pcapng", 28, 4) {
        @Override
        byte[] fileHeader() {
            return littleEndian(28 + 32)
                    .putInt(0x0a0d0d0a)
                    .putInt(28)
                    .putInt(0x1a2b3c4d)
                    .putShort((short) 1)
                    .putShort((short) 0)
                    .putLong(-1)
                    .putInt(28)
                    .putInt(1)
                    .putInt(32)
                    .putShort((short) ETHERNET)
                    .putShort((short) 0)
                    .putInt(MAX_CAPTURED)
                    .putShort((short) 9) // if_tsresol
                    .putShort((short) 1)
                    .putInt(9) // 10^-9 s, three bytes of padding
                    .putInt(0) // end of options
                    .putInt(32)
                    .array();
        }

        @Override
        void put(long address, long epochNs, int captured, int length) {
            int bytes = bytesFor(captured);
            Memory.putInt(address + bytes - 8, 0); // padding; the frame is copied over it later
            Memory.putInt(address, 6);
            Memory.putInt(address + 4, bytes);
            Memory.putInt(address + 8, 0);
            Memory.putInt(address + 12, (int) (epochNs >>> 32));
            Memory.putInt(address + 16, (int) epochNs);
            Memory.putInt(address + 20, captured);
            Memory.putInt(address + 24, length);
            Memory.putInt(address + bytes - 4, bytes);
        }

        @Override
        int recordBytes(long address) {
            return Memory.getInt(address + 4);
        }
    };

    /** Bytes of a frame that are kept, SPP's number. */
    static final int MAX_CAPTURED = 65_535;

    private static final int ETHERNET = 1;
    private static final long NS_PER_SECOND = 1_000_000_000L;

    private final String extension;
    private final int frameAt;
    private final int trailer;

    RecordFormat(String extension, int frameAt, int trailer) {
        this.extension = extension;
        this.frameAt = frameAt;
        this.trailer = trailer;
    }

    /** What every file begins with. */
    abstract byte[] fileHeader();

    /**
     * Writes everything of a record but its frame, which is copied to {@link #frameAt} afterwards.
     *
     * @param address of {@link #bytesFor} bytes
     * @param epochNs when the frame came
     * @param captured bytes of the frame that are kept, at least 1
     */
    abstract void put(long address, long epochNs, int captured, int length);

    /** Length of a record that {@link #put} wrote. */
    abstract int recordBytes(long address);

    /** Length of a record with so much of a frame. */
    final int bytesFor(int captured) {
        return frameAt + (trailer == 0 ? captured : captured + 3 & ~3) + trailer;
    }

    /** Where the frame lies in a record. */
    final int frameAt() {
        return frameAt;
    }

    /** In file names: {@code pcap}, {@code pcapng}. */
    final String extension() {
        return extension;
    }

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
