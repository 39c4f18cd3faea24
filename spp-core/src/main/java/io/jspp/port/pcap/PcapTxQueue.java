package io.jspp.port.pcap;

import io.jspp.counters.DropReason;
import io.jspp.counters.QueueCounters;
import io.jspp.linux.FileDescriptor;
import io.jspp.mbuf.Burst;
import io.jspp.mbuf.Frames;
import io.jspp.mbuf.SoftwareOffload;
import io.jspp.port.TxQueue;

/**
 * Copies frames as records into chunks that a {@link PcapWriter} writes: the worker never waits for a disk. Frames are written as
 * they would be on a wire: checksums complete, GSO frames cut. When the writer is behind by all its chunks, frames are dropped and
 * counted as {@code full}.
 */
final class PcapTxQueue implements TxQueue {
    private final FileDescriptor file;
    private final QueueCounters counters;
    private final Runnable endClaim;
    private final PcapWriter writer;
    private final SoftwareOffload software = new SoftwareOffload(Burst.DEFAULT_CAPACITY);
    private final Burst scratch = new Burst();
    private final long epochMicroseconds = System.currentTimeMillis() * 1000;
    private final long epochNs = System.nanoTime();
    private PcapWriter.Chunk chunk;
    private long now;

    PcapTxQueue(PcapPort port, FileDescriptor file, String path, QueueCounters counters, Runnable endClaim) {
        this.file = file;
        this.counters = counters;
        this.endClaim = endClaim;
        writer = new PcapWriter(file.value(), path, port.id().toString(), port::failed);
        chunk = writer.begin();
    }

    @Override
    public int txBurst(Burst burst) {
        if (writer.hasFailed()) {
            counters.dropped(DropReason.PORT_DOWN, burst.packets);
            return 0;
        }
        now = epochMicroseconds + (System.nanoTime() - epochNs) / 1000;
        int sent = 0;
        long bytes = 0;
        for (int i = 0; i < burst.packets; i++) {
            boolean done = SoftwareOffload.isNeeded(burst.offload[i]) ? putCompleted(burst, i) : put(burst, i);
            if (done) {
                sent++;
                bytes += burst.length[i];
            }
        }
        if (sent > 0) {
            counters.passed(sent, bytes);
        }
        return sent;
    }

    private boolean putCompleted(Burst burst, int i) {
        if (!software.begin(burst, i)) {
            counters.dropped(DropReason.MALFORMED_HEADER, 1);
            return false;
        }
        while (software.fill(scratch) > 0) {
            for (int j = 0; j < scratch.packets; j++) {
                if (!put(scratch, j)) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean put(Burst burst, int i) {
        int length = burst.length[i];
        int needed = PcapFormat.RECORD_HEADER + length;
        if (needed > PcapWriter.CHUNK_BYTES) {
            counters.dropped(DropReason.TOO_BIG, 1);
            return false;
        }
        if (chunk == null || needed > chunk.free()) {
            nextChunk();
            if (chunk == null) {
                counters.dropped(DropReason.FULL, 1);
                return false;
            }
        }
        long at = chunk.end();
        PcapFormat.putRecordHeader(at, now, length);
        Frames.copy(burst, i, at + PcapFormat.RECORD_HEADER);
        chunk.add(needed);
        return true;
    }

    private void nextChunk() {
        if (chunk != null) {
            writer.complete(chunk);
            writer.wake();
        }
        chunk = writer.begin();
    }

    @Override
    public void flush() {
        writer.wake();
    }

    @Override
    public QueueCounters counters() {
        return counters;
    }

    /** Waits until everything handed over has been written. */
    @Override
    public void close() {
        if (chunk != null) {
            writer.complete(chunk);
            chunk = null;
        }
        writer.close();
        software.close();
        file.close();
        counters.close();
        endClaim.run();
    }
}
