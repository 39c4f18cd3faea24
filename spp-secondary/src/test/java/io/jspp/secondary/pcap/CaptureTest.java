package io.jspp.secondary.pcap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.config.Lcore;
import io.jspp.counters.DropReason;
import io.jspp.counters.QueueCounters;
import io.jspp.mbuf.Burst;
import io.jspp.net.Offload;
import io.jspp.net.VlanOperation;
import io.jspp.secondary.component.Lane;
import io.jspp.testing.Need;
import io.jspp.testing.Requires;
import io.jspp.testing.Veth;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import net.jpountz.lz4.LZ4FrameInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a queue to files: the worker's side driven by hand, the writers as they are. */
class CaptureTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final long EPOCH_NS = 1_700_000_000_123_456_789L;
    private static final String HEADER = "525400123456" + "020000000099" + "0800";

    @TempDir
    private Path directory;

    private final Lane.Counters counterMemory = new Lane.Counters();
    private final QueueCounters counters = new QueueCounters(counterMemory, "capture");
    private final Lane in = new Lane("phy:0");
    private final List<CaptureWriter> writers = new ArrayList<>();
    private CaptureBlocks blocks;
    private CaptureComponent component;

    private void open(RecordFormat format, long fileBytes, int writerCount, int blockCount) throws IOException {
        blocks = new CaptureBlocks(blockCount, writerCount);
        for (int i = 1; i <= writerCount; i++) {
            CaptureFile file = new CaptureFile(directory, "cap." + i + '.', format, fileBytes);
            writers.add(new CaptureWriter(new Lcore(i, List.of(), false), i - 1, blocks, format, file));
        }
        component = capture(format, number -> writers.get(number).wake());
    }

    private CaptureComponent capture(RecordFormat format, IntConsumer wakeWriter) {
        return new CaptureComponent(
                "capture",
                in.input(VlanOperation.NONE).queue(),
                format,
                blocks,
                wakeWriter,
                counters,
                Burst.DEFAULT_CAPACITY,
                EPOCH_NS);
    }

    private void finish() {
        component.finish();
        writers.forEach(CaptureWriter::end);
        writers.forEach(CaptureWriter::join);
    }

    @AfterEach
    void close() {
        if (component != null) {
            component.close();
            blocks.close();
        }
        in.close();
        counters.close();
        counterMemory.close();
    }

    private static String frame(int number, int bytes) {
        return HEADER + String.format("%08x", number) + "5a".repeat(bytes - 18);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private ByteBuffer content(String name) throws IOException {
        try (InputStream file = new LZ4FrameInputStream(Files.newInputStream(directory.resolve(name)))) {
            return ByteBuffer.wrap(file.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    /** Frames of a classic file; checks its header. */
    private List<String> frames(String name) throws IOException {
        ByteBuffer bytes = content(name);
        assertEquals(0xa1b2c3d4, bytes.getInt());
        assertEquals(2, bytes.getShort());
        assertEquals(4, bytes.getShort());
        assertEquals(0, bytes.getLong());
        assertEquals(65535, bytes.getInt());
        assertEquals(1, bytes.getInt());
        List<String> frames = new ArrayList<>();
        while (bytes.hasRemaining()) {
            assertEquals(EPOCH_NS / 1_000_000_000, bytes.getInt());
            assertEquals(EPOCH_NS % 1_000_000_000 / 1000, bytes.getInt());
            byte[] frame = new byte[bytes.getInt()];
            assertTrue(bytes.getInt() >= frame.length);
            bytes.get(frame);
            frames.add(HEX.formatHex(frame));
        }
        return frames;
    }

    @Test
    void shouldWriteEveryFrameInOrder() throws IOException {
        open(RecordFormat.PCAP, 1 << 30, 1, 64);
        writers.forEach(CaptureWriter::start);
        in.segmentBytes = 120;
        List<String> frames = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            frames.add(frame(i, 18 + i % 1400));
        }
        in.put(frames.toArray(new String[0]));
        while (component.poll(0) > 0) {
            assertEquals(List.of("cap.1.1.pcap.lz4.tmp"), names());
        }
        finish();
        assertEquals(List.of("cap.1.1.pcap.lz4"), names());
        assertEquals(frames, frames("cap.1.1.pcap.lz4"));
        assertEquals(3000, counters.packets());
        assertEquals(3000, writers.get(0).written());
        assertEquals(0, counters.drops());
    }

    @Test
    void shouldWriteAHeaderWithoutTraffic() throws IOException {
        open(RecordFormat.PCAP, 1 << 30, 2, 4);
        writers.forEach(CaptureWriter::start);
        finish();
        assertEquals(List.of(), frames("cap.1.1.pcap.lz4"));
        assertEquals(List.of(), frames("cap.2.1.pcap.lz4"));
    }

    @Test
    void shouldBeginTheNextFileWhenOneIsFull() throws IOException {
        open(RecordFormat.PCAP, 5000, 1, 8);
        writers.forEach(CaptureWriter::start);
        List<String> frames = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            frames.add(frame(i, 484));
        }
        in.put(frames.toArray(new String[0]));
        while (component.poll(0) > 0) {
            assertTrue(in.unread() < 100);
        }
        finish();
        // 24 + 500 n > 5000 when n is 10: ten frames a file
        List<String> all = new ArrayList<>();
        for (int i = 1; i <= 10; i++) {
            List<String> some = frames("cap.1." + i + ".pcap.lz4");
            assertEquals(10, some.size());
            all.addAll(some);
        }
        assertEquals(frames, all);
        assertEquals(10, names().size());
    }

    @Test
    void shouldShareTheWorkAmongWriters() throws IOException {
        open(RecordFormat.PCAP, 1 << 30, 3, 16);
        List<String> frames = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            frames.add(frame(i, 1400));
        }
        in.put(frames.toArray(new String[0]));
        while (component.poll(0) > 0) {
            assertTrue(in.unread() < 2000);
        }
        writers.forEach(CaptureWriter::start);
        finish();
        List<String> all = new ArrayList<>();
        long written = 0;
        for (int i = 1; i <= 3; i++) {
            all.addAll(frames("cap." + i + ".1.pcap.lz4"));
            written += writers.get(i - 1).written();
        }
        assertEquals(frames, all.stream().sorted().toList());
        assertEquals(2000, written);
    }

    /** Writers that are behind cost frames, not time. */
    @Test
    void shouldDropAndCountWhenWritersAreBehind() throws IOException {
        open(RecordFormat.PCAP, 1 << 30, 1, 2);
        List<String> frames = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            frames.add(frame(i, 1400));
        }
        in.put(frames.toArray(new String[0]));
        int moved = 0;
        for (int n = component.poll(0); n > 0; n = component.poll(0)) {
            moved += n;
        }
        assertEquals(2000, moved);
        int room = 2 * (CaptureBlocks.BLOCK_BYTES / 1416);
        assertEquals(room, counters.packets());
        assertEquals(2000 - room, counters.drops(DropReason.FULL));
        writers.forEach(CaptureWriter::start);
        finish();
        assertEquals(frames.subList(0, room), frames("cap.1.1.pcap.lz4"));
    }

    @Test
    void shouldHandOverWhatItHasBeforeTheWorkerSleeps() throws IOException {
        open(RecordFormat.PCAP, 1 << 30, 1, 4);
        in.put(frame(1, 60));
        component.poll(0);
        component.arm();
        component.disarm();
        CaptureBlocks.Block block = blocks.next(0);
        assertEquals(76, block.used);
        blocks.giveBack(0, block);
        in.put(frame(2, 60));
        component.poll(0);
        component.poll(50_000_000);
        assertEquals(null, blocks.next(0));
        component.poll(150_000_000);
        block = blocks.next(0);
        assertEquals(76, block.used);
        blocks.giveBack(0, block);
        writers.forEach(CaptureWriter::start);
        finish();
    }

    /** As on a wire: a frame whose checksum was left to the receiver is completed. */
    @Test
    void shouldCompleteChecksums() throws IOException {
        open(RecordFormat.PCAP, 1 << 30, 1, 4);
        writers.forEach(CaptureWriter::start);
        in.offload = Offload.pack(Offload.F_NEEDS_CSUM, Offload.GSO_NONE, 0, 14, 2);
        in.put(HEADER + "0001" + "0000" + "0002");
        in.put(HEADER + "0001");
        component.poll(0);
        finish();
        assertEquals(List.of(HEADER + "0001" + "fffc" + "0002"), frames("cap.1.1.pcap.lz4"));
        assertEquals(1, counters.drops(DropReason.MALFORMED_HEADER));
    }

    @Test
    void shouldWritePcapng() throws IOException {
        open(RecordFormat.PCAPNG, 1 << 30, 1, 4);
        writers.forEach(CaptureWriter::start);
        List<String> frames = new ArrayList<>();
        for (int i = 1; i < 40; i++) {
            frames.add("ab".repeat(i));
        }
        in.put(frames.toArray(new String[0]));
        component.poll(0);
        finish();
        ByteBuffer bytes = content("cap.1.1.pcapng.lz4");
        List<String> found = new ArrayList<>();
        List<Integer> types = new ArrayList<>();
        while (bytes.hasRemaining()) {
            int start = bytes.position();
            int type = bytes.getInt();
            int length = bytes.getInt();
            assertEquals(0, length % 4);
            assertEquals(length, bytes.getInt(start + length - 4));
            types.add(type);
            if (type == 6) {
                assertEquals(0, bytes.getInt());
                long high = Integer.toUnsignedLong(bytes.getInt());
                assertEquals(EPOCH_NS, high << 32 | Integer.toUnsignedLong(bytes.getInt()));
                byte[] frame = new byte[bytes.getInt()];
                assertEquals(frame.length, bytes.getInt());
                bytes.get(frame);
                found.add(HEX.formatHex(frame));
                byte[] padding = new byte[start + length - 4 - bytes.position()];
                bytes.get(padding);
                assertArrayEquals(new byte[padding.length], padding);
            }
            bytes.position(start + length);
        }
        assertEquals(frames, found);
        assertEquals(List.of(0x0a0d0d0a, 1), types.subList(0, 2));
        assertEquals(41, types.size());
    }

    @Test
    void shouldKeepTheFilesOfAnEarlierCapture() throws IOException {
        Files.createFile(directory.resolve("cap.1.1.pcap.lz4"));
        Files.createFile(directory.resolve("cap.1.2.pcap.lz4.tmp"));
        open(RecordFormat.PCAP, 1 << 30, 1, 4);
        assertTrue(writers.get(0).fileName().endsWith("/cap.1.3.pcap.lz4"));
        writers.forEach(CaptureWriter::start);
        finish();
        assertEquals(0, Files.size(directory.resolve("cap.1.1.pcap.lz4")));
        assertFalse(Files.exists(directory.resolve("cap.1.3.pcap.lz4.tmp")));
    }

    /** The directory went away: the next file can't be made; the writer empties its blocks, and says why nothing is written. */
    @Test
    void shouldCountWhatCannotBeWritten() throws IOException {
        Path gone = Files.createDirectory(directory.resolve("gone"));
        blocks = new CaptureBlocks(4, 1);
        writers.add(new CaptureWriter(
                new Lcore(1, List.of(), false),
                0,
                blocks,
                RecordFormat.PCAP,
                new CaptureFile(gone, "cap.1.", RecordFormat.PCAP, 1)));
        component = capture(RecordFormat.PCAP, number -> writers.get(number).wake());
        Files.delete(gone.resolve("cap.1.1.pcap.lz4.tmp"));
        Files.delete(gone);
        in.put(frame(1, 60), frame(2, 60));
        component.poll(0);
        writers.forEach(CaptureWriter::start);
        finish();
        assertEquals(0, writers.get(0).written());
        assertEquals(2, writers.get(0).lost());
        assertTrue(writers.get(0).failure().contains("cap.1."), writers.get(0).failure());
    }

    /** What a disk takes last is a part of a block: packets that are not whole there are not written. */
    @Test
    @Tag("network")
    @Requires(Need.ROOT)
    void shouldCountAsWrittenWhatTheDiskTook() throws IOException {
        Path small = Files.createDirectory(directory.resolve("small"));
        Veth.run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small.toString());
        try {
            CaptureFile file = new CaptureFile(small, "cap.1.", RecordFormat.PCAP, 1 << 30);
            blocks = new CaptureBlocks(16, 1);
            CaptureWriter writer =
                    new CaptureWriter(new Lcore(1, List.of(), false), 0, blocks, RecordFormat.PCAP, file);
            component = capture(RecordFormat.PCAP, number -> writer.wake());
            Random random = new Random(1);
            byte[] bytes = new byte[1000];
            int frames = 0;
            for (int burst = 0; burst < 64; burst++) {
                String[] some = new String[32];
                for (int i = 0; i < some.length; i++) {
                    random.nextBytes(bytes); // nothing to compress
                    bytes[0] = 0;
                    some[i] = HEX.formatHex(bytes);
                }
                in.put(some);
                component.poll(0);
                frames += some.length;
            }
            component.finish();
            writer.end();
            writer.run();
            assertEquals(0, counters.drops(DropReason.FULL));
            assertTrue(writer.failure().contains("No space left"), writer.failure());
            assertTrue(writer.written() > 700, writer.written() + " written");
            assertEquals(whole(small.resolve("cap.1.1.pcap.lz4.tmp"), 16 + bytes.length), writer.written());
            assertEquals(frames, writer.written() + writer.lost());
        } finally {
            Veth.run("umount", small.toString());
        }
    }

    /** Records of an unfinished file, each of so many bytes, that can be read. */
    private static int whole(Path file, int bytes) throws IOException {
        int read = -24;
        try (InputStream in = new LZ4FrameInputStream(Files.newInputStream(file))) {
            while (in.read() >= 0) {
                read++;
            }
        } catch (IOException ended) {
            assertTrue(read > 0, ended.toString());
        }
        return read / bytes;
    }

    /** Whatever goes wrong in a writer, its blocks come back and the operator is told. */
    @Test
    void shouldGoOnEmptyingBlocksAfterAnUnexpectedFailure() throws IOException {
        CaptureFile file = new CaptureFile(directory, "cap.1.", RecordFormat.PCAP, 1 << 30);
        file.close();
        blocks = new CaptureBlocks(2, 1);
        CaptureWriter writer = new CaptureWriter(new Lcore(1, List.of(), false), 0, blocks, RecordFormat.PCAP, file);
        component = capture(RecordFormat.PCAP, number -> writer.wake());
        in.put(frame(1, 60), frame(2, 60));
        component.poll(0);
        component.finish();
        writer.end();
        writer.run();
        assertEquals(2, writer.lost());
        assertTrue(writer.failure().contains("IllegalStateException"), writer.failure());
        assertEquals(
                2,
                Stream.generate(blocks::begin).limit(2).filter(Objects::nonNull).count());
    }

    /** One whose disk hangs holds up what it has, and gets no more. */
    @Test
    void shouldGiveBlocksToTheWriterThatHasFewest() {
        try (CaptureBlocks shared = new CaptureBlocks(4, 2)) {
            int stuck = shared.pass(shared.begin());
            for (int i = 0; i < 20; i++) {
                int other = shared.pass(shared.begin());
                assertEquals(1 - stuck, other);
                shared.giveBack(other, shared.next(other));
            }
            assertEquals(null, shared.next(1 - stuck));
        }
    }
}
