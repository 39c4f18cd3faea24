package io.jspp.port.tap;

import io.jspp.linux.Constants;
import io.jspp.linux.Errno;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Layouts;
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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The primary's half of a tap port. It opens every queue once and keeps it detached, so that the kernel gives it no packets;
 * a queue is attached while one of its directions is claimed. Both directions share the open queue: a second one only for
 * transmission would be given packets by the kernel that nobody reads. Nothing of a dead claimant stays behind in it, since every
 * frame passes by one read or write. Control thread.
 */
final class TapDevice implements Device {
    private static final String CONTROL = "/dev/net/tun";

    /** Packets that wait for us: as many as in a phy port's ring. The kernel's 500 are a tenth of a second at 5000 packets/s. */
    private static final int QUEUE_LENGTH = 2048;

    private static final int FLAGS = Constants.IFF_TAP | Constants.IFF_NO_PI | Constants.IFF_VNET_HDR;

    /** What the claimant may be given by the kernel, most demanding first; what the kernel doesn't know is left out. */
    private static final int[] OFFLOADS = {
        Constants.TUN_F_CSUM
                | Constants.TUN_F_TSO4
                | Constants.TUN_F_TSO6
                | Constants.TUN_F_TSO_ECN
                | Constants.TUN_F_USO4
                | Constants.TUN_F_USO6,
        Constants.TUN_F_CSUM | Constants.TUN_F_TSO4 | Constants.TUN_F_TSO6 | Constants.TUN_F_TSO_ECN,
        Constants.TUN_F_CSUM
    };

    private final String name;
    private final String iface;
    private final List<FileDescriptor> queues = new ArrayList<>();
    private final List<Set<Direction>> claims = new ArrayList<>();
    private final FileDescriptor query;
    private final boolean multiQueue;

    TapDevice(String name, String iface, int count) {
        this.name = name;
        this.iface = iface;
        query = Sockets.socket(Constants.AF_INET, Constants.SOCK_DGRAM, 0);
        try {
            boolean existed = NetDevice.index(query.value(), iface) != 0;
            multiQueue = openQueues(count);
            offload();
            if (!existed) {
                NetDevice.txQueueLength(query.value(), iface, QUEUE_LENGTH);
                NetDevice.up(query.value(), iface);
            }
            for (int i = 0; i < count; i++) {
                claims.add(EnumSet.noneOf(Direction.class));
                attach(i, false);
            }
        } catch (LinuxException e) {
            close();
            throw new PortException(name + ": open tap " + iface + ": " + e.getMessage() + next(e.errno()), e);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private boolean openQueues(int count) {
        try {
            for (int i = 0; i < count; i++) {
                queues.add(openQueue(FLAGS | Constants.IFF_MULTI_QUEUE));
            }
            return true;
        } catch (LinuxException e) {
            // An interface made beforehand (ip tuntap add) without multi_queue refuses the flag.
            if (e.errno() != Errno.EINVAL || count > 1) {
                throw e;
            }
            queues.add(openQueue(FLAGS));
            return false;
        }
    }

    private FileDescriptor openQueue(int flags) {
        FileDescriptor fd = Linux.open(CONTROL, Constants.O_RDWR | Constants.O_NONBLOCK, 0);
        try {
            byte[] request = NetDevice.request(iface);
            flags(request, flags);
            Linux.ioctl(fd.value(), Constants.TUNSETIFF, request);
            byte[] size = ByteBuffer.allocate(4)
                    .order(ByteOrder.nativeOrder())
                    .putInt(TapPort.VNET_HEADER)
                    .array();
            Linux.ioctl(fd.value(), Constants.TUNSETVNETHDRSZ, size);
            return fd;
        } catch (RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    private void offload() {
        LinuxException last = null;
        for (int offloads : OFFLOADS) {
            try {
                Linux.ioctl(queues.get(0).value(), Constants.TUNSETOFFLOAD, offloads);
                return;
            } catch (LinuxException e) {
                last = e;
            }
        }
        throw last;
    }

    private static void flags(byte[] request, int flags) {
        ByteBuffer.wrap(request).order(ByteOrder.nativeOrder()).putShort(Layouts.Ifreq.UNION, (short) flags);
    }

    private String next(int errno) {
        return switch (errno) {
            case Errno.EPERM, Errno.EACCES ->
                " (needs CAP_NET_ADMIN, or beforehand as root: ip tuntap add " + iface
                        + " mode tap user $USER multi_queue vnet_hdr)";
            case Errno.EBUSY -> " (another program uses it: choose another iface=)";
            case Errno.EINVAL -> " (it exists with other flags: ip link del " + iface + ", or choose another iface=)";
            case Errno.ENOENT -> " (modprobe tun)";
            default -> "";
        };
    }

    private void attach(int queue, boolean on) {
        if (multiQueue) {
            byte[] request = new byte[Layouts.Ifreq.SIZE];
            flags(request, on ? Constants.IFF_ATTACH_QUEUE : Constants.IFF_DETACH_QUEUE);
            Linux.ioctl(queues.get(queue).value(), Constants.TUNSETQUEUE, request);
        }
    }

    @Override
    public int rxQueues() {
        return queues.size();
    }

    @Override
    public int txQueues() {
        return queues.size();
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
    public Claims.Grant open(int queue, Direction direction) {
        Device.requireQueue(name, queue, queues.size(), "qpairs");
        Set<Direction> claimed = claims.get(queue);
        List<FileDescriptor> fds = new ArrayList<>();
        try {
            if (claimed.isEmpty()) {
                attach(queue, true);
            }
            fds.add(queues.get(queue).duplicate());
            fds.add(query.duplicate());
            claimed.add(direction);
            return new Claims.Grant(fds, Map.of("iface", iface));
        } catch (LinuxException e) {
            FileDescriptor.closeAll(fds);
            if (claimed.isEmpty()) {
                detachQuietly(queue);
            }
            throw new PortException(
                    name + ": queue " + queue + " of tap " + iface + ": " + e.getMessage()
                            + " (was the interface deleted? restart the primary)",
                    e);
        }
    }

    @Override
    public void released(int queue, Direction direction) {
        Set<Direction> claimed = claims.get(queue);
        if (claimed.remove(direction) && claimed.isEmpty()) {
            detachQuietly(queue);
        }
    }

    /** An attached queue can't be attached again, and is given packets that nobody reads. */
    private void detachQuietly(int queue) {
        try {
            attach(queue, false);
        } catch (LinuxException e) {
            // It is not attached, or the interface was deleted under us; state() says so.
            claims.get(queue).clear();
        }
    }

    @Override
    public void close() {
        FileDescriptor.closeAll(queues);
        query.close();
    }
}
