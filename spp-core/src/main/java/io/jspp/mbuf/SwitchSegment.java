package io.jspp.mbuf;

import io.jspp.linux.FileDescriptor;
import io.jspp.memory.ClientTable;
import io.jspp.memory.KeptRecords;
import io.jspp.memory.SharedSegment;

/**
 * The shared memory of one switch: client table, worker status rows, counter areas, rings, mbufs. The primary {@link #create}s it, everybody else
 * {@link #attach}es the descriptor received from the primary; a new primary attaches the one a secondary kept. Immutable; any thread.
 */
public final class SwitchSegment implements AutoCloseable {
    private final SharedSegment segment;
    private final SegmentGeometry geometry;
    private final Mempool pool;
    private final ClientTable clients;
    private final PoolRing[] rings;

    private SwitchSegment(SharedSegment segment, SegmentGeometry geometry) {
        this.segment = segment;
        this.geometry = geometry;
        this.clients = new ClientTable(segment.sectionAddress(SegmentGeometry.CLIENTS_SECTION), geometry.clients());
        this.pool = new Mempool(
                segment.sectionAddress(SegmentGeometry.HEADERS_SECTION),
                segment.sectionAddress(SegmentGeometry.DATA_SECTION),
                geometry);
        this.rings = new PoolRing[geometry.rings()];
        long base = segment.sectionAddress(SegmentGeometry.RINGS_SECTION);
        for (int i = 0; i < rings.length; i++) {
            rings[i] = new PoolRing(i, base + i * PoolRing.bytes(geometry), geometry);
        }
    }

    /**
     * Makes the segment; all mbufs are FREE.
     *
     * @param name of the memfd, shown in /proc/PID/maps
     * @throws io.jspp.linux.LinuxException when there is not memory enough
     */
    public static SwitchSegment create(String name, SegmentGeometry geometry, boolean hugePages) {
        SharedSegment segment = SharedSegment.create(
                name, SegmentGeometry.LAYOUT_HASH, geometry.parameters(), geometry.sectionLengths(), hugePages);
        segment.publish();
        return new SwitchSegment(segment, geometry);
    }

    /**
     * Maps a segment another process made, after checking all it says. Takes over {@code fd}, also when it throws.
     *
     * @throws io.jspp.memory.SegmentException when it must not be used
     */
    public static SwitchSegment attach(FileDescriptor fd) {
        SharedSegment segment = SharedSegment.attach(fd, SegmentGeometry.LAYOUT_HASH);
        try {
            return new SwitchSegment(segment, SegmentGeometry.of(segment));
        } catch (RuntimeException e) {
            segment.close();
            throw e;
        }
    }

    public SegmentGeometry geometry() {
        return geometry;
    }

    public Mempool pool() {
        return pool;
    }

    public ClientTable clients() {
        return clients;
    }

    /** @throws IndexOutOfBoundsException when there is no such ring */
    public PoolRing ring(int index) {
        if (index < 0 || index >= rings.length) {
            throw new IndexOutOfBoundsException("ring:" + index + " (0 to " + (rings.length - 1) + ")");
        }
        return rings[index];
    }

    /** Address of the {@link SegmentGeometry#WORKER_ROW_BYTES} bytes where a worker of a client tells its state. */
    public long workerRow(int client, int worker) {
        if (client < 0 || client >= geometry.clients() || worker < 0 || worker >= geometry.workersPerClient()) {
            throw new IndexOutOfBoundsException("worker " + worker + " of client " + client);
        }
        long row = (long) client * geometry.workersPerClient() + worker;
        return segment.sectionAddress(SegmentGeometry.WORKERS_SECTION) + row * SegmentGeometry.WORKER_ROW_BYTES;
    }

    /** Address of the {@link SegmentGeometry#counterAreaBytes} bytes of a counter area; area 0 is the primary's. */
    public long counterArea(int area) {
        if (area < 0 || area >= geometry.counterAreas()) {
            throw new IndexOutOfBoundsException("counter area " + area);
        }
        return segment.sectionAddress(SegmentGeometry.COUNTERS_SECTION) + (long) area * geometry.counterAreaBytes();
    }

    /**
     * What a client's process keeps for its successor, as a new view: the process makes one.
     *
     * @throws IndexOutOfBoundsException when there is no such client
     */
    public KeptRecords keptRecords(int client) {
        if (client < 0 || client >= geometry.clients()) {
            throw new IndexOutOfBoundsException("client id " + client);
        }
        return new KeptRecords(
                segment.sectionAddress(SegmentGeometry.KEPT_SECTION) + (long) client * KeptRecords.BYTES);
    }

    /** Address and length of the data chunks, page-aligned: an AF_XDP umem. */
    public long dataAddress() {
        return segment.sectionAddress(SegmentGeometry.DATA_SECTION);
    }

    public long dataLength() {
        return segment.sectionLength(SegmentGeometry.DATA_SECTION);
    }

    /** The memfd, to be passed on; stays owned by the segment. */
    public FileDescriptor fd() {
        return segment.fd();
    }

    public boolean hugePages() {
        return segment.hugePages();
    }

    public long bytes() {
        return segment.length();
    }

    /** Unmaps. No thread of this process may use anything of the segment any more. */
    @Override
    public void close() {
        segment.close();
    }
}
