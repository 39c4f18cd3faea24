package io.jspp.bench;

import io.jspp.counters.CounterAllocator;
import io.jspp.linux.Linux;
import io.jspp.mbuf.RingClaims;
import io.jspp.mbuf.SegmentGeometry;
import io.jspp.mbuf.SwitchSegment;
import io.jspp.port.Attachment;
import io.jspp.port.Claims;
import io.jspp.port.Direction;
import io.jspp.port.Port;
import io.jspp.port.PortContext;
import io.jspp.port.PortId;
import io.jspp.port.Quiescence;
import io.jspp.port.ring.RingPortType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Rings of a primary's making in this process, which is their only user: what a vf's components are joined by. */
final class Wiring implements PortContext, Claims, AutoCloseable {
    private static final int CLIENT = 1;
    private static final int EPOCH = 1;

    private final SwitchSegment segment;
    private final RingClaims rings;
    private final CounterAllocator counters;

    /** @param count of rings, with SPP's 128 slots each */
    Wiring(int count, CounterAllocator counters) {
        this.counters = counters;
        segment = SwitchSegment.create("spp-bench", SegmentGeometry.of(count, 0), false);
        rings = new RingClaims(segment);
    }

    Port ring(int index) {
        return new RingPortType().open(new PortId("ring", index), this);
    }

    @Override
    public Grant claim(PortId port, int queue, Direction direction) {
        if (!rings.claim(port.index(), direction == Direction.TX, CLIENT, EPOCH, 0)
                .granted()) {
            throw new IllegalStateException(port + " is claimed already");
        }
        return new Grant(List.of(Linux.eventfd()), Map.of());
    }

    @Override
    public void release(PortId port, int queue, Direction direction) {
        // ends with the segment
    }

    @Override
    public Claims claims() {
        return this;
    }

    @Override
    public CounterAllocator counters() {
        return counters;
    }

    @Override
    public Quiescence quiescence() {
        return Quiescence.SINGLE_THREAD;
    }

    @Override
    public Attachment attachment() {
        return new Attachment(segment, CLIENT, EPOCH);
    }

    @Override
    public Path socketDirectory() {
        return Path.of(System.getProperty("java.io.tmpdir"));
    }

    @Override
    public boolean vhostClient() {
        return false;
    }

    @Override
    public void close() {
        segment.close();
    }
}
