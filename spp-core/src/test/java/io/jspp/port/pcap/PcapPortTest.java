package io.jspp.port.pcap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.counters.DropReason;
import io.jspp.port.LocalPorts;
import io.jspp.port.Port;
import io.jspp.port.PortException;
import io.jspp.port.PortId;
import io.jspp.port.PortState;
import io.jspp.port.PortTraffic;
import io.jspp.port.PortTraffic.Received;
import io.jspp.port.RxQueue;
import io.jspp.port.TxQueue;
import io.jspp.testing.Need;
import io.jspp.testing.Requires;
import io.jspp.testing.Veth;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PcapPortTest {
    private static final int MICRO = 0xa1b2c3d4;
    private static final int NANO = 0xa1b23c4d;

    private final int descriptorsBefore = LocalPorts.descriptors();
    private final PortTraffic traffic = new PortTraffic();

    @TempDir
    Path directory;

    private LocalPorts ports;

    @BeforeEach
    void open() {
        ports = new LocalPorts(directory);
    }

    @AfterEach
    void close() {
        ports.close();
        traffic.close();
        assertEquals(0, ports.claimed().size());
        assertEquals(0, ports.countersInUse());
        assertEquals(descriptorsBefore, LocalPorts.descriptors(), "descriptors left open");
    }

    private static byte[] capture(int magic, ByteOrder order, List<byte[]> frames) {
        int size = 24 + frames.stream().mapToInt(f -> 16 + f.length).sum();
        ByteBuffer b = ByteBuffer.allocate(size).order(order);
        b.putInt(magic)
                .putShort((short) 2)
                .putShort((short) 4)
                .putLong(0)
                .putInt(65535)
                .putInt(1);
        for (byte[] frame : frames) {
            b.putInt(1).putInt(2).putInt(frame.length).putInt(frame.length).put(frame);
        }
        return b.array();
    }

    private static List<byte[]> frames(int count) {
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            frames.add(PortTraffic.frame(i, 14 + i % 1501));
        }
        return frames;
    }

    private Port withFile(byte[] content) throws IOException {
        Files.write(directory.resolve("spp-rx5.pcap"), content);
        return ports.open(PortId.parse("pcap:5"));
    }

    @Test
    void shouldReadFilesOfEveryByteOrderAndResolution() throws IOException {
        List<byte[]> frames = frames(5000); // several buffers
        for (int magic : new int[] {MICRO, NANO}) {
            for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
                Port port = withFile(capture(magic, order, frames));
                try (RxQueue rx = port.openRx(0)) {
                    assertTrue(rx.arm());
                    List<Received> got = traffic.receive(rx);
                    assertEquals(frames.size(), got.size());
                    for (int i = 0; i < got.size(); i++) {
                        assertArrayEquals(frames.get(i), got.get(i).bytes());
                    }
                    assertFalse(rx.arm(), "at its end a worker may sleep");
                    assertEquals(PortState.UP, port.state());
                }
            }
        }
    }

    @Test
    void shouldMakeAnEmptyFileWhenThereIsNone() throws IOException {
        Port port = ports.open(PortId.parse("pcap:1"));
        try (RxQueue rx = port.openRx(0)) {
            assertEquals(0, traffic.receive(rx).size());
        }
        assertEquals(24, Files.size(directory.resolve("spp-rx1.pcap")));
        assertFalse(Files.exists(directory.resolve("spp-tx1.pcap")), "nothing is sent to it");
    }

    @Test
    void shouldWriteWhatItReadsBack() throws IOException {
        List<byte[]> frames = frames(3000);
        Port port = ports.open(PortId.parse("pcap:2"));
        Files.writeString(directory.resolve("spp-tx2.pcap"), "an older capture");
        long passed;
        try (TxQueue tx = port.openTx(0)) {
            for (int i = 0; i < frames.size(); i++) {
                assertTrue(traffic.send(tx, frames.get(i), 0, 1 + i % 3));
            }
            passed = tx.counters().packets();
            // all of it is on its way without a close
            PortTraffic.await(
                    "the last frame in the file",
                    () -> size("spp-tx2.pcap")
                            == 24
                                    + frames.stream()
                                            .mapToLong(f -> 16 + f.length)
                                            .sum());
        }
        assertEquals(frames.size(), passed);
        Files.copy(directory.resolve("spp-tx2.pcap"), directory.resolve("spp-rx3.pcap"));
        try (RxQueue rx = ports.open(PortId.parse("pcap:3")).openRx(0)) {
            List<Received> got = traffic.receive(rx);
            assertEquals(frames.size(), got.size());
            for (int i = 0; i < got.size(); i++) {
                assertArrayEquals(frames.get(i), got.get(i).bytes());
            }
        }
        long seconds = Integer.toUnsignedLong(ByteBuffer.wrap(Files.readAllBytes(directory.resolve("spp-tx2.pcap")))
                .order(ByteOrder.nativeOrder())
                .getInt(24));
        assertTrue(Math.abs(seconds - System.currentTimeMillis() / 1000) < 60, "timestamp " + seconds);
    }

    private long size(String name) {
        return directory.resolve(name).toFile().length();
    }

    @Test
    void shouldAppendWhenClaimedAgainAndBeginAnewWhenAddedAgain() throws IOException {
        Port port = ports.open(PortId.parse("pcap:2"));
        for (int i = 0; i < 2; i++) {
            try (TxQueue tx = port.openTx(0)) {
                assertTrue(traffic.send(tx, PortTraffic.frame(i, 60)));
            }
        }
        assertEquals(24 + 2 * 76, size("spp-tx2.pcap"));
        try (TxQueue tx = ports.open(PortId.parse("pcap:2")).openTx(0)) {
            assertEquals(24, size("spp-tx2.pcap"));
        }
    }

    @Test
    void shouldDropAndCountWhenTheWriterIsBehindNeverWait() throws Exception {
        // a writer that has been given everything at once can't be faster than its memory
        Port port = ports.open(PortId.parse("pcap:2"));
        byte[] frame = PortTraffic.frame(1, 60_000);
        int sent = 0;
        try (TxQueue tx = port.openTx(0)) {
            for (int i = 0; i < 500; i++) {
                sent += traffic.send(tx, frame) ? 1 : 0;
            }
            assertEquals(500, tx.counters().packets() + tx.counters().drops(DropReason.FULL));
            assertEquals(sent, tx.counters().packets());
        }
        assertEquals(24 + sent * 60_016L, size("spp-tx2.pcap"), "what was counted as sent is in the file");
    }

    @Test
    @Tag("network")
    @Requires(Need.ROOT)
    void shouldEndTheRecordingWhenTheDiskIsFull() throws IOException {
        Path small = Files.createDirectory(directory.resolve("small"));
        Veth.run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small.toString());
        try {
            LocalPorts own = new LocalPorts(small);
            Port port = own.open(PortId.parse("pcap:1"));
            try (TxQueue tx = port.openTx(0)) {
                PortTraffic.await("the disk to fill", () -> {
                    traffic.send(tx, PortTraffic.frame(1, 1000));
                    return tx.counters().drops(DropReason.PORT_DOWN) > 0;
                });
                String state = port.state().toString();
                assertTrue(state.startsWith("down (writing " + small + "/spp-tx1.pcap ended: ENOSPC"), state);
                assertTrue(state.endsWith("free some space, then del and add the port)"), state);
            }
            assertEquals(0, (Files.size(small.resolve("spp-tx1.pcap")) - 24) % 1016, "ends with a whole record");
        } finally {
            Veth.run("umount", small.toString());
        }
    }

    static List<byte[]> hostileFiles() {
        byte[] good = capture(MICRO, ByteOrder.LITTLE_ENDIAN, frames(3));
        byte[] linkType = good.clone();
        linkType[20] = 113;
        byte[] version = good.clone();
        version[4] = 9;
        return List.of(
                new byte[0],
                new byte[3],
                Arrays.copyOf(good, 23),
                "not a capture at all, just a text".getBytes(),
                java.util.HexFormat.of().parseHex("0a0d0d0a1c0000004d3c2b1a01000000ffffffffffffffff1c000000"),
                linkType,
                version);
    }

    @Test
    void shouldRefuseFilesThatAreNoCapturesWithASentence() throws IOException {
        for (byte[] content : hostileFiles()) {
            Port port = withFile(content);
            PortException e = assertThrows(PortException.class, () -> port.openRx(0));
            assertTrue(e.getMessage().startsWith("capture file " + directory.resolve("spp-rx5.pcap")), e.getMessage());
        }
        Files.delete(directory.resolve("spp-rx5.pcap"));
        Files.createDirectory(directory.resolve("spp-rx5.pcap"));
        assertThrows(
                PortException.class, () -> ports.open(PortId.parse("pcap:5")).openRx(0));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, 262_145, Integer.MAX_VALUE})
    void shouldStopAtARecordThatClaimsTooMuch(int length) throws IOException {
        byte[] file = capture(MICRO, ByteOrder.LITTLE_ENDIAN, frames(3));
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(24 + 16 + 14 + 8, length);
        Port port = withFile(file);
        try (RxQueue rx = port.openRx(0)) {
            assertEquals(1, traffic.receive(rx).size());
            assertTrue(
                    port.state().cause().contains("record at offset 54 claims"),
                    port.state().toString());
            assertFalse(rx.arm());
        }
    }

    @Test
    void shouldSayThatAFileEndsWithinARecord() throws IOException {
        byte[] file = capture(MICRO, ByteOrder.BIG_ENDIAN, frames(3));
        Port port = withFile(Arrays.copyOf(file, file.length - 1));
        try (RxQueue rx = port.openRx(0)) {
            assertEquals(2, traffic.receive(rx).size());
            assertEquals(0, traffic.receive(rx).size());
            assertTrue(
                    port.state().cause().contains("ends within a record"),
                    port.state().toString());
        }
    }

    @Test
    void shouldSurviveRandomFiles() throws IOException {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        byte[] good = capture(MICRO, ByteOrder.LITTLE_ENDIAN, frames(100));
        for (int round = 0; round < 300; round++) {
            byte[] file = Arrays.copyOf(good, random.nextInt(good.length));
            for (int i = random.nextInt(20); i > 0 && file.length > 24; i--) {
                file[24 + random.nextInt(file.length - 24)] = (byte) random.nextInt();
            }
            Port port = withFile(file);
            if (file.length < 24) {
                assertThrows(PortException.class, () -> port.openRx(0));
                continue;
            }
            try (RxQueue rx = port.openRx(0)) {
                assertTrue(traffic.receive(rx).size() <= file.length / 16);
            }
        }
    }

    @Test
    void shouldNotWriteThroughALink() throws IOException {
        Path victim = directory.resolve("victim");
        Files.writeString(victim, "precious");
        Files.createSymbolicLink(directory.resolve("spp-tx4.pcap"), victim);
        assertThrows(
                PortException.class, () -> ports.open(PortId.parse("pcap:4")).openTx(0));
        assertEquals("precious", Files.readString(victim));
    }

    @Test
    void shouldNotWaitForAFifo() throws Exception {
        Process mkfifo =
                new ProcessBuilder("mkfifo", directory.resolve("spp-rx5.pcap").toString()).start();
        assertEquals(0, mkfifo.waitFor());
        PortException e = assertThrows(
                PortException.class, () -> ports.open(PortId.parse("pcap:5")).openRx(0));
        assertTrue(e.getMessage().contains("not a regular file"), e.getMessage());
    }

    @Test
    void shouldUseTheFilesOfItsDevice() throws IOException {
        Path in = directory.resolve("in.pcap");
        Path out = directory.resolve("out.pcap");
        Files.write(in, capture(MICRO, ByteOrder.LITTLE_ENDIAN, frames(10)));
        Port port = ports.open(ports.device(
                "net_pcap0", Map.of("rx_pcap", in.toString(), "tx_pcap", out.toString(), "infinite_rx", "1")));
        try (RxQueue rx = port.openRx(0);
                TxQueue tx = port.openTx(0)) {
            io.jspp.mbuf.Burst burst = new io.jspp.mbuf.Burst();
            int moved = 0;
            while (moved < 100) {
                burst.clear();
                moved += rx.rxBurst(burst);
                tx.txBurst(burst);
                tx.flush();
                rx.release(burst);
            }
        }
        assertTrue(Files.size(out) > 24 + 100 * 30);
        assertThrows(IllegalArgumentException.class, () -> ports.device("net_pcap1", Map.of()));
        PortException e = assertThrows(
                PortException.class, () -> ports.device("net_pcap1", Map.of("rx_pcap", "/nosuch/file.pcap")));
        assertTrue(e.getMessage().contains("ENOENT"), e.getMessage());
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(in)).substring(0, 3) + "------");
    }
}
