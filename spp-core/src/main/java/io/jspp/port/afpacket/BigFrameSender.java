package io.jspp.port.afpacket;

import io.jspp.linux.Constants;
import io.jspp.linux.Errno;
import io.jspp.linux.Layouts;
import io.jspp.linux.Sockets;
import io.jspp.mbuf.Burst;
import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import io.jspp.net.Offload;

/** One sendmsg per frame on a bound packet socket with PACKET_VNET_HDR: the kernel copies from the segments itself. Worker thread. */
final class BigFrameSender implements AutoCloseable {
    /** UIO_MAXIOV of the kernel. */
    private static final int MAX_IOVEC = 1024;

    /** A hint how many bytes to have in one piece: enough for any real headers. */
    private static final int HEADER_HINT = 128;

    private final int socket;
    private final NativeMemory memory;
    private final long message;
    private final long header;
    private final long vector;

    /** @param socket bound; gets PACKET_VNET_HDR here */
    BigFrameSender(int socket) {
        this.socket = socket;
        Sockets.setsockopt(socket, Constants.SOL_PACKET, Constants.PACKET_VNET_HDR, 1);
        memory = NativeMemory.allocate(64 + 16 + (long) MAX_IOVEC * Layouts.Iovec.SIZE);
        message = memory.address();
        header = message + 64;
        vector = header + 16;
        Memory.putLong(message + Layouts.Msghdr.IOV, vector);
        Memory.putLong(vector + Layouts.Iovec.BASE, header);
        Memory.putLong(vector + Layouts.Iovec.LENGTH, PacketRing.VNET_HEADER);
    }

    /** Sends packet {@code i}: its length or {@code -errno}. */
    long send(Burst burst, int i) {
        int count = burst.count[i];
        if (count >= MAX_IOVEC) {
            return -Errno.EMSGSIZE;
        }
        long offload = burst.offload[i];
        int flags = Offload.flags(offload) & Offload.F_NEEDS_CSUM;
        long first = Offload.toHeader(offload, Math.min(burst.length[i], HEADER_HINT)) & ~0xffL | flags;
        Memory.putLong(header, first);
        Memory.putShort(header + 8, (short) Offload.csumOffset(offload));
        int s = burst.first[i];
        long at = vector;
        for (int end = s + count; s < end; s++) {
            at += Layouts.Iovec.SIZE;
            Memory.putLong(at + Layouts.Iovec.BASE, burst.segmentAddress[s]);
            Memory.putLong(at + Layouts.Iovec.LENGTH, burst.segmentLength[s]);
        }
        Memory.putLong(message + Layouts.Msghdr.IOV_LENGTH, count + 1L);
        return Sockets.sendmsg(socket, message, Constants.MSG_DONTWAIT);
    }

    @Override
    public void close() {
        memory.close();
    }
}
