package io.jspp.virtio;

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
        GuestRegion[] regions = list.toArray(new GuestRegion[0]);
        for (int i = 0; i < regions.length; i++) {
            for (int j = 0; j < i; j++) {
                GuestRegion a = regions[i];
                GuestRegion b = regions[j];
                if (GuestRegion.overlap(a.guestAddress, a.size, b.guestAddress, b.size)
                        || GuestRegion.overlap(a.userAddress, a.size, b.userAddress, b.size)) {
                    list.forEach(GuestRegion::close);
                    throw new GuestMemoryException("memory regions " + j + " and " + i + " overlap");
                }
            }
        }
        return new GuestMemory(regions);
    }

    /** Its regions, in the front-end's order. */
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

    /** Address here of {@code [guestAddress, guestAddress+length)} when it lies in one region, else {@link #NOWHERE}. */
    public long translate(long guestAddress, long length) {
        for (GuestRegion region : regions) {
            long offset = guestAddress - region.guestAddress;
            if (offset >= 0 && length >= 0 && offset < region.size && length <= region.size - offset) {
                return region.host + offset;
            }
        }
        return NOWHERE;
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
        for (GuestRegion region : regions) {
            long offset = guestAddress - region.guestAddress;
            if (offset >= 0 && offset < region.size) {
                return region.size - offset;
            }
        }
        return 0;
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
