package io.jspp.virtio;

import io.jspp.linux.Constants;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.linux.LinuxException;
import io.jspp.memory.Alignment;
import io.jspp.memory.MappedMemory;
import io.jspp.state.Cause;

/**
 * A part of a file that a front-end shares, mapped for reading and writing: guest memory, or a dirty log. Whatever the front-end says about it is
 * checked, since a page that lies beyond the end of the file kills whoever touches it. Owns descriptor and mapping.
 *
 * <p>Session thread; {@link #vanished} and {@link #replaceByZeroPages} by whoever met the fault, under a lock of the owner.
 */
final class ForeignMapping implements AutoCloseable {
    /** Huge pages are not larger; what else says so is no page size. */
    private static final long LARGEST_PAGE = 1L << 30;

    /** Where byte {@code offset} of the file is here. */
    final long address;

    private final long offset;
    private final long fileEnd;
    private final FileDescriptor file;
    private final MappedMemory mapping;
    private final boolean sealed;

    /** @param start where the mapping begins in the file */
    private ForeignMapping(FileDescriptor file, MappedMemory mapping, long start, long offset, long size) {
        this.file = file;
        this.mapping = mapping;
        this.offset = offset;
        this.fileEnd = offset + size;
        this.address = mapping.address() + (offset - start);
        // Best effort: a memory file that can't shrink can't raise SIGBUS by shrinking.
        int seals = Linux.tryFcntl(file.value(), Constants.F_ADD_SEALS, Constants.F_SEAL_SHRINK);
        int now = seals == 0 ? Constants.F_SEAL_SHRINK : Linux.tryFcntl(file.value(), Constants.F_GET_SEALS, 0);
        this.sealed = now > 0 && (now & Constants.F_SEAL_SHRINK) != 0;
        Linux.madvise(mapping.address(), mapping.length(), Constants.MADV_DONTDUMP);
    }

    /**
     * Checks and maps {@code [offset, offset + size)} of {@code file}, which passes to the mapping, or is closed. No page besides: mapped huge pages
     * are taken from those that are free, even if nobody touches them.
     *
     * @param what names it in errors
     * @throws GuestMemoryException when it is unusable
     */
    static ForeignMapping map(String what, FileDescriptor file, long offset, long size) throws GuestMemoryException {
        MappedMemory mapping = null;
        try {
            Linux.Stat stat = check(what, file, offset, size);
            // mmap and munmap of hugetlb memory want multiples of its page.
            long page = pageBytes(stat);
            long start = offset & -page;
            long end = offset + size;
            long length = (end > stat.size() - page ? stat.size() : Alignment.up(end, page)) - start;
            mapping = MappedMemory.shared(file.value(), start, length);
            return new ForeignMapping(file, mapping, start, offset, size);
        } catch (LinuxException e) {
            if (mapping != null) {
                mapping.close();
            }
            file.close();
            throw new GuestMemoryException(what + " of " + size + " bytes: " + e.getMessage());
        } catch (GuestMemoryException e) {
            file.close();
            throw e;
        }
    }

    private static long pageBytes(Linux.Stat stat) {
        long block = stat.block();
        return Alignment.isPowerOfTwo(block) && block <= LARGEST_PAGE ? Math.max(block, Alignment.PAGE) : LARGEST_PAGE;
    }

    /** Returns what it found. */
    private static Linux.Stat check(String what, FileDescriptor file, long offset, long size)
            throws GuestMemoryException {
        if (size <= 0 || offset < 0 || offset + size < 0) {
            throw new GuestMemoryException(what + " of size 0x" + Long.toHexString(size) + " at file offset 0x"
                    + Long.toHexString(offset) + " is impossible");
        }
        String withheld = PageSource.withheldBy(file.value());
        if (withheld != null) {
            throw new GuestMemoryException(Cause.MEMORY_NOT_SHARED, what + " is no memory file (" + withheld + ")");
        }
        Linux.Stat stat = Linux.fstat(file.value());
        if (!stat.isRegular()) {
            throw new GuestMemoryException(
                    Cause.MEMORY_NOT_SHARED,
                    what + " is no memory file (mode 0" + Integer.toOctalString(stat.mode()) + ")");
        }
        int flags = Linux.fcntl(file.value(), Constants.F_GETFL, 0);
        if ((flags & Constants.O_ACCMODE) != Constants.O_RDWR) {
            throw new GuestMemoryException(Cause.MEMORY_NOT_SHARED, what + " is not open for reading and writing");
        }
        if (offset + size > stat.size()) {
            throw new GuestMemoryException(what + " ends at byte " + (offset + size) + " of a file of " + stat.size());
        }
        return stat;
    }

    /** Inode of the file. */
    long inode() {
        return Linux.fstat(file.value()).inode();
    }

    /** Whether both are the same part of the same file. */
    boolean same(ForeignMapping other) {
        Linux.Stat mine = Linux.fstat(file.value());
        Linux.Stat theirs = Linux.fstat(other.file.value());
        return fileEnd == other.fileEnd
                && offset == other.offset
                && mine.device() == theirs.device()
                && mine.inode() == theirs.inode();
    }

    /** True when the file can no longer shrink. */
    boolean sealed() {
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
