package io.jspp.virtio;

import io.jspp.linux.Constants;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.linux.LinuxException;
import io.jspp.memory.Alignment;
import io.jspp.memory.MappedMemory;
import io.jspp.state.Cause;

/**
 * One region of a guest's memory, mapped here: {@code [guestAddress, guestAddress+size)} as the guest counts, {@code [userAddress, …)} as the
 * front-end counts, {@code [host, …)} here. Owns the descriptor and the mapping.
 *
 * <p>Session thread; {@link #vanished} and {@link #replaceByZeroPages} under the lock of {@link GuestMemory}.
 */
public final class GuestRegion implements AutoCloseable {
    /** Lengths are rounded to the largest huge page, so that munmap of hugetlb memory gets a multiple of its page. */
    private static final long LARGEST_PAGE = 1L << 30;

    final long guestAddress;
    final long userAddress;
    final long size;
    final long host;
    private final long fileEnd;
    private final FileDescriptor file;
    private final MappedMemory mapping;
    private final boolean sealed;

    private GuestRegion(
            FileDescriptor file, MappedMemory mapping, long guestAddress, long userAddress, long size, long offset) {
        this.file = file;
        this.mapping = mapping;
        this.guestAddress = guestAddress;
        this.userAddress = userAddress;
        this.size = size;
        this.fileEnd = offset + size;
        this.host = mapping.address() + offset;
        // Best effort: a memory file that can't shrink can't raise SIGBUS by shrinking.
        int seals = Linux.tryFcntl(file.value(), Constants.F_ADD_SEALS, Constants.F_SEAL_SHRINK);
        int now = seals == 0 ? Constants.F_SEAL_SHRINK : Linux.tryFcntl(file.value(), Constants.F_GET_SEALS, 0);
        this.sealed = now > 0 && (now & Constants.F_SEAL_SHRINK) != 0;
        Linux.madvise(mapping.address(), mapping.length(), Constants.MADV_DONTDUMP);
    }

    /**
     * Checks and maps one row of a memory table. Takes the descriptor over in any case.
     *
     * @param offset where the region begins in the file, bytes
     * @throws GuestMemoryException when the row is unusable
     */
    public static GuestRegion map(FileDescriptor file, long guestAddress, long size, long userAddress, long offset)
            throws GuestMemoryException {
        MappedMemory mapping = null;
        try {
            long fileSize = check(file, guestAddress, size, userAddress, offset);
            long end = offset + size;
            long length = end > fileSize - LARGEST_PAGE ? fileSize : Alignment.up(end, LARGEST_PAGE);
            mapping = MappedMemory.shared(file.value(), 0, length);
            return new GuestRegion(file, mapping, guestAddress, userAddress, size, offset);
        } catch (LinuxException e) {
            if (mapping != null) {
                mapping.close();
            }
            file.close();
            throw new GuestMemoryException("memory region of " + size + " bytes: " + e.getMessage());
        } catch (GuestMemoryException e) {
            file.close();
            throw e;
        }
    }

    private static long check(FileDescriptor file, long guestAddress, long size, long userAddress, long offset)
            throws GuestMemoryException {
        if (size <= 0 || offset < 0 || offset + size < 0) {
            throw new GuestMemoryException("memory region of size 0x" + Long.toHexString(size) + " at file offset 0x"
                    + Long.toHexString(offset) + " is impossible");
        }
        if (wraps(guestAddress, size) || wraps(userAddress, size)) {
            throw new GuestMemoryException("memory region wraps around the end of the address space");
        }
        Linux.Stat stat = Linux.fstat(file.value());
        if (!stat.isRegular()) {
            throw new GuestMemoryException(
                    Cause.MEMORY_NOT_SHARED,
                    "memory region is no memory file (mode 0" + Integer.toOctalString(stat.mode()) + ")");
        }
        int flags = Linux.fcntl(file.value(), Constants.F_GETFL, 0);
        if ((flags & Constants.O_ACCMODE) != Constants.O_RDWR) {
            throw new GuestMemoryException(
                    Cause.MEMORY_NOT_SHARED, "memory region is not open for reading and writing");
        }
        if (offset + size > stat.size()) {
            throw new GuestMemoryException(
                    "memory region ends at byte " + (offset + size) + " of a file of " + stat.size());
        }
        return stat.size();
    }

    private static boolean wraps(long start, long size) {
        return Long.compareUnsigned(start + (size - 1), start) < 0;
    }

    /** Whether two ranges share an address; neither wraps. */
    static boolean overlap(long a, long aSize, long b, long bSize) {
        return Long.compareUnsigned(a, b + (bSize - 1)) <= 0 && Long.compareUnsigned(b, a + (aSize - 1)) <= 0;
    }

    /** Where the front-end has mapped it, as it says. */
    public long userAddress() {
        return userAddress;
    }

    /** Inode of the region's file, as /proc/PID/maps shows it. */
    public long inode() {
        return Linux.fstat(file.value()).inode();
    }

    /** True when the file can no longer shrink. */
    public boolean sealed() {
        return sealed;
    }

    /** Whether the file has become shorter than what was mapped. */
    boolean vanished() {
        return Linux.fstat(file.value()).size() < fileEnd;
    }

    /** Ends the faults: reads give 0, writes go nowhere, addresses stay valid until {@link #close}. */
    void replaceByZeroPages() {
        mapping.replaceByZeroPages();
    }

    @Override
    public void close() {
        mapping.close();
        file.close();
    }
}
