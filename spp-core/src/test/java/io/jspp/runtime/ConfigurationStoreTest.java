package io.jspp.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.memory.CommittedBytes;
import io.jspp.memory.NativeMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationStoreTest {
    @TempDir
    private Path directory;

    private final NativeMemory memory = NativeMemory.allocate(CommittedBytes.SIZE);
    private final List<String> lines = new ArrayList<>();
    private Path file;
    private ConfigurationStore store;
    private int wholes;

    @BeforeEach
    void open() {
        file = directory.resolve("client-1.conf");
        store = another();
    }

    @AfterEach
    void close() {
        store.close();
        memory.close();
    }

    private ConfigurationStore another() {
        return new ConfigurationStore(new CommittedBytes(memory.address()), file);
    }

    private String whole() {
        wholes++;
        return text();
    }

    private String text() {
        return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
    }

    private void change(String line) {
        lines.add(line);
        store.commit(this::whole, line);
    }

    @Test
    void shouldKeepShortTextInTheSegment() {
        assertNull(store.read());
        change("one");
        change("two");
        assertEquals("one\ntwo\n", another().read());
        assertFalse(Files.exists(file));
        store.clear();
        assertNull(another().read());
    }

    @Test
    void shouldFitWhatIsLongIntoLittleRoom() {
        store.commit("patch vhost:0 ring:0\n".repeat(1000));
        assertFalse(Files.exists(file));
        assertEquals("patch vhost:0 ring:0\n".repeat(1000), another().read());
        CommittedBytes segment = new CommittedBytes(memory.address());
        byte[] bytes = segment.read();
        bytes[bytes.length / 2] ^= 1;
        segment.commit(bytes);
        another().read(); // no exception
        segment.commit(Arrays.copyOf(bytes, bytes.length / 2));
        assertNull(another().read());
    }

    @Test
    void shouldAppendChangesToLongText() throws IOException {
        for (int i = 0; i < 5000; i++) {
            change("classifier_table add mac 52:54:00:00:00:00 ring:" + i);
            if (i % 499 == 0) {
                assertEquals(text(), another().read());
            }
        }
        assertEquals(text(), another().read());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertTrue(wholes < 1500, "written as a whole " + wholes + " times");
        store.clear();
        assertFalse(Files.exists(file));
        assertNull(another().read());
    }

    /** Between the file and the segment's commit a process may be killed: the segment has to name the new file already. */
    @Test
    void shouldReplaceAFileInOneStep() {
        store.commit("one\n".repeat(30_000));
        CommittedBytes segment = new CommittedBytes(memory.address());
        byte[] before = segment.read();
        store.commit("two\n".repeat(30_000));
        assertArrayEquals(before, segment.read());
        ConfigurationStore next = another();
        next.commit("three\n".repeat(30_000));
        next.close();
        segment.commit(before);
        assertEquals("three\n".repeat(30_000), another().read());
    }

    @Test
    void shouldComeBackToTheSegmentWhenTextIsShortAgain() {
        store.commit("long\n".repeat(20_000));
        assertTrue(Files.exists(file));
        assertEquals("long\n".repeat(20_000), another().read());
        store.commit("short\n");
        assertFalse(Files.exists(file));
        assertEquals("short\n", another().read());
    }

    /** A process killed while it wrote leaves a line without its end. */
    @Test
    void shouldLeaveOutAnUnfinishedLine() throws IOException {
        store.commit("line\n".repeat(20_000));
        Files.writeString(file, "classifier_ta", StandardOpenOption.APPEND);
        assertEquals("line\n".repeat(20_000), another().read());
    }

    @Test
    void shouldNotTakeAFileOfAnotherTime() throws IOException {
        store.commit("line\n".repeat(20_000));
        Files.writeString(file, "0123\n" + "other\n".repeat(20_000));
        assertNull(another().read());
        Files.delete(file);
        assertNull(another().read());
    }

    @Test
    void shouldGoOnWithoutKeepingWhatCanNotBeWritten() throws IOException {
        store.commit("before\n");
        Files.createDirectory(directory.resolve("client-1.conf.tmp"));
        Files.createFile(directory.resolve("client-1.conf.tmp").resolve("inside"));
        store.commit("line\n".repeat(20_000));
        assertNull(another().read());
        store.commit("after\n");
        assertEquals("after\n", another().read());
    }

    /** As the control thread may be when its process is told to end, which the next process is to go on from. */
    @Test
    void shouldKeepWhatAnInterruptedThreadCommits() {
        for (int i = 0; i < 5000; i++) {
            lines.add("classifier_table add mac 52:54:00:00:00:00 ring:" + i);
        }
        Thread.currentThread().interrupt();
        change("classifier_table add mac 52:54:00:00:00:01 ring:1");
        change("classifier_table add mac 52:54:00:00:00:02 ring:2");
        assertTrue(Thread.interrupted());
        assertEquals(1, wholes);
        assertEquals(text(), another().read());
    }

    @Test
    void shouldLeaveNoUnfinishedFileWhenItForgets() throws IOException {
        store.commit("line\n".repeat(20_000));
        Path fresh = Files.createFile(directory.resolve("client-1.conf.tmp"));
        store.clear();
        assertFalse(Files.exists(fresh));
    }
}
