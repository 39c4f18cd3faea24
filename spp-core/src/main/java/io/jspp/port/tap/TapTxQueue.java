package io.jspp.port.tap;

import io.jspp.counters.DropReason;
import io.jspp.counters.QueueCounters;
import io.jspp.linux.Errno;
import io.jspp.linux.Linux;
import io.jspp.mbuf.Burst;
import io.jspp.mbuf.OffloadCheck;
import io.jspp.mbuf.SoftwareOffload;
import io.jspp.net.EthernetHeader;
import io.jspp.net.Offload;
import io.jspp.port.FrameVector;
import io.jspp.port.TxQueue;

/** Writes each frame from its source's segments, with its virtio-net header; the kernel makes the only copy. */
final class TapTxQueue implements TxQueue {
    /** A hint how many bytes the kernel should have in one piece. */
    private static final int HEADER_HINT = 128;

    private final TapQueue common;
    private final FrameVector vector = new FrameVector();
    private final SoftwareOffload software = new SoftwareOffload(Burst.DEFAULT_CAPACITY);
    private final Burst scratch = new Burst();
    private final int fd;

    TapTxQueue(TapQueue common) {
        this.common = common;
        fd = common.queue().value();
        common.port().opened(common);
    }

    @Override
    public int txBurst(Burst burst) {
        int sent = 0;
        long bytes = 0;
        for (int i = 0; i < burst.packets; i++) {
            if (send(burst, i)) {
                sent++;
                bytes += burst.length[i];
            }
        }
        if (sent > 0) {
            common.counters().passed(sent, bytes);
        }
        return sent;
    }

    private boolean send(Burst burst, int i) {
        if (burst.length[i] < EthernetHeader.LENGTH) {
            common.counters().dropped(DropReason.RUNT, 1);
            return false;
        }
        if (Offload.needsChecksum(burst.offload[i]) && !OffloadCheck.isConsistent(burst, i)) {
            common.counters().dropped(DropReason.MALFORMED_HEADER, 1);
            return false;
        }
        int error = write(burst, i);
        boolean gso = Offload.gsoType(burst.offload[i]) != Offload.GSO_NONE;
        if (error == Errno.EINVAL && gso && software.begin(burst, i)) {
            error = writeSegments();
        }
        if (error != 0) {
            common.counters().dropped(reason(error), 1);
        }
        return error == 0;
    }

    /** The kernel doesn't know this gso type: plain frames instead. */
    private int writeSegments() {
        int error = 0;
        while (software.fill(scratch) > 0) {
            for (int i = 0; i < scratch.packets; i++) {
                int e = write(scratch, i);
                error = e == 0 ? error : e;
            }
        }
        return error;
    }

    /** @return 0 or the error number */
    private int write(Burst burst, int i) {
        int entries = vector.set(burst, i, Math.min(burst.length[i], HEADER_HINT));
        if (entries == 0) {
            return Errno.EMSGSIZE;
        }
        long r = Linux.writev(fd, vector.address(), entries);
        return r < 0 ? (int) -r : 0;
    }

    private static DropReason reason(int errno) {
        return switch (errno) {
            case Errno.EAGAIN, Errno.ENOBUFS, Errno.ENOMEM -> DropReason.FULL;
            case Errno.EMSGSIZE -> DropReason.TOO_BIG;
            case Errno.EINVAL -> DropReason.MALFORMED_HEADER;
            case Errno.EFAULT -> DropReason.FAULT;
            case Errno.EIO -> DropReason.PORT_DOWN; // tun_get_user: the interface is down
            default -> DropReason.KERNEL;
        };
    }

    @Override
    public void flush() {
        // each write was complete
    }

    @Override
    public QueueCounters counters() {
        return common.counters();
    }

    @Override
    public void close() {
        common.close();
        vector.close();
        software.close();
    }
}
