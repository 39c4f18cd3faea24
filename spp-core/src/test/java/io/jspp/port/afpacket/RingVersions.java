package io.jspp.port.afpacket;

import com.sun.management.ThreadMXBean;
import io.jspp.linux.Constants;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Layouts;
import io.jspp.linux.Linux;
import io.jspp.linux.NetDevice;
import io.jspp.linux.SocketAddress;
import io.jspp.linux.Sockets;
import io.jspp.mbuf.Burst;
import io.jspp.memory.MappedMemory;
import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import io.jspp.port.LocalPorts;
import io.jspp.port.PortTraffic;
import io.jspp.port.TxQueue;
import io.jspp.testing.Veth;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * The measurement behind docs/decisions/0021: receive rings of version 2 with frames of 2 KiB, version 2 with frames of 68 KiB, and
 * version 3, over veth; CPU time per packet flat out, and latency of a sleeping receiver at 100 packets per second. Run as root:
 * the class path of spp-core's tests, this class, the frame length.
 */
final class RingVersions {
    private enum Kind {
        V2_SMALL,
        V2_BIG,
        V3
    }

    private static final int V3_BLOCK = 1 << 19;
    private static final int V3_BLOCKS = 8;
    private static final int BIG = 17 * 4096;

    private final Kind kind;
    private final FileDescriptor socket;
    private final MappedMemory memory;
    private final int unit;
    private final int units;
    private int head;

    /** Keeps the loads alive. */
    private long seen;

    private RingVersions(Kind kind, String iface) {
        this.kind = kind;
        socket = Sockets.socket(Constants.AF_PACKET, Constants.SOCK_RAW | Constants.SOCK_NONBLOCK, 0);
        int fd = socket.value();
        int level = Constants.SOL_PACKET;
        int version = kind == Kind.V3 ? Constants.TPACKET_V3 : Constants.TPACKET_V2;
        Sockets.setsockopt(fd, level, Constants.PACKET_VNET_HDR, 1);
        Sockets.setsockopt(fd, level, Constants.PACKET_VERSION, version);
        Sockets.setsockopt(fd, level, Constants.PACKET_IGNORE_OUTGOING, 1);
        Sockets.bind(fd, SocketAddress.packet(Constants.ETH_P_ALL, NetDevice.index(fd, iface)));
        unit = kind == Kind.V3 ? V3_BLOCK : kind == Kind.V2_BIG ? BIG : 2048;
        units = kind == Kind.V3 ? V3_BLOCKS : kind == Kind.V2_BIG ? 512 : 2048;
        int frame = kind == Kind.V3 ? 2048 : unit;
        int block = kind == Kind.V2_SMALL ? 1 << 16 : unit;
        int blocks = (int) ((long) unit * units / block);
        int size = kind == Kind.V3 ? Layouts.TpacketReq.SIZE_V3 : Layouts.TpacketReq.SIZE_V2;
        ByteBuffer request = ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
        request.putInt(block).putInt(blocks).putInt(frame).putInt(block / frame * blocks);
        if (kind == Kind.V3) {
            request.putInt(Layouts.TpacketReq.RETIRE_BLK_TOV, 1); // milliseconds, the least
        }
        Sockets.setsockopt(fd, level, Constants.PACKET_RX_RING, request.array());
        memory = MappedMemory.shared(fd, 0, (long) block * blocks);
    }

    private int poll() {
        int got = 0;
        while (true) {
            long at = memory.address() + (long) head * unit;
            int statusOffset = kind == Kind.V3 ? Layouts.TpacketBlock.BLOCK_STATUS : Layouts.Tpacket2Hdr.STATUS;
            if ((Memory.getIntAcquire(at + statusOffset) & Constants.TP_STATUS_USER) == 0) {
                return got;
            }
            got += kind == Kind.V3 ? readBlock(at) : read(at, Layouts.Tpacket2Hdr.MAC, Layouts.Tpacket2Hdr.LEN);
            Memory.putIntRelease(at + statusOffset, Constants.TP_STATUS_KERNEL);
            head = head + 1 == units ? 0 : head + 1;
        }
    }

    private int readBlock(long block) {
        int packets = Memory.getInt(block + Layouts.TpacketBlock.NUM_PKTS);
        long at = block + Memory.getInt(block + Layouts.TpacketBlock.OFFSET_TO_FIRST_PKT);
        for (int i = 0; i < packets; i++) {
            read(at, Layouts.Tpacket3Hdr.MAC, Layouts.Tpacket3Hdr.LEN);
            at += Memory.getInt(at + Layouts.Tpacket3Hdr.NEXT_OFFSET);
        }
        return packets;
    }

    private int read(long header, int mac, int length) {
        long frame = header + Memory.getUnsignedShort(header + mac);
        seen += Memory.getLong(frame - PacketRing.VNET_HEADER) + Memory.getLong(frame) + Memory.getInt(header + length);
        return 1;
    }

    private void flatOut(TxQueue tx, Burst burst) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int round = 0; round < 4; round++) {
            long got = 0;
            long cpu = threads.getCurrentThreadCpuTime();
            long begin = System.nanoTime();
            while (System.nanoTime() - begin < 1_000_000_000L) {
                tx.txBurst(burst);
                tx.flush();
                got += poll();
            }
            long wall = System.nanoTime() - begin;
            cpu = threads.getCurrentThreadCpuTime() - cpu;
            System.out.printf(
                    "%-8s %5d ns CPU per packet, %.3f Mpps%n", kind, cpu / Math.max(1, got), got * 1e3 / wall);
        }
    }

    private void sleepy(TxQueue tx, Burst burst) throws InterruptedException {
        long[] latency = new long[300];
        for (int i = 0; i < latency.length; i++) {
            Thread.sleep(10); // the load itself, 100 packets per second: no condition to wait for
            poll();
            long begin = System.nanoTime();
            tx.txBurst(burst);
            tx.flush();
            while (poll() == 0) {
                Linux.pollOne(socket.value(), Constants.POLLIN, 100);
            }
            latency[i] = System.nanoTime() - begin;
        }
        Arrays.sort(latency);
        System.out.printf(
                "%-8s at 100 packets/s: p50 %.1f us, p90 %.1f us, p99 %.1f us%n",
                kind, latency[150] / 1e3, latency[270] / 1e3, latency[297] / 1e3);
    }

    public static void main(String[] arguments) throws InterruptedException {
        int length = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 64;
        for (Kind kind : Kind.values()) {
            try (Veth veth = new Veth();
                    LocalPorts ports = new LocalPorts(Path.of("."));
                    NativeMemory memory = NativeMemory.allocate(64 * 4096)) {
                Burst full = new Burst();
                for (int i = 0; i < full.capacity(); i++) {
                    long at = memory.address() + 4096L * i;
                    Memory.put(at, PortTraffic.frame(i, length), 0, length);
                    full.add(at, length, 0, Burst.BORROWED);
                }
                Burst one = new Burst();
                one.addReference(full, 0);
                RingVersions ring = new RingVersions(kind, veth.b);
                try (TxQueue tx = ports.open(ports.device("net_af_packet0", Map.of("iface", veth.a)))
                        .openTx(0)) {
                    ring.flatOut(tx, full);
                    ring.sleepy(tx, one);
                } finally {
                    ring.memory.close();
                    ring.socket.close();
                }
                if (ring.seen == 42) {
                    System.out.println();
                }
            }
        }
    }
}
