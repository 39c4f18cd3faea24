package io.jspp.net;

/**
 * The facts of a virtio-net header (virtio 1.2 §5.1.6) in one {@code long}, so that they travel in a
 * burst without objects.
 *
 * <pre>
 *   63      56 55      48 47        32 31        16 15          0
 *   ┌─────────┬──────────┬────────────┬────────────┬─────────────┐
 *   │ flags   │ gso_type │ gso_size   │ csum_start │ csum_offset │
 *   └─────────┴──────────┴────────────┴────────────┴─────────────┘
 * </pre>
 *
 * <p>Zero is a plain frame: checksum complete, no segmentation. {@code hdr_len} is left out: the specification calls it
 * a hint, a receiver that wants it computes it. {@code csum_start} counts from the first byte of the frame.
 */
public final class Offload {
    /** {@code VIRTIO_NET_HDR_F_NEEDS_CSUM}. */
    public static final int F_NEEDS_CSUM = 1;

    /** {@code VIRTIO_NET_HDR_F_DATA_VALID}. */
    public static final int F_DATA_VALID = 2;

    public static final int GSO_NONE = 0;
    public static final int GSO_TCPV4 = 1;
    public static final int GSO_UDP = 3;
    public static final int GSO_TCPV6 = 4;
    public static final int GSO_UDP_L4 = 5;

    /** Or-ed to the gso type: {@code VIRTIO_NET_HDR_GSO_ECN}. */
    public static final int GSO_ECN = 0x80;

    /** A plain frame. */
    public static final long NONE = 0L;

    private Offload() {}

    public static long pack(int flags, int gsoType, int gsoSize, int csumStart, int csumOffset) {
        return (long) (flags & 0xff) << 56
                | (long) (gsoType & 0xff) << 48
                | (long) (gsoSize & 0xffff) << 32
                | (long) (csumStart & 0xffff) << 16
                | csumOffset & 0xffff;
    }

    /**
     * From the first eight bytes of the header as one little-endian long (flags, gso_type, hdr_len, gso_size, csum_start)
     * and csum_offset.
     */
    public static long fromHeader(long firstEight, int csumOffset) {
        return pack(
                (int) firstEight & 0xff,
                (int) (firstEight >>> 8) & 0xff,
                (int) (firstEight >>> 32) & 0xffff,
                (int) (firstEight >>> 48) & 0xffff,
                csumOffset);
    }

    /** The first eight header bytes as a little-endian long, with the given {@code hdr_len}. */
    public static long toHeader(long offload, int headerLength) {
        return (long) flags(offload)
                | (long) gsoType(offload) << 8
                | (long) (headerLength & 0xffff) << 16
                | (long) gsoSize(offload) << 32
                | (long) csumStart(offload) << 48;
    }

    public static int flags(long offload) {
        return (int) (offload >>> 56);
    }

    public static boolean needsChecksum(long offload) {
        return (offload >>> 56 & F_NEEDS_CSUM) != 0;
    }

    /** With {@link #GSO_ECN} when set. */
    public static int gsoType(long offload) {
        return (int) (offload >>> 48) & 0xff;
    }

    public static int gsoSize(long offload) {
        return (int) (offload >>> 32) & 0xffff;
    }

    public static int csumStart(long offload) {
        return (int) (offload >>> 16) & 0xffff;
    }

    public static int csumOffset(long offload) {
        return (int) offload & 0xffff;
    }
}
