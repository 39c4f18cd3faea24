package io.jspp.port.afpacket;

import io.jspp.counters.DropReason;
import io.jspp.counters.QueueCounters;
import io.jspp.linux.Constants;
import io.jspp.linux.Errno;
import io.jspp.linux.Layouts;
import io.jspp.linux.Sockets;
import io.jspp.mbuf.Burst;
import io.jspp.mbuf.Frames;
import io.jspp.mbuf.OffloadCheck;
import io.jspp.mbuf.SoftwareOffload;
import io.jspp.memory.Memory;
import io.jspp.net.EthernetHeader;
import io.jspp.net.Offload;
import io.jspp.net.VlanTag;
import io.jspp.port.InterfaceLink;
import io.jspp.port.LinkMonitor;
import io.jspp.port.TxQueue;

/**
 * Sends through a mapped ring with one kick per flush. Frames with a gso type, and frames longer than a ring frame, go from
 * the source's memory straight into the kernel by sendmsg on a second socket that does not bypass the queueing discipline
 * (bypassing drops GSO frames with ENOBUFS); the ring is kicked before, so that order holds.
 *
 * <p>{@code hdr_len} of each ring frame's virtio-net header names the whole frame, up to {@link #LINEAR_MAX}: the kernel then copies
 * it into the socket buffer. Beyond, it would link our pages, and copy them later on any virtual interface.
 */
final class PacketTxQueue implements TxQueue {
    /** Frames up to this length are copied by the kernel at once: docs/decisions has the figures. */
    static final int LINEAR_MAX = 2048;

    private final PacketQueue common;
    private final PacketRing ring;
    private final InterfaceLink link;
    private final LinkMonitor.Watched watched = this::check;
    private final BigFrameSender big;
    private final SoftwareOffload software = new SoftwareOffload(Burst.DEFAULT_CAPACITY);
    private final Burst scratch = new Burst();

    /** Null when the port has no flow rules. */
    private final EgressTags tags;

    private final int socket;
    private final int largest;

    private int head;
    private int sent;
    private long sentBytes;
    private boolean unkicked;
    private boolean kickedWhenFull;

    /** The kernel could not take all frames of the ring at the last kick: the monitor kicks again. */
    private volatile boolean stalled;

    PacketTxQueue(PacketQueue common) {
        this.common = common;
        socket = common.socket();
        PacketRing opened = null;
        BigFrameSender sender = null;
        try {
            if (common.settings.qdiscBypass()) {
                Sockets.setsockopt(socket, Constants.SOL_PACKET, Constants.PACKET_QDISC_BYPASS, 1);
            }
            common.bind();
            opened = PacketRing.open(socket, false, common.settings, common.mtu);
            sender = new BigFrameSender(common.sockets[1].value());
            link = common.watch(common::tryRebind);
        } catch (RuntimeException e) {
            if (opened != null) {
                opened.close();
            }
            if (sender != null) {
                sender.close();
            }
            software.close();
            throw e;
        }
        ring = opened;
        big = sender;
        tags = common.editor == null ? null : new EgressTags(common.editor);
        largest = ring.frameBytes - PacketRing.TX_DATA;
        common.port.opened(link, watched);
    }

    @Override
    public int txBurst(Burst burst) {
        int packets = burst.packets;
        if (!link.isUp()) {
            common.counters.dropped(DropReason.PORT_DOWN, packets);
            return 0;
        }
        sent = 0;
        sentBytes = 0;
        kickedWhenFull = false;
        int plainMax = link.mtu() + EthernetHeader.LENGTH + VlanTag.LENGTH;
        boolean edits = tags != null && common.editor.refresh();
        for (int i = 0; i < packets; i++) {
            if (edits) {
                sendEdited(burst, i, plainMax);
            } else {
                send(burst, i, plainMax);
            }
        }
        if (sent > 0) {
            common.counters.passed(sent, sentBytes);
        }
        return sent;
    }

    private void sendEdited(Burst burst, int i, int plainMax) {
        if (burst.length[i] < EthernetHeader.LENGTH) {
            common.counters.dropped(DropReason.RUNT, 1);
        } else if (tags.edit(burst, i)) {
            send(tags.edited(), 0, plainMax);
        } else {
            common.counters.dropped(DropReason.MALFORMED_HEADER, 1);
        }
    }

    private void send(Burst burst, int i, int plainMax) {
        int length = burst.length[i];
        long offload = burst.offload[i];
        if (offload == Offload.NONE && length >= EthernetHeader.LENGTH && length <= largest && length <= plainMax) {
            putFrame(burst, i, length, offload);
        } else {
            sendUnusual(burst, i, plainMax);
        }
    }

    private void sendUnusual(Burst burst, int i, int plainMax) {
        int length = burst.length[i];
        long offload = burst.offload[i];
        boolean gso = Offload.gsoType(offload) != Offload.GSO_NONE;
        if (length < EthernetHeader.LENGTH) {
            common.counters.dropped(DropReason.RUNT, 1);
        } else if (!gso && length > plainMax) {
            common.counters.dropped(DropReason.TOO_BIG, 1);
        } else if (Offload.needsChecksum(offload) && !OffloadCheck.isConsistent(burst, i)) {
            common.counters.dropped(DropReason.MALFORMED_HEADER, 1);
        } else if (gso || length > largest) {
            sendBig(burst, i, plainMax, gso);
        } else {
            putFrame(burst, i, length, Offload.needsChecksum(offload) ? offload : Offload.NONE);
        }
    }

    private void sendBig(Burst burst, int i, int plainMax, boolean gso) {
        kick();
        long r = big.send(burst, i);
        if (r >= 0) {
            sent++;
            sentBytes += burst.length[i];
        } else if (gso && r == -Errno.EINVAL && software.begin(burst, i)) {
            sendSegments(burst.length[i], plainMax);
        } else {
            common.counters.dropped(reason((int) -r), 1);
        }
    }

    /** The kernel doesn't know this gso type, or found the headers wrong: plain frames instead. */
    private void sendSegments(int length, int plainMax) {
        int before = sent;
        long bytesBefore = sentBytes;
        while (software.fill(scratch) > 0) {
            for (int i = 0; i < scratch.packets; i++) {
                if (scratch.length[i] > plainMax) {
                    common.counters.dropped(DropReason.TOO_BIG, 1);
                    sent = before;
                    sentBytes = bytesBefore;
                    return;
                }
                send(scratch, i, plainMax);
            }
        }
        // one packet of the source, whatever it was cut into
        sent = before + 1;
        sentBytes = bytesBefore + length;
    }

    private static DropReason reason(int errno) {
        return switch (errno) {
            case Errno.EAGAIN, Errno.ENOBUFS, Errno.ENOMEM -> DropReason.FULL;
            case Errno.EMSGSIZE -> DropReason.TOO_BIG;
            case Errno.EINVAL -> DropReason.MALFORMED_HEADER;
            case Errno.EFAULT -> DropReason.FAULT;
            case Errno.ENETDOWN, Errno.ENXIO, Errno.ENODEV -> DropReason.PORT_DOWN;
            default -> DropReason.KERNEL;
        };
    }

    private void putFrame(Burst burst, int i, int length, long offload) {
        long frame = ring.address() + (long) head * ring.frameBytes;
        if (!isFree(frame)) {
            common.counters.dropped(DropReason.FULL, 1);
            return;
        }
        int linear = Math.min(length, LINEAR_MAX);
        Memory.putLong(frame + PacketRing.TX_VNET, Offload.toHeader(offload, linear));
        Memory.putShort(frame + PacketRing.TX_VNET + 8, (short) Offload.csumOffset(offload));
        long to = frame + PacketRing.TX_DATA;
        if (burst.count[i] == 1) {
            Memory.copy(burst.segmentAddress[burst.first[i]], to, length);
        } else {
            Frames.copy(burst, i, to);
        }
        Memory.putInt(frame + Layouts.Tpacket2Hdr.LEN, length + PacketRing.VNET_HEADER);
        // release: the frame is complete before the kernel may read it
        Memory.putIntRelease(frame + Layouts.Tpacket2Hdr.STATUS, Constants.TP_STATUS_SEND_REQUEST);
        head = head + 1 == ring.frames ? 0 : head + 1;
        unkicked = true;
        sent++;
        sentBytes += length;
    }

    private boolean isFree(long frame) {
        if (Memory.getIntAcquire(frame + Layouts.Tpacket2Hdr.STATUS) == Constants.TP_STATUS_AVAILABLE) {
            return true;
        }
        if (kickedWhenFull) {
            return false;
        }
        kickedWhenFull = true; // once per burst
        unkicked = true;
        kick();
        return Memory.getIntAcquire(frame + Layouts.Tpacket2Hdr.STATUS) == Constants.TP_STATUS_AVAILABLE;
    }

    @Override
    public void flush() {
        kick();
    }

    private void kick() {
        if (unkicked || stalled) {
            long r = Sockets.send(socket, 0, 0, Constants.MSG_DONTWAIT);
            unkicked = false;
            stalled = r < 0;
        }
    }

    @Override
    public QueueCounters counters() {
        return common.counters;
    }

    /** Monitor thread. The kernel serialises kicks, so it may kick as well as the worker. */
    private void check() {
        link.check();
        Sockets.getsockopt(socket, Constants.SOL_SOCKET, Constants.SO_ERROR);
        if (stalled && link.isUp()) {
            stalled = Sockets.send(socket, 0, 0, Constants.MSG_DONTWAIT) < 0;
        }
    }

    @Override
    public void close() {
        common.port.closing(link, watched);
        ring.close();
        big.close();
        software.close();
        if (tags != null) {
            tags.close();
        }
        common.close();
    }
}
