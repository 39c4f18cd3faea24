package io.jspp.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** The bytes of a sockaddr, ready for bind and connect. Immutable. */
public final class SocketAddress {
    final byte[] bytes;
    private final String text;

    private SocketAddress(byte[] bytes, String text) {
        this.bytes = bytes;
        this.text = text;
    }

    /** A UNIX socket at a path of at most 107 bytes. */
    public static SocketAddress unix(String path) {
        byte[] name = path.getBytes(StandardCharsets.UTF_8);
        if (name.length == 0 || name.length >= Layouts.SockaddrUn.PATH_LENGTH) {
            throw new IllegalArgumentException("socket path of " + name.length + " bytes (1 to 107 allowed): " + path);
        }
        if (path.indexOf(0) >= 0) {
            throw new IllegalArgumentException("socket path with a NUL: " + path.replace('\0', '@'));
        }
        return unix(name, 0, name.length + 1, path);
    }

    /** A UNIX socket in the abstract name space: no file, gone with its last holder, bound to the network namespace. */
    public static SocketAddress unixAbstract(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0 || bytes.length >= Layouts.SockaddrUn.PATH_LENGTH) {
            throw new IllegalArgumentException("socket name of " + bytes.length + " bytes (1 to 107 allowed): " + name);
        }
        return unix(bytes, 1, bytes.length + 1, "@" + name);
    }

    private static SocketAddress unix(byte[] name, int at, int pathBytes, String text) {
        ByteBuffer b = ByteBuffer.allocate(Layouts.SockaddrUn.PATH + pathBytes).order(ByteOrder.nativeOrder());
        b.putShort(Layouts.SockaddrUn.FAMILY, (short) Constants.AF_UNIX);
        b.position(Layouts.SockaddrUn.PATH + at);
        b.put(name);
        return new SocketAddress(b.array(), text);
    }

    /** A packet socket's interface. {@code protocol} in host order, for example ETH_P_ALL; 0 receives nothing. */
    public static SocketAddress packet(int protocol, int interfaceIndex) {
        ByteBuffer b = ByteBuffer.allocate(Layouts.SockaddrLl.SIZE).order(ByteOrder.nativeOrder());
        b.putShort(Layouts.SockaddrLl.FAMILY, (short) Constants.AF_PACKET);
        b.put(Layouts.SockaddrLl.PROTOCOL, (byte) (protocol >>> 8));
        b.put(Layouts.SockaddrLl.PROTOCOL + 1, (byte) protocol);
        b.putInt(Layouts.SockaddrLl.IFINDEX, interfaceIndex);
        return new SocketAddress(b.array(), "interface " + interfaceIndex);
    }

    /** Copy of the raw sockaddr. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    @Override
    public String toString() {
        return text;
    }
}
