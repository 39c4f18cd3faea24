package io.jspp.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import jnr.ffi.Pointer;

/**
 * System calls on sockets: UNIX with descriptor passing, packet sockets, options. Any thread. Cold and hot calls as in {@link Linux}.
 */
public final class Sockets {
    private static final LibC C = Native.C;

    /** Descriptors one message can carry, SCM_MAX_FD of net/scm.h. */
    public static final int MAX_DESCRIPTORS = 253;

    private Sockets() {}

    /** socket(2), close-on-exec added; {@code protocol} as the kernel wants it (packet sockets: see {@link #networkOrder}). Cold. */
    public static FileDescriptor socket(int domain, int type, int protocol) {
        String context = "domain " + domain + " type " + (type & 0xf);
        return new FileDescriptor(
                Native.check(C.socket(domain, type | Constants.SOCK_CLOEXEC, protocol), "socket", context));
    }

    /** Swaps a 16-bit protocol number to network order. */
    public static int networkOrder(int protocol) {
        return ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
                ? Short.toUnsignedInt(Short.reverseBytes((short) protocol))
                : protocol;
    }

    /** socketpair(2) of UNIX sockets, close-on-exec added. Cold. */
    public static FileDescriptor[] socketpair(int type) {
        int[] fds = new int[2];
        Native.check(C.socketpair(Constants.AF_UNIX, type | Constants.SOCK_CLOEXEC, 0, fds), "socketpair", "");
        return new FileDescriptor[] {new FileDescriptor(fds[0]), new FileDescriptor(fds[1])};
    }

    /** bind(2). Cold. */
    public static void bind(int fd, SocketAddress address) {
        Native.check(C.bind(fd, address.bytes, address.bytes.length), "bind", address.toString());
    }

    /** listen(2). Cold. */
    public static void listen(int fd, int backlog) {
        Native.check(C.listen(fd, backlog), "listen", "fd " + fd);
    }

    /** connect(2); throws for EINPROGRESS and EAGAIN too. Cold. */
    public static void connect(int fd, SocketAddress address) {
        int r = tryConnect(fd, address);
        if (r < 0) {
            throw new LinuxException("connect", -r, address.toString());
        }
    }

    /** connect(2): 0 or {@code -errno} (ENOENT, ECONNREFUSED: nobody listens). */
    public static int tryConnect(int fd, SocketAddress address) {
        return Native.result(C.connect(fd, address.bytes, address.bytes.length));
    }

    /** accept4(2), close-on-exec added: the connection, or null when nobody waits (EAGAIN) or the caller was gone again. Cold. */
    public static FileDescriptor accept(int fd, int flags) {
        int r = Native.result(C.accept4(fd, 0, 0, flags | Constants.SOCK_CLOEXEC));
        if (r == -Errno.EAGAIN || r == -Errno.ECONNABORTED || r == -Errno.EINTR) {
            return null;
        }
        if (r < 0) {
            throw new LinuxException("accept4", -r, "fd " + fd);
        }
        return new FileDescriptor(r);
    }

    /** shutdown(2): 0 or {@code -errno}. */
    public static int shutdown(int fd, int how) {
        return Native.result(C.shutdown(fd, how));
    }

    /** getsockname(2): the raw sockaddr. Cold. */
    public static byte[] getsockname(int fd) {
        byte[] buffer = new byte[128];
        int[] length = {buffer.length};
        Native.check(C.getsockname(fd, buffer, length), "getsockname", "fd " + fd);
        return java.util.Arrays.copyOf(buffer, Math.min(length[0], buffer.length));
    }

    /** setsockopt(2) with an int. Cold. */
    public static void setsockopt(int fd, int level, int name, int value) {
        byte[] bytes = ByteBuffer.allocate(4)
                .order(ByteOrder.nativeOrder())
                .putInt(value)
                .array();
        setsockopt(fd, level, name, bytes);
    }

    /** setsockopt(2) with a structure. Cold. */
    public static void setsockopt(int fd, int level, int name, byte[] value) {
        Native.check(C.setsockopt(fd, level, name, value, value.length), "setsockopt", optionName(fd, level, name));
    }

    /** getsockopt(2) of an int. Cold. */
    public static int getsockopt(int fd, int level, int name) {
        byte[] value = new byte[4];
        getsockopt(fd, level, name, value);
        return ByteBuffer.wrap(value).order(ByteOrder.nativeOrder()).getInt();
    }

    /** getsockopt(2) of a structure, copied in and out; returns the length the kernel reports. Cold. */
    public static int getsockopt(int fd, int level, int name, byte[] value) {
        int[] length = {value.length};
        Native.check(C.getsockopt(fd, level, name, value, length), "getsockopt", optionName(fd, level, name));
        return length[0];
    }

    private static String optionName(int fd, int level, int name) {
        return "fd " + fd + " level " + level + " option " + name;
    }

    /** Who is at the other end of a UNIX socket, as of its connect or listen. */
    public record PeerCredentials(int pid, int user, int group) {}

    /** SO_PEERCRED. Cold. */
    public static PeerCredentials peerCredentials(int fd) {
        byte[] value = new byte[Layouts.Ucred.SIZE];
        getsockopt(fd, Constants.SOL_SOCKET, Constants.SO_PEERCRED, value);
        ByteBuffer b = ByteBuffer.wrap(value).order(ByteOrder.nativeOrder());
        return new PeerCredentials(
                b.getInt(Layouts.Ucred.PID), b.getInt(Layouts.Ucred.UID), b.getInt(Layouts.Ucred.GID));
    }

    /** SO_PEERPIDFD (Linux 6.5): a pidfd of the peer, or null where the kernel has no such option. Cold. */
    public static FileDescriptor peerPidfd(int fd) {
        try {
            return new FileDescriptor(getsockopt(fd, Constants.SOL_SOCKET, Constants.SO_PEERPIDFD));
        } catch (LinuxException e) {
            if (e.errno() == Errno.ENOPROTOOPT) {
                return null;
            }
            throw e;
        }
    }

    /** if_nametoindex(3): the index, or {@code -errno} ({@code -ENODEV}: no such interface). */
    public static int ifNametoindex(String name) {
        int r = C.if_nametoindex(name);
        return r > 0 ? r : -Native.errno();
    }

    // ---- hot calls on addresses
    // --------------------------------------------------------------------------------------------------

    /** send(2). Length 0 with MSG_DONTWAIT kicks a packet socket's transmit ring. Hot. */
    public static long send(int fd, long address, long length, int flags) {
        return Native.result(C.send(fd, address, length, flags));
    }

    /** recv(2). Hot. */
    public static long recv(int fd, long address, long length, int flags) {
        return Native.result(C.recv(fd, address, length, flags));
    }

    /** sendto(2); {@code sockaddr} is an address or 0. Hot. */
    public static long sendto(int fd, long address, long length, int flags, long sockaddr, int sockaddrLength) {
        return Native.result(C.sendto(fd, address, length, flags, sockaddr, sockaddrLength, 0));
    }

    /** recvfrom(2); {@code sockaddr} and {@code sockaddrLength} are addresses or 0. Hot. */
    public static long recvfrom(int fd, long address, long length, int flags, long sockaddr, long sockaddrLength) {
        return Native.result(C.recvfrom(fd, address, length, flags, sockaddr, sockaddrLength, 0));
    }

    /** sendmsg(2) of a {@link Layouts.Msghdr}. Hot. */
    public static long sendmsg(int fd, long msghdr, int flags) {
        return Native.result(C.sendmsg(fd, msghdr, flags));
    }

    /** recvmsg(2) of a {@link Layouts.Msghdr}. Hot. */
    public static long recvmsg(int fd, long msghdr, int flags) {
        return Native.result(C.recvmsg(fd, msghdr, flags));
    }

    /** sendmmsg(2) of an array of struct mmsghdr: messages sent or {@code -errno}. Hot. */
    public static int sendmmsg(int fd, long mmsghdr, int count, int flags) {
        return Native.result(C.sendmmsg(fd, mmsghdr, count, flags));
    }

    /** recvmmsg(2), no timeout: messages received or {@code -errno}. Hot. */
    public static int recvmmsg(int fd, long mmsghdr, int count, int flags) {
        return Native.result(C.recvmmsg(fd, mmsghdr, count, flags, 0));
    }

    // ---- messages with descriptors
    // -----------------------------------------------------------------------------------------------

    /**
     * sendmsg(2) of {@code bytes[offset, offset + length)} with descriptors (SCM_RIGHTS), MSG_NOSIGNAL added. The caller keeps its descriptors.
     *
     * @return bytes sent (a stream socket may take fewer, then the descriptors went with them) or {@code -EAGAIN}
     * @throws LinuxException for any other error, EPIPE and ECONNRESET included
     */
    public static int send(int fd, byte[] bytes, int offset, int length, int[] descriptors, int flags) {
        if (descriptors.length > MAX_DESCRIPTORS) {
            throw new IllegalArgumentException(descriptors.length + " descriptors in one message (at most 253)");
        }
        int controlLength = descriptors.length == 0 ? 0 : Layouts.Cmsghdr.space(4 * descriptors.length);
        Pointer memory = Native.allocate(Layouts.Msghdr.SIZE + Layouts.Iovec.SIZE + controlLength + length);
        int control = Layouts.Msghdr.SIZE + Layouts.Iovec.SIZE;
        int data = control + controlLength;
        memory.put(data, bytes, offset, length);
        putHeader(memory, memory.address() + data, length, controlLength);
        if (controlLength > 0) {
            memory.putLong(control + Layouts.Cmsghdr.LENGTH, Layouts.Cmsghdr.DATA + 4L * descriptors.length);
            memory.putInt(control + Layouts.Cmsghdr.LEVEL, Constants.SOL_SOCKET);
            memory.putInt(control + Layouts.Cmsghdr.TYPE, Constants.SCM_RIGHTS);
            memory.put(control + Layouts.Cmsghdr.DATA, descriptors, 0, descriptors.length);
        }
        long r;
        do {
            r = Native.result(C.sendmsg(fd, memory.address(), flags | Constants.MSG_NOSIGNAL));
        } while (r == -Errno.EINTR);
        if (r < 0 && r != -Errno.EAGAIN) {
            throw new LinuxException("sendmsg", (int) -r, length + " bytes");
        }
        return (int) r;
    }

    /** {@link #send(int, byte[], int, int, int[], int)} of whole {@code bytes} without descriptors. */
    public static int send(int fd, byte[] bytes, int flags) {
        return send(fd, bytes, 0, bytes.length, new int[0], flags);
    }

    /**
     * recvmsg(2) into {@code bytes[offset, offset + length)} with room for {@code maxDescriptors}, MSG_CMSG_CLOEXEC added. Every descriptor
     * that came is owned by the result.
     *
     * @throws LinuxException for errors other than EAGAIN
     */
    public static ReceivedMessage receive(int fd, byte[] bytes, int offset, int length, int maxDescriptors, int flags) {
        int controlLength = maxDescriptors == 0 ? 0 : Layouts.Cmsghdr.space(4 * maxDescriptors);
        Pointer memory = Native.allocate(Layouts.Msghdr.SIZE + Layouts.Iovec.SIZE + controlLength + length);
        int control = Layouts.Msghdr.SIZE + Layouts.Iovec.SIZE;
        int data = control + controlLength;
        long r;
        do {
            putHeader(memory, memory.address() + data, length, controlLength);
            r = Native.result(C.recvmsg(fd, memory.address(), flags | Constants.MSG_CMSG_CLOEXEC));
        } while (r == -Errno.EINTR);
        if (r < 0) {
            if (r == -Errno.EAGAIN) {
                return new ReceivedMessage(-Errno.EAGAIN, List.of(), false, false);
            }
            throw new LinuxException("recvmsg", (int) -r, "fd " + fd);
        }
        List<FileDescriptor> descriptors = takeDescriptors(memory, control, controlLength);
        int received = (int) Math.min(r, length);
        memory.get(data, bytes, offset, received);
        int messageFlags = memory.getInt(Layouts.Msghdr.FLAGS);
        return new ReceivedMessage(
                received,
                descriptors,
                (messageFlags & Constants.MSG_TRUNC) != 0,
                (messageFlags & Constants.MSG_CTRUNC) != 0);
    }

    private static void putHeader(Pointer memory, long data, int length, int controlLength) {
        long base = memory.address();
        memory.putLong(Layouts.Msghdr.NAME, 0L);
        memory.putInt(Layouts.Msghdr.NAME_LENGTH, 0);
        memory.putLong(Layouts.Msghdr.IOV, base + Layouts.Msghdr.SIZE);
        memory.putLong(Layouts.Msghdr.IOV_LENGTH, 1L);
        long control = base + Layouts.Msghdr.SIZE + Layouts.Iovec.SIZE;
        memory.putLong(Layouts.Msghdr.CONTROL, controlLength == 0 ? 0L : control);
        memory.putLong(Layouts.Msghdr.CONTROL_LENGTH, controlLength);
        memory.putInt(Layouts.Msghdr.FLAGS, 0);
        memory.putLong(Layouts.Msghdr.SIZE + Layouts.Iovec.BASE, data);
        memory.putLong(Layouts.Msghdr.SIZE + Layouts.Iovec.LENGTH, (long) length);
    }

    private static List<FileDescriptor> takeDescriptors(Pointer memory, int control, int controlRoom) {
        long controlLength = Math.min(memory.getLong(Layouts.Msghdr.CONTROL_LENGTH), controlRoom);
        List<FileDescriptor> descriptors = new ArrayList<>();
        long at = 0;
        while (at + Layouts.Cmsghdr.DATA <= controlLength) {
            long length = memory.getLong(control + at + Layouts.Cmsghdr.LENGTH);
            if (length < Layouts.Cmsghdr.DATA || length > controlLength - at) {
                break;
            }
            boolean rights = memory.getInt(control + at + Layouts.Cmsghdr.LEVEL) == Constants.SOL_SOCKET
                    && memory.getInt(control + at + Layouts.Cmsghdr.TYPE) == Constants.SCM_RIGHTS;
            for (long d = Layouts.Cmsghdr.DATA; rights && d + 4 <= length; d += 4) {
                descriptors.add(new FileDescriptor(memory.getInt(control + at + d)));
            }
            at += length + 7 & ~7L;
        }
        return descriptors;
    }
}
