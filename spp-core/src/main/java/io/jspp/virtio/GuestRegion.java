package io.jspp.virtio;

import io.jspp.linux.FileDescriptor;

/**
 * One region of a guest's memory, mapped here: {@code [guestAddress, guestAddress+size)} as the guest counts, {@code [userAddress, …)} as the
 * front-end counts, {@code [host, …)} here. Owns the descriptor and the mapping.
 *
 * <p>Session thread; {@link #vanished} and {@link #replaceByZeroPages} under the lock of {@link GuestMemory}.
 */
public final class GuestRegion implements AutoCloseable {
    final long guestAddress;
    final long userAddress;
    final long size;
    final long host;
    private final ForeignMapping mapping;

    private GuestRegion(ForeignMapping mapping, long guestAddress, long userAddress, long size) {
        this.mapping = mapping;
        this.guestAddress = guestAddress;
        this.userAddress = userAddress;
        this.size = size;
        this.host = mapping.address;
    }

    /**
     * Checks and maps one row of a memory table. Takes the descriptor over in any case.
     *
     * @param offset where the region begins in the file, bytes
     * @throws GuestMemoryException when the row is unusable
     */
    public static GuestRegion map(FileDescriptor file, long guestAddress, long size, long userAddress, long offset)
            throws GuestMemoryException {
        if (size > 0 && (wraps(guestAddress, size) || wraps(userAddress, size))) {
            file.close();
            throw new GuestMemoryException("memory region wraps around the end of the address space");
        }
        return new GuestRegion(
                ForeignMapping.map("memory region", file, offset, size), guestAddress, userAddress, size);
    }

    private static boolean wraps(long start, long size) {
        return Long.compareUnsigned(start + (size - 1), start) < 0;
    }

    /** Whether the two share an address, of the guest or of the front-end. */
    boolean overlaps(GuestRegion other) {
        return overlap(guestAddress, size, other.guestAddress, other.size)
                || overlap(userAddress, size, other.userAddress, other.size);
    }

    private static boolean overlap(long a, long aSize, long b, long bSize) {
        return Long.compareUnsigned(a, b + (bSize - 1)) <= 0 && Long.compareUnsigned(b, a + (aSize - 1)) <= 0;
    }

    /** Whether this is the region so described. */
    boolean is(long guest, long bytes, long user) {
        return guestAddress == guest && size == bytes && userAddress == user;
    }

    /** Whether both are the same memory at the same addresses. */
    boolean same(GuestRegion other) {
        return is(other.guestAddress, other.size, other.userAddress) && mapping.same(other.mapping);
    }

    /** Whether what is at {@code host} here lies in it. */
    boolean holds(long address) {
        return address - host >= 0 && address - host < size;
    }

    /** Bytes. */
    public long size() {
        return size;
    }

    /** Where the front-end has mapped it, as it says. */
    public long userAddress() {
        return userAddress;
    }

    /** Inode of the region's file, as /proc/PID/maps shows it. */
    public long inode() {
        return mapping.inode();
    }

    /** True when the file can no longer shrink. */
    public boolean sealed() {
        return mapping.sealed();
    }

    /** Whether the file has become shorter than what was mapped. */
    boolean vanished() {
        return mapping.vanished();
    }

    /** Ends the faults: reads give 0, writes go nowhere, addresses stay valid until {@link #close}. */
    void replaceByZeroPages() {
        mapping.replaceByZeroPages();
    }

    @Override
    public void close() {
        mapping.close();
    }
}
