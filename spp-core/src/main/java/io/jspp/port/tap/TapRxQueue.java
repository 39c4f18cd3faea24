package io.jspp.port.tap;

import io.jspp.counters.DropReason;
import io.jspp.counters.QueueCounters;
import io.jspp.linux.Constants;
import io.jspp.linux.Linux;
import io.jspp.mbuf.Burst;
import io.jspp.memory.Alignment;
import io.jspp.memory.MappedMemory;
import io.jspp.memory.Memory;
import io.jspp.net.EthernetHeader;
import io.jspp.net.Offload;
import io.jspp.port.RxQueue;

/** Reads frames one by one into a private area, packed, so that small frames stay in the cache. */
final class TapRxQueue implements RxQueue {
    /** Longest frame the kernel gives, with room for an Ethernet header and tags. */
    private static final int MAX_FRAME = 65536 + 64;

    private static final int AREA = 512 << 10;

    /** System calls per burst at most. */
    private static final int MAX_READS = 32;

    /** A frame begins at a cache line, its virtio-net header in the line before. */
    private static final int HEADROOM = Alignment.CACHE_LINE;

    /** Frames that waited from before the claim, thrown away when the queue is opened. */
    private static final int MAX_STALE = 4096;

    private final TapQueue common;
    private final MappedMemory memory = MappedMemory.anonymous(AREA + HEADROOM + MAX_FRAME);
    private final int fd;

    TapRxQueue(TapQueue common) {
        this.common = common;
        fd = common.queue().value();
        for (int i = 0; i < MAX_STALE && Linux.read(fd, memory.address(), MAX_FRAME) > 0; i++) {
            // a reader that came before us, or none, left these
        }
        common.port().opened(common);
    }

    @Override
    public int rxBurst(Burst burst) {
        long at = memory.address();
        long end = at + AREA;
        int most = Math.min(burst.capacity(), MAX_READS);
        int got = 0;
        long bytes = 0;
        while (got < most && at < end) {
            long address = at + HEADROOM;
            long r = Linux.read(fd, address - TapPort.VNET_HEADER, TapPort.VNET_HEADER + MAX_FRAME);
            if (r <= 0) {
                break;
            }
            int length = (int) r - TapPort.VNET_HEADER;
            if (length < EthernetHeader.LENGTH) {
                common.counters().dropped(DropReason.RUNT, 1);
                continue;
            }
            long header = Memory.getLong(address - TapPort.VNET_HEADER);
            long offload =
                    header == 0 ? Offload.NONE : Offload.fromHeader(header, Memory.getUnsignedShort(address - 2));
            burst.add(address, length, offload, Burst.BORROWED);
            bytes += length;
            got++;
            at = Alignment.up(address + length, Alignment.CACHE_LINE);
        }
        if (got > 0) {
            common.counters().passed(got, bytes);
        }
        return got;
    }

    @Override
    public void release(Burst burst) {
        // the area is used again by the next burst
    }

    @Override
    public boolean arm() {
        return Linux.pollOne(fd, Constants.POLLIN, 0) == Constants.POLLIN;
    }

    @Override
    public void disarm() {
        // readable means frames are there: nothing to suppress
    }

    @Override
    public int wakeFd() {
        return fd;
    }

    @Override
    public QueueCounters counters() {
        return common.counters();
    }

    @Override
    public void close() {
        common.close();
        memory.close();
    }
}
