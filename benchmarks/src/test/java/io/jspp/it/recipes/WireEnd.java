package io.jspp.it.recipes;

import io.jspp.linux.Constants;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.NetDevice;
import io.jspp.linux.SocketAddress;
import io.jspp.linux.Sockets;
import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import java.util.List;

/** The other end of a veth pair: sees frames of one ethertype, and none that it sends. */
final class WireEnd implements FarEnd {
    private static final int ROOM = 2048;

    private final FileDescriptor socket =
            Sockets.socket(Constants.AF_PACKET, Constants.SOCK_RAW | Constants.SOCK_NONBLOCK, 0);
    private final NativeMemory buffer = NativeMemory.allocate(ROOM);

    WireEnd(String iface) {
        Sockets.bind(
                socket.value(), SocketAddress.packet(NumberedFrames.ETHERTYPE, NetDevice.index(socket.value(), iface)));
    }

    @Override
    public void send(List<byte[]> frames) {
        for (byte[] frame : frames) {
            Memory.put(buffer.address(), frame, 0, frame.length);
            long sent = Sockets.send(socket.value(), buffer.address(), frame.length, 0);
            if (sent != frame.length) {
                throw new IllegalStateException("send on a veth: " + sent);
            }
        }
    }

    @Override
    public byte[] receive() {
        long length = Sockets.recv(socket.value(), buffer.address(), ROOM, 0);
        if (length < 0) {
            return null;
        }
        byte[] frame = new byte[(int) length];
        Memory.get(buffer.address(), frame, 0, frame.length);
        return frame;
    }

    @Override
    public void close() {
        socket.close();
        buffer.close();
    }
}
