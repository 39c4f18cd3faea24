package io.jspp.port.afpacket;

import io.jspp.flow.FlowRule;
import io.jspp.linux.Constants;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.linux.LinuxException;
import io.jspp.linux.NetDevice;
import io.jspp.linux.Sockets;
import io.jspp.net.MacAddress;
import io.jspp.port.Claims;
import io.jspp.port.Device;
import io.jspp.port.Direction;
import io.jspp.port.InterfaceLink;
import io.jspp.port.PortException;
import io.jspp.port.PortState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The primary's half of a {@code phy} port: finds the interface and opens packet sockets for claimants, one for a receive
 * queue, two for a transmit queue (ring, and frames with a gso type). The sockets are not bound and have no ring: the claimant,
 * which needs no privilege for that, sets them up. Control thread.
 */
final class AfPacketDevice implements Device {
    /** Bytes the kernel may hold for one socket: several times 64 KiB frames, each accounted with its overhead. */
    private static final int SOCKET_BUFFER_BYTES = 8 << 20;

    /** Attribute of a grant: the socket has a filter, it joins no fanout group. */
    static final int NO_FANOUT = -1;

    private final String name;
    private final String iface;
    private final PacketSettings settings;
    private final boolean steering;
    private final FileDescriptor query;

    /** What rules do to tags; null without flow=1. */
    private final FlowEdits edits;

    /** Sockets of receive queues that are claimed, for other filters while they are. */
    private final Map<Integer, FileDescriptor> receivers = new HashMap<>();

    private List<FlowRule> flows = List.of();

    /** @param flow each queue filters what it takes by flow rules; else the kernel deals frames out to the queues in use */
    AfPacketDevice(String name, String iface, PacketSettings settings, boolean flow) {
        steering = flow && settings.queuePairs() > 1;
        this.name = name;
        this.iface = iface;
        this.settings = settings;
        query = openSocket();
        if (NetDevice.index(query.value(), iface) == 0) {
            query.close();
            throw new PortException(name + ": interface " + iface
                    + " does not exist in this network namespace: ip link shows those that do");
        }
        edits = flow ? openEdits() : null;
    }

    private FlowEdits openEdits() {
        try {
            return new FlowEdits("spp-flow-" + iface);
        } catch (LinuxException e) {
            query.close();
            throw new PortException(name + ": memory for flow rules: " + e.getMessage(), e);
        }
    }

    private FileDescriptor openSocket() {
        try {
            return Sockets.socket(Constants.AF_PACKET, Constants.SOCK_RAW | Constants.SOCK_NONBLOCK, 0);
        } catch (LinuxException e) {
            String next = e.isPermission()
                    ? ": it needs CAP_NET_RAW: start the primary as root, or inside unshare -Urn, or: setcap cap_net_raw,cap_net_admin+ep "
                            + ProcessHandle.current().info().command().orElse("java")
                    : "";
            throw new PortException(name + ": open a packet socket for " + iface + ": " + e.getMessage() + next, e);
        }
    }

    @Override
    public int rxQueues() {
        return settings.queuePairs();
    }

    @Override
    public int txQueues() {
        return settings.queuePairs();
    }

    @Override
    public String macAddress() {
        return MacAddress.format(NetDevice.macAddress(query.value(), iface));
    }

    @Override
    public PortState state() {
        return InterfaceLink.stateOf(query.value(), iface);
    }

    @Override
    public List<String> notes() {
        List<String> notes = new ArrayList<>();
        String address = NetDevice.ipv4Address(query.value(), iface);
        if (address != null) {
            notes.add(name + ": interface " + iface + " has the address " + address
                    + ", so the host's own stack answers too: ip addr flush dev " + iface);
        }
        PortState state = state();
        if (state.phase() != PortState.Phase.UP) {
            notes.add(name + ": " + state);
        }
        return notes;
    }

    @Override
    public Claims.Grant open(int queue, Direction direction) {
        Device.requireQueue(name, queue, settings.queuePairs(), "qpairs");
        List<FileDescriptor> sockets = new ArrayList<>();
        try {
            int needed = direction == Direction.RX ? 1 : 2;
            for (int i = 0; i < needed; i++) {
                FileDescriptor socket = openSocket();
                sockets.add(socket);
                enlargeBuffer(socket, direction);
            }
            if (edits != null) {
                sockets.add(edits.fd().duplicate());
            }
            int ifindex = NetDevice.index(query.value(), iface);
            // One fanout group per device; sixteen bits that no other process of this namespace is likely to choose.
            int group = steering ? NO_FANOUT : (Linux.getpid() * 31 + ifindex) & 0xffff;
            if (steering && direction == Direction.RX) {
                filter(flows, queue, sockets.get(0));
                receivers.put(queue, sockets.get(0).duplicate());
            }
            return new Claims.Grant(sockets, settings.toAttributes(iface, group, edits != null));
        } catch (RuntimeException e) {
            FileDescriptor.closeAll(sockets);
            throw e;
        }
    }

    /** Beyond the system's limit where we may (CAP_NET_ADMIN), else up to it: then fewer big frames can wait. */
    private static void enlargeBuffer(FileDescriptor socket, Direction direction) {
        boolean rx = direction == Direction.RX;
        int force = rx ? Constants.SO_RCVBUFFORCE : Constants.SO_SNDBUFFORCE;
        try {
            Sockets.setsockopt(socket.value(), Constants.SOL_SOCKET, force, SOCKET_BUFFER_BYTES);
        } catch (LinuxException e) {
            int option = rx ? Constants.SO_RCVBUF : Constants.SO_SNDBUF;
            Sockets.setsockopt(socket.value(), Constants.SOL_SOCKET, option, SOCKET_BUFFER_BYTES);
        }
    }

    private void filter(List<FlowRule> rules, int queue, FileDescriptor socket) {
        FlowFilter.of(rules, queue, settings.queuePairs()).attach(socket);
    }

    @Override
    public boolean sharesOut() {
        return steering;
    }

    @Override
    public void requireFlows(List<FlowRule> rules) {
        if (!rules.isEmpty() && settings.queuePairs() > 1 && !steering) {
            throw new PortException("several queues need flow=1 for flow rules: --vdev " + name + ",iface=" + iface
                    + ",flow=1 of the primary");
        }
        FlowCheck.check(rules, settings.queuePairs(), edits != null);
        FlowFilter.of(rules, 0, settings.queuePairs());
    }

    @Override
    public void useFlows(List<FlowRule> rules) {
        requireFlows(rules);
        try {
            receivers.forEach((queue, socket) -> filter(rules, queue, socket));
        } catch (LinuxException e) {
            receivers.forEach((queue, socket) -> filter(flows, queue, socket));
            throw new PortException(
                    "filter: " + e.getMessage() + ": have fewer rules, or raise the sysctl net.core.optmem_max", e);
        }
        flows = List.copyOf(rules);
        if (edits != null) {
            edits.write(flows);
        }
    }

    @Override
    public void released(int queue, Direction direction) {
        FileDescriptor socket = direction == Direction.RX ? receivers.remove(queue) : null;
        if (socket != null) {
            socket.close();
        }
    }

    @Override
    public void close() {
        receivers.values().forEach(FileDescriptor::close);
        receivers.clear();
        if (edits != null) {
            edits.close();
        }
        query.close();
    }
}
