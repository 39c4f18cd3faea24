package io.jspp.mbuf;

import java.util.Arrays;

/**
 * Up to {@link #capacity()} packets as a struct of arrays, filled by an rx queue, read by a tx queue, reused for ever.
 *
 * <p>Owned by one component of one worker and touched by that worker's thread only. A packet is 1..n segments:
 *
 * <pre>
 *   packet i:  first[i] ──► segmentAddress[first[i] .. first[i]+count[i])   readable memory of this process, range-checked
 *              count[i]     segmentLength [first[i] .. first[i]+count[i])   bytes, each &gt; 0
 *              length[i]    sum of the segment lengths: the frame from its destination address on, no FCS, no virtio-net header
 *              offload[i]   {@link io.jspp.net.Offload} word, 0 for a plain frame
 *              mbuf[i]      head of a chain of pool mbufs, or {@link #BORROWED}
 * </pre>
 *
 * <p>Borrowed memory (guest, kernel ring) stays valid until the rx queue's {@code release}. A tx queue that takes over a
 * pool mbuf stores {@link #BORROWED} (it no longer belongs to the burst). The arrays are public because the copy loops
 * read them per packet; only the filling queue writes them otherwise.
 */
public final class Burst {
    /** Packets in a burst unless asked otherwise. */
    public static final int DEFAULT_CAPACITY = 64;

    /** Segments a single packet may have: the largest virtqueue (1024) with an indirect table of the same size. */
    public static final int MAX_SEGMENTS_PER_PACKET = 1024;

    /** Value of {@link #mbuf} for a packet whose memory belongs to the source queue. */
    public static final int BORROWED = -1;

    public final long[] segmentAddress;
    public final int[] segmentLength;
    public final int[] first;
    public final int[] count;
    public final int[] length;
    public final long[] offload;
    public final int[] mbuf;

    /** Used entries of the segment arrays. */
    public int segments;

    /** Used entries of the packet arrays. */
    public int packets;

    public Burst() {
        this(DEFAULT_CAPACITY);
    }

    /** @param capacity packets, at least 1 */
    public Burst(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("burst capacity " + capacity + ": at least 1");
        }
        int segmentCapacity = MAX_SEGMENTS_PER_PACKET + 4 * capacity;
        segmentAddress = new long[segmentCapacity];
        segmentLength = new int[segmentCapacity];
        first = new int[capacity];
        count = new int[capacity];
        length = new int[capacity];
        offload = new long[capacity];
        mbuf = new int[capacity];
        Arrays.fill(mbuf, BORROWED);
    }

    /** Packets that fit. */
    public int capacity() {
        return first.length;
    }

    /** Segments still free; a filling queue stops when a packet of the size it must expect would not fit. */
    public int freeSegments() {
        return segmentAddress.length - segments;
    }

    /** Forgets all packets. The source must have been released, or nothing been borrowed. */
    public void clear() {
        packets = 0;
        segments = 0;
    }

    /** Appends a packet of one segment; the caller has checked that there is room and that the memory is readable. */
    public void add(long address, int lengthBytes, long offloadWord, int mbufHandle) {
        int p = packets++;
        int s = segments++;
        segmentAddress[s] = address;
        segmentLength[s] = lengthBytes;
        first[p] = s;
        count[p] = 1;
        length[p] = lengthBytes;
        offload[p] = offloadWord;
        mbuf[p] = mbufHandle;
    }

    /** Appends packet {@code i} of {@code other} by reference (same memory, same release). */
    public void addReference(Burst other, int i) {
        int p = packets++;
        int n = other.count[i];
        System.arraycopy(other.segmentAddress, other.first[i], segmentAddress, segments, n);
        System.arraycopy(other.segmentLength, other.first[i], segmentLength, segments, n);
        first[p] = segments;
        count[p] = n;
        length[p] = other.length[i];
        offload[p] = other.offload[i];
        mbuf[p] = BORROWED;
        segments += n;
    }
}
