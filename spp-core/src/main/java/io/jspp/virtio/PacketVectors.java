package io.jspp.virtio;

/**
 * The arrays of a burst, as a virtqueue sees them: packet {@code i} is segments {@code first[i] .. first[i]+count[i])}, {@code length[i]} bytes
 * of frame without net header, and the {@link NetHeader} word {@code offload[i]}.
 *
 * <p>Holds references only; the owner binds it to its burst before each call and reads {@link #packets} and {@link #segments} back. One
 * worker's thread.
 */
public final class PacketVectors {
    long[] segmentAddress;
    int[] segmentLength;
    int[] first;
    int[] count;
    int[] length;
    long[] offload;

    /** Used entries of the segment arrays. */
    public int segments;

    /** Used entries of the packet arrays. */
    public int packets;

    /** All offload words that a receive appended, or-ed: 0 when there are plain frames only. */
    public long anyOffload;

    /** Points this at other arrays; the packet arrays have one common length, the segment arrays too. */
    public void bind(
            long[] segmentAddress, int[] segmentLength, int[] first, int[] count, int[] length, long[] offload) {
        this.segmentAddress = segmentAddress;
        this.segmentLength = segmentLength;
        this.first = first;
        this.count = count;
        this.length = length;
        this.offload = offload;
    }
}
