package io.jspp.frontend;

import io.jspp.linux.Constants;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.linux.LinuxException;
import io.jspp.memory.Alignment;
import java.util.ArrayList;
import java.util.List;

/**
 * The memory of a guest that exists only in this process: usually one memfd, mapped here and offered to the back-end, on hugepages when enough of
 * them are free. It may have several regions, and gain and lose some.
 *
 * <p>Guest addresses differ from the addresses of this process on purpose, as they do with QEMU. Allocation only grows and belongs to set-up;
 * memory comes zeroed. Closing unmaps: stop every queue user first. Translations are for any thread.
 */
public final class FrontendMemory implements AutoCloseable {
    /** Where guest memory begins in the guest's own address space. */
    public static final long GUEST_BASE = 0x4000_0000L;

    private static final long SEALS = Constants.F_SEAL_SHRINK | Constants.F_SEAL_GROW | Constants.F_SEAL_SEAL;

    private final boolean hugePages;
    private final FrontendRegion first;
    private volatile List<FrontendRegion> regions;

    private FrontendMemory(List<FrontendRegion> regions, boolean hugePages) {
        this.regions = List.copyOf(regions);
        this.first = regions.get(0);
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
        } catch (RuntimeException e) {
            fd.close();
            throw e;
        }
        return new FrontendMemory(List.of(FrontendRegion.map(fd, 0, length, GUEST_BASE)), hugePages);
    }

    /** Memory of given regions, at least one, which it takes over. Rings and buffers are allocated from the first. */
    public static FrontendMemory of(List<FrontendRegion> regions) {
        return new FrontendMemory(regions, false);
    }

    /** Takes a region over; {@link FrontendSession#shares} tells when the back-end knows it. */
    public synchronized void add(FrontendRegion region) {
        List<FrontendRegion> next = new ArrayList<>(regions);
        next.add(region);
        regions = List.copyOf(next);
    }

    /**
     * Gives a region, not the first, back to the caller, who closes it. Nothing of it can be offered any more; what has been is with the back-end until
     * {@link FrontendSession#shares} says otherwise.
     */
    public synchronized void remove(FrontendRegion region) {
        List<FrontendRegion> next = new ArrayList<>(regions);
        if (region == first || !next.remove(region)) {
            throw new IllegalArgumentException("the first region, or none of this memory");
        }
        regions = List.copyOf(next);
    }

    /** What there is now, the first region first. */
    public List<FrontendRegion> regions() {
        return regions;
    }

    /** Takes {@code bytes} of zeroed memory of the first region; returns its address in this process. */
    public long allocate(long bytes, long alignment) {
        return first.allocate(bytes, alignment);
    }

    /** Address in this process → address as descriptors carry it. */
    public long guestAddress(long address) {
        List<FrontendRegion> now = regions;
        for (int i = 0; i < now.size(); i++) {
            FrontendRegion region = now.get(i);
            if (region.holds(address)) {
                return address - region.address() + region.guestAddress();
            }
        }
        throw new IllegalArgumentException("0x" + Long.toHexString(address) + " is not guest memory");
    }

    /** Begin of the first region in this process. */
    public long address() {
        return first.address();
    }

    /** Bytes of the first region. */
    public long length() {
        return first.length();
    }

    /** File of the first region. */
    public FileDescriptor descriptor() {
        return first.descriptor();
    }

    /** Whether {@link #create} found hugepages. */
    public boolean hugePages() {
        return hugePages;
    }

    @Override
    public void close() {
        regions.forEach(FrontendRegion::close);
    }
}
