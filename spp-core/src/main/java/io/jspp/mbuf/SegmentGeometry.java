package io.jspp.mbuf;

import io.jspp.memory.Alignment;
import io.jspp.memory.ClientTable;
import io.jspp.memory.KeptRecords;
import io.jspp.memory.SegmentException;
import io.jspp.memory.SharedSegment;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * How many of everything the shared segment holds. Immutable; the primary chooses it, an attacher reads it from the segment's parameters and
 * checks it again.
 *
 * @param rings rings, 0 to 4096
 * @param ringSlots slots of each, a power of two; one stays empty
 * @param mbufs packet buffers
 * @param chunkBytes bytes of data per mbuf: 2048 or 4096
 * @param clients client ids, the primary's 0 included, at most 256
 * @param workersPerClient worker status rows per client
 * @param counterAreas counter areas, one per process that runs at the same time
 * @param counterAreaBytes bytes of each, a multiple of the page
 */
public record SegmentGeometry(
        int rings,
        int ringSlots,
        int mbufs,
        int chunkBytes,
        int clients,
        int workersPerClient,
        int counterAreas,
        int counterAreaBytes) {
    /** SPP's rule: this many for each ring and each port. It is also what a ring's producer leases. */
    public static final int MBUFS_PER_RING = 1536;

    /** Granularity of leases. */
    public static final int SLAB = 256;

    public static final int DEFAULT_RING_SLOTS = 128;
    public static final int DEFAULT_CHUNK_BYTES = 2048;
    public static final int DEFAULT_CLIENTS = 128;
    public static final int WORKER_ROW_BYTES = 128;

    private static final int DEFAULT_WORKERS_PER_CLIENT = 32;
    private static final int DEFAULT_COUNTER_AREAS = 33;
    private static final int DEFAULT_COUNTER_AREA_BYTES = 256 << 10;
    private static final int MAX_RINGS = 4096;
    private static final int MAX_SLOTS = 1 << 16;
    private static final int MAX_MBUFS = 1 << 24;
    private static final int PARAMETERS = 8;

    static final int CLIENTS_SECTION = 0;
    static final int WORKERS_SECTION = 1;
    static final int COUNTERS_SECTION = 2;
    static final int RINGS_SECTION = 3;
    static final int HEADERS_SECTION = 4;
    static final int DATA_SECTION = 5;
    static final int KEPT_SECTION = 6;

    /** Hash of all that both sides must agree on: change the text with the layout. */
    static final int LAYOUT_HASH = hash("segment 2; client " + ClientTable.ENTRY + "; worker " + WORKER_ROW_BYTES
            + "; ring claims 0 8 target 16 waiting 128 ring 256 tail 0 head 128 slots 256 return ring behind"
            + "; mbuf 64: owner 0 next 8 offset 12 segments 14 length 16 total 20 offload 24 held 32"
            + "; owner word state 8 client 8 epoch 16 claim 16 lcore 16; headroom " + Mempool.HEADROOM
            + "; kept key 0 stamp 8 move 24 record " + KeptRecords.RECORD + " client " + KeptRecords.BYTES);

    public SegmentGeometry {
        check("rings", rings, 0, MAX_RINGS);
        check("ring slots", ringSlots, 8, MAX_SLOTS);
        check("mbufs", mbufs, 0, MAX_MBUFS);
        check("clients", clients, 1, 256);
        check("workers per client", workersPerClient, 1, 128);
        check("counter areas", counterAreas, 1, 256);
        check("counter area bytes", counterAreaBytes, Alignment.PAGE, 16 << 20);
        if (!Alignment.isPowerOfTwo(ringSlots)) {
            throw new IllegalArgumentException("ring slots " + ringSlots + ": a power of two");
        }
        if (chunkBytes != 2048 && chunkBytes != 4096) {
            throw new IllegalArgumentException("data room " + chunkBytes + ": 2048 or 4096 bytes");
        }
        if (counterAreaBytes % Alignment.PAGE != 0) {
            throw new IllegalArgumentException("counter area of " + counterAreaBytes + " bytes: whole pages");
        }
    }

    private static void check(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " " + value + ": " + least + " to " + most);
        }
    }

    /** SPP's defaults: 128 slots, 1536 mbufs of 2 KiB per ring and port. */
    public static SegmentGeometry of(int rings, int ports) {
        return of(rings, DEFAULT_RING_SLOTS, MBUFS_PER_RING * (rings + ports));
    }

    public static SegmentGeometry of(int rings, int ringSlots, int mbufs) {
        return new SegmentGeometry(
                rings,
                ringSlots,
                mbufs,
                DEFAULT_CHUNK_BYTES,
                DEFAULT_CLIENTS,
                DEFAULT_WORKERS_PER_CLIENT,
                DEFAULT_COUNTER_AREAS,
                DEFAULT_COUNTER_AREA_BYTES);
    }

    public SegmentGeometry withMbufs(int count) {
        return new SegmentGeometry(
                rings, ringSlots, count, chunkBytes, clients, workersPerClient, counterAreas, counterAreaBytes);
    }

    public SegmentGeometry withRingSlots(int slots) {
        return new SegmentGeometry(
                rings, slots, mbufs, chunkBytes, clients, workersPerClient, counterAreas, counterAreaBytes);
    }

    /**
     * The same with as many mbufs as fit into {@code maxBytes}, for {@code -m}.
     *
     * @throws IllegalArgumentException when not even one slab per ring would fit
     */
    public SegmentGeometry limitedTo(long maxBytes) {
        if (bytes() <= maxBytes) {
            return this;
        }
        long fixed = withMbufs(0).bytes();
        long fitting = Math.max(0, (maxBytes - fixed - 2L * Alignment.PAGE) / (chunkBytes + Mempool.HEADER));
        long least = (long) rings * SLAB;
        if (fitting < least) {
            long need = withMbufs((int) least).bytes();
            throw new IllegalArgumentException("memory limit of " + (maxBytes >> 20) + " MiB: " + rings
                    + " rings need at least " + ((need >> 20) + 1) + " MiB, raise -m or lower -n");
        }
        return withMbufs((int) Math.min(fitting, mbufs));
    }

    /**
     * mbufs in circulation for one ring: what its producer leases, less what is on the way already. A pool that was made small is shared evenly, so
     * that the first producers don't leave the last ones without.
     */
    public int leaseTarget() {
        return rings == 0 ? fullLease() : Math.min(fullLease(), mbufs / rings);
    }

    private int fullLease() {
        return Math.max(MBUFS_PER_RING, (int) Alignment.up(ringSlots + 2L * SLAB, SLAB));
    }

    /** Slots of a return ring: more than the lease, so that an honest consumer never finds it full. */
    public int returnSlots() {
        return Math.max(2 * ringSlots, Integer.highestOneBit(fullLease()) << 1);
    }

    /** Bytes of the whole segment with ordinary pages. */
    public long bytes() {
        return SharedSegment.bytes(sectionLengths());
    }

    long[] sectionLengths() {
        return new long[] {
            (long) clients * ClientTable.ENTRY,
            (long) clients * workersPerClient * WORKER_ROW_BYTES,
            (long) counterAreas * counterAreaBytes,
            rings * PoolRing.bytes(this),
            (long) mbufs * Mempool.HEADER,
            (long) mbufs * chunkBytes,
            (long) clients * KeptRecords.BYTES
        };
    }

    long[] parameters() {
        return new long[] {
            rings, ringSlots, mbufs, chunkBytes, clients, workersPerClient, counterAreas, counterAreaBytes
        };
    }

    /** What the segment says of itself, checked against its section table. */
    static SegmentGeometry of(SharedSegment segment) {
        long[] p = segment.parameters();
        SegmentGeometry g;
        try {
            if (p.length != PARAMETERS) {
                throw new IllegalArgumentException(p.length + " parameters");
            }
            int[] v = new int[PARAMETERS];
            for (int i = 0; i < PARAMETERS; i++) {
                v[i] = Math.toIntExact(p[i]);
            }
            g = new SegmentGeometry(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7]);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new SegmentException("shared segment refused: " + e.getMessage());
        }
        long[] lengths = g.sectionLengths();
        boolean same = segment.sections() == lengths.length;
        for (int i = 0; same && i < lengths.length; i++) {
            same = segment.sectionLength(i) == lengths[i];
        }
        if (!same) {
            throw new SegmentException("shared segment refused: sections do not fit its geometry");
        }
        return g;
    }

    private static int hash(String text) {
        CRC32 crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.US_ASCII));
        return (int) crc.getValue();
    }
}
