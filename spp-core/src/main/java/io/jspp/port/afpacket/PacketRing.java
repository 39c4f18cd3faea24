package io.jspp.port.afpacket;

import io.jspp.linux.Constants;
import io.jspp.linux.Layouts;
import io.jspp.linux.Sockets;
import io.jspp.memory.MappedMemory;
import io.jspp.port.FrameVector;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A TPACKET_V2 ring mapped into this process (packet_mmap.rst). Both directions use version 2: docs/decisions says why, with
 * figures. Frames follow each other without gaps because a block holds a whole number of them.
 *
 * <pre>
 *   rx frame:  tpacket2_hdr 32 │ sockaddr_ll 20 │ pad, reserve 4 │ virtio_net_hdr 10 │ Ethernet frame …
 *                                                                                    └─ at tp_mac
 *   tx frame:  tpacket2_hdr 32 │ virtio_net_hdr 10 │ Ethernet frame …
 * </pre>
 */
final class PacketRing implements AutoCloseable {
    static final int DEFAULT_FRAMES = 2048;
    static final int MAX_FRAMES = 1 << 15;
    static final int MAX_FRAME_BYTES = 1 << 16;

    /** struct virtio_net_hdr without num_buffers, linux/virtio_net.h. */
    static final int VNET_HEADER = FrameVector.HEADER;

    /** Where a transmitted frame's virtio-net header begins: TPACKET2_HDRLEN less the sockaddr_ll. */
    static final int TX_VNET = Layouts.Tpacket2Hdr.SIZE;

    /** Where a transmitted Ethernet frame begins. */
    static final int TX_DATA = TX_VNET + VNET_HEADER;

    /** Kept free before a received frame for a VLAN tag. */
    private static final int RESERVE = 4;

    /** Bytes before a received Ethernet frame, rounded up: header, address, alignment, reserve, virtio-net header. */
    private static final int RX_OVERHEAD = 96;

    private static final int MIN_FRAME_BYTES = 2048;
    private static final int BLOCK_BYTES = 1 << 16;
    private static final long MAX_RING_BYTES = 16 << 20;

    private final MappedMemory memory;
    final int frameBytes;
    final int frames;

    private PacketRing(MappedMemory memory, int frameBytes, int frames) {
        this.memory = memory;
        this.frameBytes = frameBytes;
        this.frames = frames;
    }

    /**
     * Sets a socket up for a ring and maps it. PACKET_VNET_HDR and the version go first: the kernel refuses them later.
     *
     * @param mtu of the interface, from which the frame size follows unless {@code settings} names one
     */
    static PacketRing open(int socket, boolean rx, PacketSettings settings, int mtu) {
        int level = Constants.SOL_PACKET;
        Sockets.setsockopt(socket, level, Constants.PACKET_VNET_HDR, 1);
        Sockets.setsockopt(socket, level, Constants.PACKET_VERSION, Constants.TPACKET_V2);
        if (rx) {
            Sockets.setsockopt(socket, level, Constants.PACKET_RESERVE, RESERVE);
            // Frames longer than a ring frame are queued whole on the socket too (TP_STATUS_COPY).
            Sockets.setsockopt(socket, level, Constants.PACKET_COPY_THRESH, 1);
        } else {
            // A frame the kernel finds malformed is skipped; else the ring would stop at it for ever. We check before.
            Sockets.setsockopt(socket, level, Constants.PACKET_LOSS, 1);
        }
        int wanted = Math.max(settings.frameBytes(), Math.min(mtu + 18 + RX_OVERHEAD, MAX_FRAME_BYTES));
        int frameBytes = MIN_FRAME_BYTES;
        while (frameBytes < wanted) {
            frameBytes <<= 1;
        }
        int perBlock = BLOCK_BYTES / frameBytes;
        long bytes = Math.min((long) settings.frames() * frameBytes, MAX_RING_BYTES);
        int blocks = (int) Math.max(2, bytes / BLOCK_BYTES);
        ByteBuffer request = ByteBuffer.allocate(Layouts.TpacketReq.SIZE_V2).order(ByteOrder.nativeOrder());
        request.putInt(Layouts.TpacketReq.BLOCK_SIZE, BLOCK_BYTES);
        request.putInt(Layouts.TpacketReq.BLOCK_NR, blocks);
        request.putInt(Layouts.TpacketReq.FRAME_SIZE, frameBytes);
        request.putInt(Layouts.TpacketReq.FRAME_NR, blocks * perBlock);
        int option = rx ? Constants.PACKET_RX_RING : Constants.PACKET_TX_RING;
        Sockets.setsockopt(socket, level, option, request.array());
        long length = (long) blocks * BLOCK_BYTES;
        return new PacketRing(MappedMemory.shared(socket, 0, length), frameBytes, blocks * perBlock);
    }

    long address() {
        return memory.address();
    }

    @Override
    public void close() {
        memory.close();
    }
}
