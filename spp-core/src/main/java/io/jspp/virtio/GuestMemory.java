package io.jspp.virtio;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A front-end's memory table: immutable, translated by bounds-checked lookups. Every value asked for is taken as hostile.
 *
 * <p>Built and closed by the session thread, the latter only when no worker can look any more: touching unmapped memory ends the JVM. Lookups
 * from any thread. Faults (a file that was truncated) are contained by {@link #replaceVanished}.
 */
public final class GuestMemory implements AutoCloseable {
    /** Answer of a translation that failed. */
    public static final long NOWHERE = 0;

    /** A front-end without memory: nothing translates. */
    public static GuestMemory empty() {
        return new GuestMemory(new GuestRegion[0]);
    }

    final GuestRegion[] regions;
    private boolean closed;

    private GuestMemory(GuestRegion[] regions) {
        this.regions = regions;
    }

    /**
     * Takes the regions over, in any case.
     *
     * @throws GuestMemoryException when two overlap
     */
    public static GuestMemory of(List<GuestRegion> list) throws GuestMemoryException {
        for (int i = 0; i < list.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (list.get(i).overlaps(list.get(j))) {
                    list.forEach(GuestRegion::close);
                    throw new GuestMemoryException("memory regions " + j + " and " + i + " overlap");
                }
            }
        }
        return sorted(list);
    }

    private static GuestMemory sorted(List<GuestRegion> list) {
        GuestRegion[] regions = list.toArray(new GuestRegion[0]);
        Arrays.sort(regions, (a, b) -> Long.compareUnsigned(a.guestAddress, b.guestAddress));
        return new GuestMemory(regions);
    }

    /**
     * This memory and one region more. The regions pass to the result, and this table ends; who still translates by it finds the other regions
     * where they were.
     *
     * @throws GuestMemoryException when it overlaps another; the region is closed and nothing has changed then
     */
    public synchronized GuestMemory with(GuestRegion added) throws GuestMemoryException {
        for (GuestRegion region : regions) {
            if (region.overlaps(added)) {
                added.close();
                throw new GuestMemoryException("memory region overlaps another");
            }
        }
        List<GuestRegion> next = new ArrayList<>(List.of(regions));
        next.add(added);
        closed = true;
        return sorted(next);
    }

    /** This memory without one of its regions, which the caller closes when nobody translates by this table any more. Else as {@link #with}. */
    public synchronized GuestMemory without(GuestRegion removed) {
        List<GuestRegion> next = new ArrayList<>(List.of(regions));
        next.remove(removed);
        closed = true;
        return sorted(next);
    }

    /**
     * Another memory in place of this one, whose regions stay mapped where the other has the same. The caller closes the others: {@link #missingIn}. Else as
     * {@link #with}; the other ends too.
     */
    public synchronized GuestMemory replacedBy(GuestMemory other) {
        List<GuestRegion> next = new ArrayList<>();
        for (GuestRegion theirs : other.regions) {
            GuestRegion mine = theirs;
            for (GuestRegion region : regions) {
                if (region.same(theirs)) {
                    mine = region;
                    theirs.close();
                }
            }
            next.add(mine);
        }
        closed = true;
        other.end();
        return sorted(next);
    }

    private synchronized void end() {
        closed = true;
    }

    /** Regions of this memory that another has not. */
    public List<GuestRegion> missingIn(GuestMemory other) {
        List<GuestRegion> missing = new ArrayList<>(List.of(regions));
        missing.removeAll(List.of(other.regions));
        return missing;
    }

    /** The region so described, or null. */
    public GuestRegion region(long guestAddress, long size, long userAddress) {
        for (GuestRegion region : regions) {
            if (region.is(guestAddress, size, userAddress)) {
                return region;
            }
        }
        return null;
    }

    /** Whether one of its regions is the same memory at the same addresses. */
    public boolean has(GuestRegion other) {
        for (GuestRegion region : regions) {
            if (region.same(other)) {
                return true;
            }
        }
        return false;
    }

    /** Its regions, by guest address. */
    public List<GuestRegion> regions() {
        return List.of(regions);
    }

    /** True when no region's file can shrink any more. */
    public boolean sealed() {
        for (GuestRegion region : regions) {
            if (!region.sealed()) {
                return false;
            }
        }
        return true;
    }

    /** The region that holds a guest address, or null. By bisection: a front-end may have a hundred. */
    GuestRegion find(long guestAddress) {
        int low = 0;
        int high = regions.length - 1;
        while (low <= high) {
            int middle = low + high >>> 1;
            GuestRegion region = regions[middle];
            if (Long.compareUnsigned(guestAddress, region.guestAddress) < 0) {
                high = middle - 1;
            } else if (Long.compareUnsigned(guestAddress - region.guestAddress, region.size) >= 0) {
                low = middle + 1;
            } else {
                return region;
            }
        }
        return null;
    }

    /** Address here of {@code [guestAddress, guestAddress+length)} when it lies in one region, else {@link #NOWHERE}. */
    public long translate(long guestAddress, long length) {
        GuestRegion region = find(guestAddress);
        if (region == null) {
            return NOWHERE;
        }
        long offset = guestAddress - region.guestAddress;
        return length >= 0 && length <= region.size - offset ? region.host + offset : NOWHERE;
    }

    /** As {@link #translate}, for an address of the front-end process (ring addresses). */
    public long translateUser(long userAddress, long length) {
        for (GuestRegion region : regions) {
            long offset = userAddress - region.userAddress;
            if (offset >= 0 && length >= 0 && offset < region.size && length <= region.size - offset) {
                return region.host + offset;
            }
        }
        return NOWHERE;
    }

    /** Bytes from {@code guestAddress} to the end of its region, 0 when it is in none. */
    public long contiguous(long guestAddress) {
        GuestRegion region = find(guestAddress);
        return region == null ? 0 : region.size - (guestAddress - region.guestAddress);
    }

    /** Guest address of what is at {@code host} here, an address that a translation gave. */
    long guestAddress(long host) {
        for (GuestRegion region : regions) {
            long offset = host - region.host;
            if (offset >= 0 && offset < region.size) {
                return region.guestAddress + offset;
            }
        }
        throw new IllegalStateException("0x" + Long.toHexString(host) + " is not guest memory");
    }

    /**
     * After an InternalError: looks whether a region's file has shrunk, and if so puts zero pages in place of all regions. Any thread.
     *
     * @return whether the memory is unusable from now on
     */
    public synchronized boolean replaceVanished() {
        if (closed) {
            return false;
        }
        boolean vanished = false;
        for (GuestRegion region : regions) {
            vanished |= region.vanished();
        }
        if (vanished) {
            for (GuestRegion region : regions) {
                region.replaceByZeroPages();
            }
        }
        return vanished;
    }

    /** Unmaps everything. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            for (GuestRegion region : regions) {
                region.close();
            }
        }
    }
}
