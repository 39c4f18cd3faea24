package io.jspp.mbuf;

import io.jspp.memory.Memory;

/**
 * All mbufs of the segment as one process sees them. A handle is an index that means the same in every process.
 *
 * <pre>
 *   header, 64 bytes, one cache line:
 *      0  owner word     long   {@link OwnerWord}, release
 *      8  next           int    next mbuf of the packet, -1 last
 *     12  data offset    short  first data byte in the chunk
 *     14  segments       short  mbufs of the packet; in the head
 *     16  length         int    data bytes in this mbuf
 *     20  total length   int    bytes of the packet; in the head
 *     24  offload        long   {@link io.jspp.net.Offload} word; in the head
 *     32  held index     int    scratch of the consumer that holds it
 *   data: chunk n begins at n × chunk bytes of the data section
 * </pre>
 *
 * <p>Owner word and facts share a line: who takes an mbuf over reads and writes it once. Everything but the owner word is plain and belongs to
 * the owner; it is published by the ring's tail.
 */
public final class Mempool {
    /** Bytes left before the data of a fresh mbuf, for a tag or a header. */
    public static final int HEADROOM = 128;

    /** mbufs one packet may have: enough for 65 562 bytes in chunks of 2048. */
    public static final int MAX_CHAIN = 36;

    static final int HEADER = 64;
    static final int OWNER = 0;
    static final int LINK = 8;
    static final int LENGTHS = 16;
    static final int OFFLOAD = 24;
    static final int HELD_INDEX = 32;
    static final int NONE = -1;

    private final long headers;
    private final long data;
    private final int mbufs;
    private final int chunkBytes;
    private final int chunkShift;
    private final RingReceiver[] receivers;

    Mempool(long headers, long data, SegmentGeometry geometry) {
        this.headers = headers;
        this.data = data;
        this.mbufs = geometry.mbufs();
        this.chunkBytes = geometry.chunkBytes();
        this.chunkShift = Integer.numberOfTrailingZeros(chunkBytes);
        this.receivers = new RingReceiver[geometry.rings()];
    }

    public int size() {
        return mbufs;
    }

    public int chunkBytes() {
        return chunkBytes;
    }

    /** Data bytes a fresh mbuf takes. */
    public int dataRoom() {
        return chunkBytes - HEADROOM;
    }

    /** Whether a value read from shared memory is a handle. */
    public boolean isHandle(int handle) {
        return handle >= 0 && handle < mbufs;
    }

    /** Address of the header of a checked handle. */
    long header(int handle) {
        return headers + ((long) handle << 6);
    }

    /** Address of the first byte of the chunk of a checked handle. */
    public long chunk(int handle) {
        return data + ((long) handle << chunkShift);
    }

    /** The owner word, acquire. */
    public long owner(int handle) {
        return Memory.getLongAcquire(header(handle) + OWNER);
    }

    void putOwner(int handle, long word) {
        Memory.putLongRelease(header(handle) + OWNER, word);
    }

    int next(int handle) {
        return Memory.getInt(header(handle) + LINK);
    }

    static long link(int next, int dataOffset, int segments) {
        return next & 0xffff_ffffL | (long) dataOffset << 32 | (long) segments << 48;
    }

    static int linkNext(long link) {
        return (int) link;
    }

    static int linkOffset(long link) {
        return (int) (link >>> 32) & 0xffff;
    }

    static int linkSegments(long link) {
        return (int) (link >>> 48);
    }

    static long lengths(int length, int total) {
        return length & 0xffff_ffffL | (long) total << 32;
    }

    /** Receivers of this process by ring, so that a sender finds where an mbuf it takes over came from. */
    RingReceiver receiver(int ring) {
        return ring < receivers.length ? receivers[ring] : null;
    }

    void register(int ring, RingReceiver receiver) {
        receivers[ring] = receiver;
    }

    /** mbufs by state at about one moment; exact when nobody moves one meanwhile. The sum is always the pool's size. */
    public record Count(int free, int held, int inRing, int inReturn, int kernel) {}

    /** Reads all owner words: about 1 ms per 65 536. Control threads. */
    public Count count() {
        int[] n = new int[5];
        for (int m = 0; m < mbufs; m++) {
            int state = OwnerWord.state(owner(m));
            n[state < n.length ? state : OwnerWord.HELD]++;
        }
        return new Count(n[0], n[1], n[2], n[3], n[4]);
    }
}
