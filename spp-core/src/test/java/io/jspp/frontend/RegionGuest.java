package io.jspp.frontend;

import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.memory.Alignment;
import io.jspp.memory.Memory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A guest whose memory has several regions, and which says of each buffer where it lies: chains may go through several regions. One thread. Its files
 * are memfds of a name of their own, so that mappings of them can be counted.
 */
public final class RegionGuest implements AutoCloseable {
    /** What its memfds are called. */
    public static final String FILE_NAME = "spp-region-guest";

    public static final int BUFFER = 2048;

    private static final int HEADER = 12;
    private static final int NUM_BUFFERS = 10;
    private static final int TABLE_ENTRIES = 16;

    /** A buffer the guest has made. */
    private record Buffer(FrontendRegion region, long address) {}

    /** What came back on the receive queue: a frame, and the regions of its buffers; the frame is empty when the device returned them unused. */
    public record Received(byte[] frame, List<FrontendRegion> regions) {
        /** Whether there is no frame. */
        public boolean unused() {
            return frame.length == 0;
        }
    }

    public final FrontendSession session;
    private final Map<FrontendRegion, Deque<Buffer>> free = new HashMap<>();
    private final List<Buffer[]> receiving = new ArrayList<>();
    private final List<Buffer[]> sending = new ArrayList<>();
    private DriverVirtqueue rx;
    private DriverVirtqueue tx;
    private int sent;

    /** Rings are in the first region; the guest takes all of them over. Indirect tables are used where a chain has several buffers. */
    public RegionGuest(FrontendConfig config, List<FrontendRegion> regions, boolean indirect) {
        session = new FrontendSession(config, FrontendMemory.of(regions), (memory, queues, features) -> {
            rx = queues[0];
            tx = queues[1];
            if (indirect) {
                rx.makeTables(TABLE_ENTRIES);
                tx.makeTables(TABLE_ENTRIES);
            }
        });
        session.start();
    }

    /** A file as memory backends make it: of a size, but without pages yet. */
    public static FileDescriptor file(long bytes, int flags) {
        FileDescriptor file = Linux.memfdCreate(FILE_NAME, flags);
        Linux.ftruncate(file.value(), bytes);
        return file;
    }

    /** Lines of /proc/self/maps with memory of such guests, in this process as front-end or as back-end. */
    public static long mappings() {
        try {
            return java.nio.file.Files.readAllLines(java.nio.file.Path.of("/proc/self/maps")).stream()
                    .filter(line -> line.contains(FILE_NAME))
                    .count();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    public RegionGuest awaitUp() throws InterruptedException {
        if (!session.awaitUp(30_000)) {
            throw new AssertionError("front-end did not come up: " + session.problem());
        }
        return this;
    }

    /** Makes buffers in a region, where it goes on from what has been allocated in it. */
    public void makeBuffers(FrontendRegion region, int buffers) {
        Deque<Buffer> made = free.computeIfAbsent(region, r -> new ArrayDeque<>());
        long first = region.allocate((long) buffers * BUFFER, Alignment.CACHE_LINE);
        for (int i = 0; i < buffers; i++) {
            made.add(new Buffer(region, first + (long) i * BUFFER));
        }
    }

    /** Offers a chain to receive in, a buffer of each region named; false when there is no buffer or no descriptor. */
    public boolean offer(FrontendRegion... regions) {
        Buffer[] chain = take(regions);
        if (chain == null) {
            return false;
        }
        int[] lengths = new int[chain.length];
        Arrays.fill(lengths, BUFFER);
        if (!rx.offer(addresses(chain), lengths, chain.length, true, receiving.size())) {
            giveBack(chain);
            return false;
        }
        receiving.add(chain);
        rx.publish();
        rx.kick();
        return true;
    }

    /**
     * Sends a frame in a chain with a buffer of each region named; with several, the net header has the first for itself.
     *
     * @return false when there is no buffer or no descriptor at the moment
     */
    public boolean send(byte[] frame, FrontendRegion... regions) {
        reclaim();
        Buffer[] chain = take(regions);
        if (chain == null) {
            return false;
        }
        int[] lengths = new int[chain.length];
        int done = 0;
        for (int i = 0; i < chain.length; i++) {
            int skip = i == 0 ? HEADER : 0;
            int room = i == 0 && chain.length > 1 ? 0 : BUFFER - skip;
            int left = chain.length - i;
            int part = left == 1 ? frame.length - done : Math.min(room, (frame.length - done + left - 1) / left);
            if (i == 0) {
                Memory.putLong(chain[0].address(), 0);
                Memory.putInt(chain[0].address() + 8, 0);
            }
            Memory.put(chain[i].address() + skip, frame, done, part);
            lengths[i] = skip + part;
            done += part;
        }
        if (!tx.offer(addresses(chain), lengths, chain.length, false, sending.size())) {
            giveBack(chain);
            return false;
        }
        sending.add(chain);
        tx.publish();
        tx.kick();
        return true;
    }

    private static long[] addresses(Buffer[] chain) {
        return Arrays.stream(chain).mapToLong(Buffer::address).toArray();
    }

    private Buffer[] take(FrontendRegion... regions) {
        Buffer[] chain = new Buffer[regions.length];
        for (int i = 0; i < regions.length; i++) {
            chain[i] = free.get(regions[i]).poll();
            if (chain[i] == null) {
                giveBack(Arrays.copyOf(chain, i));
                return null;
            }
        }
        return chain;
    }

    private void giveBack(Buffer[] chain) {
        for (Buffer buffer : chain) {
            free.get(buffer.region()).add(buffer);
        }
    }

    /** Chains that the device has given back from the transmit queue so far. */
    public int reclaim() {
        while (tx.take()) {
            giveBack(sending.get(tx.takenToken()));
            sent++;
        }
        return sent;
    }

    /** The next frame, or buffers that came back unused; null when there is nothing. The buffers are free then, not offered again. */
    public Received receive() {
        if (!rx.take()) {
            return null;
        }
        byte[] frame = new byte[70_000];
        List<FrontendRegion> regions = new ArrayList<>();
        int at = 0;
        int parts = 1;
        for (int part = 0; part < parts; part++) {
            if (part > 0 && !rx.take()) {
                throw new AssertionError("a frame of " + parts + " buffers has " + part);
            }
            Buffer[] chain = receiving.get(rx.takenToken());
            int left = rx.takenLength();
            if (part == 0 && left > 0) {
                parts = Memory.getUnsignedShort(chain[0].address() + NUM_BUFFERS);
            }
            for (int i = 0; i < chain.length; i++) {
                int skip = part == 0 && i == 0 ? Math.min(HEADER, left) : 0;
                int take = Math.min(left, BUFFER) - skip;
                if (take > 0) {
                    Memory.get(chain[i].address() + skip, frame, at, take);
                }
                at += Math.max(take, 0);
                left -= Math.min(left, BUFFER);
                regions.add(chain[i].region());
            }
            giveBack(chain);
        }
        return new Received(Arrays.copyOf(frame, at), regions);
    }

    @Override
    public void close() {
        session.close();
    }
}
