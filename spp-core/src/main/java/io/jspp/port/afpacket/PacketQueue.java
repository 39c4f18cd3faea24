package io.jspp.port.afpacket;

import io.jspp.counters.QueueCounters;
import io.jspp.linux.Constants;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Layouts;
import io.jspp.linux.LinuxException;
import io.jspp.linux.NetDevice;
import io.jspp.linux.SocketAddress;
import io.jspp.linux.Sockets;
import io.jspp.port.Claims;
import io.jspp.port.Direction;
import io.jspp.port.InterfaceLink;
import io.jspp.port.PortException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** What receive and transmit queue of an interface have in common: sockets, ring, link, claim. Control and monitor thread. */
final class PacketQueue {
    final PhyPort port;
    final QueueCounters counters;
    final PacketSettings settings;
    final FileDescriptor[] sockets;
    final String iface;
    final int mtu;

    /** What flow rules do to tags; null when the port has none. */
    final FlowEditor editor;

    private final int queue;
    private final Direction direction;
    private final int fanoutGroup;
    private final int ifindex;

    /** Takes over the grant's descriptors when it returns, not when it throws. */
    PacketQueue(PhyPort port, int queue, Direction direction, Claims.Grant grant, QueueCounters counters) {
        this.port = port;
        this.queue = queue;
        this.direction = direction;
        this.counters = counters;
        settings = PacketSettings.fromAttributes(grant.attributes());
        iface = grant.attributes().getOrDefault("iface", "");
        fanoutGroup = Integer.parseInt(grant.attributes().getOrDefault("fanout", "0"));
        boolean flow = hasFlow(grant);
        List<FileDescriptor> fds = grant.fds();
        sockets = fds.subList(0, fds.size() - (flow ? 1 : 0)).toArray(new FileDescriptor[0]);
        ifindex = NetDevice.index(socket(), iface);
        if (ifindex == 0) {
            throw new PortException(port.id() + ": interface " + iface
                    + " is gone: create it again, or restart the primary with another one");
        }
        mtu = NetDevice.mtu(socket(), iface);
        editor = flow ? new FlowEditor(fds.get(fds.size() - 1), direction == Direction.RX) : null;
    }

    /** Descriptors that come with a claim: one socket to receive by, two to send by, and what the primary writes flow rules to. */
    static int descriptors(Direction direction, Claims.Grant grant) {
        return (direction == Direction.RX ? 1 : 2) + (hasFlow(grant) ? 1 : 0);
    }

    private static boolean hasFlow(Claims.Grant grant) {
        return "1".equals(grant.attributes().get("flow"));
    }

    int socket() {
        return sockets[0].value();
    }

    InterfaceLink watch(InterfaceLink.Rebind rebind) {
        return new InterfaceLink(socket(), iface, ifindex, rebind);
    }

    /** Binds every socket and receives, when this is a receive queue; joins the fanout group when there are several and no filters. */
    void bind() {
        bindTo(ifindex);
    }

    /** @return false when the sockets can't follow to another interface */
    boolean tryRebind(int newIndex) {
        try {
            bindTo(newIndex);
            return true;
        } catch (LinuxException e) {
            return false;
        }
    }

    private void bindTo(int index) {
        boolean rx = direction == Direction.RX;
        SocketAddress address = SocketAddress.packet(rx ? Constants.ETH_P_ALL : 0, index);
        for (FileDescriptor socket : sockets) {
            Sockets.bind(socket.value(), address);
        }
        if (!rx) {
            return;
        }
        ByteBuffer membership = ByteBuffer.allocate(Layouts.PacketMreq.SIZE).order(ByteOrder.nativeOrder());
        membership.putInt(Layouts.PacketMreq.IFINDEX, index);
        membership.putShort(Layouts.PacketMreq.TYPE, (short) Constants.PACKET_MR_PROMISC);
        Sockets.setsockopt(socket(), Constants.SOL_PACKET, Constants.PACKET_ADD_MEMBERSHIP, membership.array());
        if (settings.queuePairs() > 1 && fanoutGroup != AfPacketDevice.NO_FANOUT) {
            int mode = Constants.PACKET_FANOUT_HASH;
            Sockets.setsockopt(socket(), Constants.SOL_PACKET, Constants.PACKET_FANOUT, fanoutGroup | mode << 16);
        }
    }

    /** After an opening that failed; the descriptors are the caller's. */
    void abandon() {
        if (editor != null) {
            editor.close();
        }
    }

    /** Closes descriptors and counters and ends the claim. */
    void close() {
        abandon();
        for (FileDescriptor socket : sockets) {
            socket.close();
        }
        counters.close();
        port.release(queue, direction);
    }
}
