package io.jspp.port.afpacket;

import io.jspp.linux.Constants;
import io.jspp.linux.Errno;
import io.jspp.linux.Layouts;
import io.jspp.linux.Sockets;
import io.jspp.mbuf.Burst;
import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import io.jspp.port.FrameVector;

/** One sendmsg per frame on a bound packet socket with PACKET_VNET_HDR: the kernel copies from the segments itself. Worker thread. */
final class BigFrameSender implements AutoCloseable {
    /** A hint how many bytes to have in one piece: enough for any real headers. */
    private static final int HEADER_HINT = 128;

    private final int socket;
    private final FrameVector vector = new FrameVector();
    private final NativeMemory message = NativeMemory.allocate(Layouts.Msghdr.SIZE);

    /** @param socket bound; gets PACKET_VNET_HDR here */
    BigFrameSender(int socket) {
        this.socket = socket;
        Memory.putLong(message.address() + Layouts.Msghdr.IOV, vector.address());
        try {
            Sockets.setsockopt(socket, Constants.SOL_PACKET, Constants.PACKET_VNET_HDR, 1);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Sends packet {@code i}: its length or {@code -errno}. */
    long send(Burst burst, int i) {
        int entries = vector.set(burst, i, Math.min(burst.length[i], HEADER_HINT));
        if (entries == 0) {
            return -Errno.EMSGSIZE;
        }
        Memory.putLong(message.address() + Layouts.Msghdr.IOV_LENGTH, entries);
        return Sockets.sendmsg(socket, message.address(), Constants.MSG_DONTWAIT);
    }

    @Override
    public void close() {
        vector.close();
        message.close();
    }
}
