package io.jspp.frontend;

import io.jspp.linux.Constants;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.linux.LinuxException;
import io.jspp.memory.Alignment;
import io.jspp.memory.MappedMemory;

/**
 * The memory of a guest that exists only in this process: one memfd, mapped here, offered to the back-end by SET_MEM_TABLE. Hugepages are used
 * when enough of them are free, else ordinary pages.
 *
 * <p>Guest addresses differ from the addresses of this process on purpose, as they do with QEMU. Allocation only grows and belongs to set-up;
 * memory comes zeroed. Closing unmaps: stop every queue user first.
 */
public final class FrontendMemory implements AutoCloseable {
    /** Where guest memory begins in the guest's own address space. */
    public static final long GUEST_BASE = 0x4000_0000L;

    private static final long SEALS = Constants.F_SEAL_SHRINK | Constants.F_SEAL_GROW | Constants.F_SEAL_SEAL;

    private final FileDescriptor descriptor;
    private final MappedMemory mapping;
    private final boolean hugePages;
    private long used;

    private FrontendMemory(FileDescriptor descriptor, MappedMemory mapping, boolean hugePages) {
        this.descriptor = descriptor;
        this.mapping = mapping;
        this.hugePages = hugePages;
    }

    /** Memory of at least {@code bytes}, on hugepages when {@code hugePages} and enough are free. */
    public static FrontendMemory create(long bytes, boolean hugePages) {
        long length = Alignment.up(Math.max(bytes, Alignment.HUGE_PAGE), Alignment.HUGE_PAGE);
        if (hugePages) {
            try {
                return create(length, Constants.MFD_HUGETLB, true);
            } catch (LinuxException e) {
                // No free hugepages (ENOMEM, ENOSPC) or a kernel without them (EINVAL, ENOSYS): ordinary pages do.
                return create(length, 0, false);
            }
        }
        return create(length, 0, false);
    }

    private static FrontendMemory create(long length, int flags, boolean hugePages) {
        FileDescriptor fd = Linux.memfdCreate("spp-guest", Constants.MFD_CLOEXEC | Constants.MFD_ALLOW_SEALING | flags);
        try {
            Linux.ftruncate(fd.value(), length);
            Linux.fallocate(fd.value(), 0, length);
            Linux.fcntl(fd.value(), Constants.F_ADD_SEALS, (int) SEALS);
            MappedMemory mapping = MappedMemory.shared(fd.value(), 0, length);
            return new FrontendMemory(fd, mapping, hugePages);
        } catch (RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    /** Takes {@code bytes} of zeroed memory; returns its address in this process. */
    public synchronized long allocate(long bytes, long alignment) {
        long offset = Alignment.up(used, alignment);
        long address = mapping.addressOf(offset, bytes);
        used = offset + bytes;
        return address;
    }

    /** Address in this process → address as descriptors carry it. */
    public long guestAddress(long address) {
        return address - mapping.address() + GUEST_BASE;
    }

    /** Begin of the memory in this process: {@code userspace_addr} of the memory table. */
    public long address() {
        return mapping.address();
    }

    public long length() {
        return mapping.length();
    }

    public FileDescriptor descriptor() {
        return descriptor;
    }

    public boolean hugePages() {
        return hugePages;
    }

    @Override
    public void close() {
        mapping.close();
        descriptor.close();
    }
}
