package io.jspp.port.pcap;

import io.jspp.counters.DropReason;
import io.jspp.counters.QueueCounters;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.mbuf.Burst;
import io.jspp.net.EthernetHeader;
import io.jspp.port.PortState;
import io.jspp.port.RxQueue;
import io.jspp.state.Cause;

/** Hands out the frames of a capture file, in order, as fast as they are taken; at the end it is silent, or begins again. */
final class PcapRxQueue implements RxQueue {
    /** Longer records are skipped and counted: no port takes them. */
    private static final int MAX_FRAME = 65536 + 64;

    private final PcapPort port;
    private final FileDescriptor file;
    private final String path;
    private final boolean repeat;
    private final QueueCounters counters;
    private final Runnable endClaim;
    private final PcapReader reader;

    /** Never signalled: a worker may sleep on a file that has been read to its end. */
    private final FileDescriptor silence;

    private boolean ended;
    private boolean any;

    PcapRxQueue(
            PcapPort port,
            FileDescriptor file,
            String path,
            boolean repeat,
            QueueCounters counters,
            Runnable endClaim) {
        this.port = port;
        this.file = file;
        this.path = path;
        this.repeat = repeat;
        this.counters = counters;
        this.endClaim = endClaim;
        reader = new PcapReader(file.value(), path);
        try {
            silence = Linux.eventfd();
        } catch (RuntimeException e) {
            reader.close();
            throw e;
        }
    }

    @Override
    public int rxBurst(Burst burst) {
        if (ended) {
            return 0;
        }
        int got = append(burst);
        if (got == 0 && reader.hasMore()) {
            // nothing of the buffer is borrowed now
            reader.refill();
            got = append(burst);
        }
        if (got == 0 && !reader.hasMore()) {
            end();
        }
        return got;
    }

    private int append(Burst burst) {
        int room = burst.capacity();
        int got = 0;
        long bytes = 0;
        while (got < room && reader.next()) {
            int length = reader.length;
            if (length < EthernetHeader.LENGTH || length > MAX_FRAME) {
                counters.dropped(length > MAX_FRAME ? DropReason.TOO_BIG : DropReason.RUNT, 1);
                continue;
            }
            burst.add(reader.frame, length, 0, Burst.BORROWED);
            bytes += length;
            got++;
        }
        if (got > 0) {
            counters.passed(got, bytes);
            any = true;
        }
        return got;
    }

    /** Once per file, or per round. */
    private void end() {
        if (reader.damage() != null) {
            ended = true;
            port.failed(PortState.down(Cause.FILE_DAMAGED, path + ": " + reader.damage()));
        } else if (repeat && any) {
            any = false;
            reader.rewind();
        } else {
            ended = true;
        }
    }

    @Override
    public void release(Burst burst) {
        // the buffer is refilled by the next burst that finds it empty
    }

    @Override
    public boolean arm() {
        return !ended;
    }

    @Override
    public void disarm() {
        // nothing notifies
    }

    @Override
    public int wakeFd() {
        return silence.value();
    }

    @Override
    public QueueCounters counters() {
        return counters;
    }

    @Override
    public void close() {
        reader.close();
        silence.close();
        file.close();
        counters.close();
        endClaim.run();
    }
}
