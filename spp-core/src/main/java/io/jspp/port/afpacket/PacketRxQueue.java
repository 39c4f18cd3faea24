package io.jspp.port.afpacket;

import io.jspp.counters.DropReason;
import io.jspp.counters.QueueCounters;
import io.jspp.linux.Constants;
import io.jspp.linux.Errno;
import io.jspp.linux.Layouts;
import io.jspp.linux.Sockets;
import io.jspp.mbuf.Burst;
import io.jspp.memory.MappedMemory;
import io.jspp.memory.Memory;
import io.jspp.net.BigEndian;
import io.jspp.net.EthernetHeader;
import io.jspp.net.Offload;
import io.jspp.net.VlanTag;
import io.jspp.port.InterfaceLink;
import io.jspp.port.LinkMonitor;
import io.jspp.port.RxQueue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Receives by borrowing the kernel's ring frames; {@link #release} gives them back. A frame longer than a ring frame (GRO, or
 * TSO of a local peer: up to 64 KiB) is taken whole from the socket's queue into a private buffer instead.
 */
final class PacketRxQueue implements RxQueue {
    /** Longest frame taken: the kernel's classic GRO limit with an Ethernet header and two tags. */
    private static final int MAX_BIG_FRAME = 65536 + EthernetHeader.LENGTH + 2 * VlanTag.LENGTH;

    private static final int BIG_HEADROOM = 64;
    private static final int BIG_SLOT = 17 * 4096;

    /** Big frames borrowed at a time; more wait for the next burst. */
    private static final int BIG_SLOTS = 32;

    private final PacketQueue common;
    private final PacketRing ring;
    private final MappedMemory bigFrames;
    private final InterfaceLink link;
    private final LinkMonitor.Watched watched = this::check;
    private final AtomicInteger lostByKernel = new AtomicInteger();
    private final int socket;

    // worker only: frames [tail, head) are borrowed
    private int head;
    private int tail;
    private int bigUsed;

    PacketRxQueue(PacketQueue common) {
        this.common = common;
        socket = common.socket();
        Sockets.setsockopt(socket, Constants.SOL_PACKET, Constants.PACKET_IGNORE_OUTGOING, 1);
        // Bound before it has a ring: what arrives until then is purged with the ring's creation, and a fanout group
        // never
        // delivers one frame to two members.
        common.bind();
        bigFrames = MappedMemory.anonymous((long) BIG_SLOT * BIG_SLOTS);
        PacketRing opened = null;
        try {
            opened = PacketRing.open(socket, true, common.settings, common.mtu);
            link = common.watch(common::tryRebind);
        } catch (RuntimeException e) {
            bigFrames.close();
            if (opened != null) {
                opened.close();
            }
            throw e;
        }
        ring = opened;
        common.port.opened(link, watched);
    }

    @Override
    public int rxBurst(Burst burst) {
        int room = burst.capacity();
        long base = ring.address();
        int frameBytes = ring.frameBytes;
        int frames = ring.frames;
        int at = head;
        int got = 0;
        int taken = 0;
        long bytes = 0;
        boolean edits = common.editor != null && common.editor.refresh();
        while (got < room && taken < frames) {
            long frame = base + (long) at * frameBytes;
            // acquire: pairs with the kernel's __packet_set_status after it has copied the frame
            int status = Memory.getIntAcquire(frame + Layouts.Tpacket2Hdr.STATUS);
            if ((status & Constants.TP_STATUS_USER) == 0) {
                break;
            }
            if (taken == frames - 1 || bigUsed == BIG_SLOTS) {
                break;
            }
            at = at + 1 == frames ? 0 : at + 1;
            taken++;
            long address = frame + Memory.getUnsignedShort(frame + Layouts.Tpacket2Hdr.MAC);
            int length = Memory.getInt(frame + Layouts.Tpacket2Hdr.LEN);
            int captured = Memory.getInt(frame + Layouts.Tpacket2Hdr.SNAPLEN);
            if (captured != length) {
                address = takeBig(status, length);
                if (address == 0) {
                    continue;
                }
            }
            long header = Memory.getLong(address - PacketRing.VNET_HEADER);
            long offload =
                    header == 0 ? Offload.NONE : Offload.fromHeader(header, Memory.getUnsignedShort(address - 2));
            boolean tagged = (status & Constants.TP_STATUS_VLAN_VALID) != 0;
            if (tagged || edits) {
                long start = edits ? edited(frame, status, tagged, address) : insertTag(frame, status, address);
                int added = (int) (address - start);
                address = start;
                length += added;
                if (Offload.needsChecksum(offload)) {
                    offload += (long) added << 16;
                }
            }
            burst.add(address, length, offload, Burst.BORROWED);
            bytes += length;
            got++;
        }
        head = at;
        if (got > 0) {
            common.counters.passed(got, bytes);
        } else if (taken > 0) {
            // Only lost frames: the caller has nothing to release, and a ring full of them would never get another one.
            release(burst);
        }
        if (lostByKernel.get() != 0) {
            common.counters.dropped(DropReason.FULL, lostByKernel.getAndSet(0));
        }
        return got;
    }

    /** Overwrites the virtio-net header, which has been read. */
    private static long insertTag(long frame, int status, long address) {
        return VlanTag.insertBefore(address, tpid(frame, status), tci(frame));
    }

    private static int tpid(long frame, int status) {
        boolean named = (status & Constants.TP_STATUS_VLAN_TPID_VALID) != 0;
        return named ? Memory.getUnsignedShort(frame + Layouts.Tpacket2Hdr.VLAN_TPID) : VlanTag.TPID_8021Q;
    }

    private static int tci(long frame) {
        return Memory.getUnsignedShort(frame + Layouts.Tpacket2Hdr.VLAN_TCI);
    }

    /** As {@link #insertTag}, with the tags that flow rules want; two have room in the virtio-net header's place. */
    private long edited(long frame, int status, boolean tagged, long address) {
        int tpid = tagged ? tpid(frame, status) : VlanTag.TPID_8021Q;
        int tci = tagged ? tci(frame) : 0;
        int type = BigEndian.getShort(address + EthernetHeader.ETHERTYPE);
        int edit = common.editor.find(
                Long.reverseBytes(Memory.getLong(address)) >>> 16,
                Long.reverseBytes(Memory.getLong(address + EthernetHeader.SOURCE)) >>> 16,
                tagged ? tpid : type,
                tagged,
                type,
                tci);
        long start = TagEdit.stacks(edit, tagged) ? VlanTag.insertBefore(address, tpid, tci) : address;
        return TagEdit.leavesTag(edit, tagged)
                ? VlanTag.insertBefore(start, TagEdit.pushes(edit) ? VlanTag.TPID_8021Q : tpid, TagEdit.tci(edit, tci))
                : start;
    }

    /** Takes the whole frame from the socket's queue; 0 when it is lost, which is counted. */
    private long takeBig(int status, int length) {
        if ((status & Constants.TP_STATUS_COPY) == 0) {
            common.counters.dropped(DropReason.FULL, 1); // the socket's queue had no room for it
            return 0;
        }
        long address = bigFrames.address() + (long) bigUsed * BIG_SLOT + BIG_HEADROOM;
        long to = address - PacketRing.VNET_HEADER;
        int flags = Constants.MSG_DONTWAIT | Constants.MSG_TRUNC;
        int room = PacketRing.VNET_HEADER + MAX_BIG_FRAME;
        long r = Sockets.recv(socket, to, room, flags);
        if (r < 0 && r != -Errno.EAGAIN) {
            r = Sockets.recv(socket, to, room, flags); // the first call only reported that the interface had been down
        }
        if (r > room || r != length + PacketRing.VNET_HEADER) {
            common.counters.dropped(r > room ? DropReason.TOO_BIG : DropReason.KERNEL, 1);
            return 0;
        }
        bigUsed++;
        return address;
    }

    @Override
    public void release(Burst burst) {
        long base = ring.address();
        int frameBytes = ring.frameBytes;
        int at = tail;
        int end = head;
        while (at != end) {
            // release: our reads of the frame are done before the kernel may write it again
            Memory.putIntRelease(
                    base + (long) at * frameBytes + Layouts.Tpacket2Hdr.STATUS, Constants.TP_STATUS_KERNEL);
            at = at + 1 == ring.frames ? 0 : at + 1;
        }
        tail = at;
        bigUsed = 0;
    }

    @Override
    public boolean arm() {
        int status = Memory.getIntAcquire(ring.address() + (long) head * ring.frameBytes);
        return (status & Constants.TP_STATUS_USER) != 0;
    }

    @Override
    public void disarm() {
        // the socket's readiness is the ring's: there is nothing to suppress or to drain
    }

    @Override
    public int wakeFd() {
        return socket;
    }

    @Override
    public QueueCounters counters() {
        return common.counters;
    }

    /** Monitor thread. */
    private void check() {
        link.check();
        // A pending ENETDOWN keeps the socket readable; asking for it clears it.
        Sockets.getsockopt(socket, Constants.SOL_SOCKET, Constants.SO_ERROR);
        byte[] statistics = new byte[8]; // struct tpacket_stats: packets, drops; reset by reading
        Sockets.getsockopt(socket, Constants.SOL_PACKET, Constants.PACKET_STATISTICS, statistics);
        lostByKernel.addAndGet(
                ByteBuffer.wrap(statistics).order(ByteOrder.nativeOrder()).getInt(4));
    }

    @Override
    public void close() {
        common.port.closing(link, watched);
        ring.close();
        bigFrames.close();
        common.close();
    }
}
