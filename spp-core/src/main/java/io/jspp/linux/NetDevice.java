package io.jspp.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What the kernel says of a network interface, asked through any socket: the answer is for the network namespace the socket was
 * made in, which need not be the caller's. Cold calls (netdevice(7)). Any thread.
 */
public final class NetDevice {
    /** Longest interface name in bytes (IFNAMSIZ less its NUL). */
    public static final int MAX_NAME = Layouts.Ifreq.NAME_LENGTH - 1;

    private NetDevice() {}

    /**
     * Checks a name as the kernel's {@code dev_valid_name} does.
     *
     * @throws IllegalArgumentException with a sentence
     */
    public static String checkName(String name) {
        boolean fits = name.getBytes(StandardCharsets.UTF_8).length <= MAX_NAME;
        if (!fits || !name.matches("[^/:\\s\\p{Cntrl}]+") || name.equals(".") || name.equals("..")) {
            String shown = name.length() > 40 ? name.substring(0, 40) + "…" : name;
            throw new IllegalArgumentException("interface name \"" + shown.replaceAll("[^\\x20-\\x7e…]", "?")
                    + "\": 1 to 15 bytes without slash, colon and space expected");
        }
        return name;
    }

    /** Index of an interface, 0 when there is none of that name. */
    public static int index(int socket, String name) {
        byte[] request = request(name);
        return call(socket, Constants.SIOCGIFINDEX, request) ? view(request).getInt(Layouts.Ifreq.UNION) : 0;
    }

    /** Name of the interface with this index, null when there is none. */
    public static String name(int socket, int index) {
        byte[] request = new byte[Layouts.Ifreq.SIZE];
        view(request).putInt(Layouts.Ifreq.UNION, index);
        if (!call(socket, Constants.SIOCGIFNAME, request)) {
            return null;
        }
        return nameOf(request);
    }

    private static String nameOf(byte[] request) {
        int end = 0;
        while (end < Layouts.Ifreq.NAME_LENGTH && request[end] != 0) {
            end++;
        }
        return new String(request, 0, end, StandardCharsets.UTF_8);
    }

    /** IFF_ flags, 0 when there is no such interface. */
    public static int flags(int socket, String name) {
        byte[] request = request(name);
        boolean found = call(socket, Constants.SIOCGIFFLAGS, request);
        return found ? Short.toUnsignedInt(view(request).getShort(Layouts.Ifreq.UNION)) : 0;
    }

    /** Sets IFF_UP; needs CAP_NET_ADMIN. */
    public static void up(int socket, String name) {
        byte[] request = request(name);
        view(request).putShort(Layouts.Ifreq.UNION, (short) (flags(socket, name) | Constants.IFF_UP));
        Linux.ioctl(socket, Constants.SIOCSIFFLAGS, request);
    }

    /** Sets how many packets wait for transmission by the interface; needs CAP_NET_ADMIN. */
    public static void txQueueLength(int socket, String name, int packets) {
        byte[] request = request(name);
        view(request).putInt(Layouts.Ifreq.UNION, packets);
        Linux.ioctl(socket, Constants.SIOCSIFTXQLEN, request);
    }

    /** MTU in bytes, 0 when there is no such interface. */
    public static int mtu(int socket, String name) {
        byte[] request = request(name);
        return call(socket, Constants.SIOCGIFMTU, request) ? view(request).getInt(Layouts.Ifreq.UNION) : 0;
    }

    /** Hardware address, first byte of the wire on top of 48 bits; 0 when there is none. */
    public static long macAddress(int socket, String name) {
        byte[] request = request(name);
        if (!call(socket, Constants.SIOCGIFHWADDR, request)) {
            return 0;
        }
        // struct sockaddr: family, then the address in wire order
        ByteBuffer wire = ByteBuffer.wrap(request);
        return Integer.toUnsignedLong(wire.getInt(Layouts.Ifreq.UNION + 2)) << 16
                | Short.toUnsignedLong(wire.getShort(Layouts.Ifreq.UNION + 6));
    }

    /** First IPv4 address in dotted form, or null. */
    public static String ipv4Address(int socket, String name) {
        byte[] request = request(name);
        view(request).putShort(Layouts.Ifreq.UNION, (short) Constants.AF_INET);
        if (!call(socket, Constants.SIOCGIFADDR, request)) {
            return null;
        }
        // struct sockaddr_in: family, port, address
        int at = Layouts.Ifreq.UNION + 4;
        return (request[at] & 0xff) + "." + (request[at + 1] & 0xff) + "." + (request[at + 2] & 0xff) + "."
                + (request[at + 3] & 0xff);
    }

    /** Name of the tap interface that a queue descriptor is attached to, in whatever namespace it is; null when it was deleted. */
    public static String tapName(int queue) {
        byte[] request = new byte[Layouts.Ifreq.SIZE];
        try {
            Linux.ioctl(queue, Constants.TUNGETIFF, request);
            return nameOf(request);
        } catch (LinuxException e) {
            return null;
        }
    }

    /** A zeroed struct ifreq with the name. */
    public static byte[] request(String name) {
        return Arrays.copyOf(name.getBytes(StandardCharsets.UTF_8), Layouts.Ifreq.SIZE);
    }

    private static boolean call(int socket, int request, byte[] argument) {
        try {
            Linux.ioctl(socket, request, argument);
            return true;
        } catch (LinuxException e) {
            if (e.errno() == Errno.ENODEV || e.errno() == Errno.ENXIO || e.errno() == Errno.EADDRNOTAVAIL) {
                return false;
            }
            throw e;
        }
    }

    private static ByteBuffer view(byte[] request) {
        return ByteBuffer.wrap(request).order(ByteOrder.nativeOrder());
    }
}
