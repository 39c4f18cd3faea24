package io.jspp.controller.start;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.config.ProcessException;
import io.jspp.supervision.Lives;
import io.jspp.testing.Patience;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that stand for the switch's are small shell scripts: what counts here is their lives, not what they do. */
class SupervisorTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    private Path logs;

    private final List<String> news = new ArrayList<>();
    private Supervisor supervisor;

    @AfterEach
    void close() {
        if (supervisor != null) {
            supervisor.close();
        }
    }

    private static StartCommands.Part part(String name, String script) {
        return new StartCommands.Part(name, null, 0, List.of("sh", "-c", script));
    }

    private void start(StartCommands.Part... parts) throws InterruptedException {
        supervisor = new Supervisor(
                List.of(parts), logs, Map.of("GREETING", "hello"), new Lives.Patience(1, 1_000, 3), news::add);
        supervisor.start(20_000, () -> false);
    }

    private void pollUntil(String said) {
        Patience.poll(said, LIMIT, () -> {
            supervisor.poll(System.nanoTime());
            return news.stream().anyMatch(line -> line.contains(said));
        });
    }

    private long pidOf(String said) {
        String line =
                news.stream().filter(l -> l.contains(said)).reduce((a, b) -> b).orElseThrow();
        return Long.parseLong(line.replaceAll(".*\\(pid (\\d+)\\).*", "$1"));
    }

    private String log(String name) throws IOException {
        return Files.readString(logs.resolve(name + ".log"));
    }

    @Test
    void shouldStartEachWhenTheOneBeforeIsReadyAndEndAll() throws Exception {
        start(
                part("a", "echo \"$GREETING\"; echo a ready: now; exec sleep 60"),
                part("b", "grep -q ready: " + logs + "/a.log && echo b ready: after a; exec sleep 60"));
        assertEquals(2, news.size(), news.toString());
        assertTrue(log("a").startsWith("--- sh -c "), log("a"));
        assertTrue(log("a").contains("\nhello\na ready: now\n"), log("a"));
        long pid = pidOf("ready");
        assertTrue(ProcessHandle.of(pid).orElseThrow().isAlive());
        supervisor.close();
        assertFalse(ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false));
    }

    @Test
    void shouldStartAgainWhatWasKilled() throws Exception {
        start(part("a", "echo ready: a; exec sleep 60"));
        long first = pidOf("ready");
        ProcessHandle.of(first).orElseThrow().destroyForcibly();
        pollUntil("started again");
        assertTrue(
                news.get(1).endsWith("(pid " + first + ") died with exit status 137: starting it again in 1 ms"),
                news.toString());
        assertTrue(ProcessHandle.of(pidOf("started again")).orElseThrow().isAlive());
    }

    @Test
    void shouldLeaveAloneWhatEndedAsItWasToldTo() throws Exception {
        start(
                part("a", "echo ready: a; exec sleep 60"),
                part("b", "echo ready: b; read line < " + fifo() + "; exit 0"));
        Files.writeString(logs.resolve("fifo"), "end\n");
        pollUntil("has ended as it was told to");
        supervisor.poll(System.nanoTime() + Duration.ofHours(1).toNanos());
        assertEquals(3, news.size(), news.toString());
    }

    private Path fifo() throws IOException, InterruptedException {
        Path fifo = logs.resolve("fifo");
        assertEquals(0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
        return fifo;
    }

    @Test
    void shouldGiveUpWhatDiesAgainAndAgain() throws Exception {
        start(part("a", "echo ready: a; test $(grep -c ready: " + logs + "/a.log) = 9; exit 7"));
        pollUntil("died 4 times in a row, last with exit status 7, and is not started again");
        assertEquals(4, log("a").lines().filter(line -> line.equals("ready: a")).count());
    }

    @Test
    void shouldSayWhatEndedBeforeItWasReady() {
        ProcessException failure = assertThrows(
                ProcessException.class, () -> start(part("a", "echo no such thing >&2; exit 4"), part("b", "exit 9")));
        assertEquals(4, failure.exitCode());
        assertTrue(
                failure.getMessage()
                        .matches("(?s)ctl ended with exit status 4 before it was ready:\\R    no such thing"),
                failure.getMessage());
        assertFalse(Files.exists(logs.resolve("b.log")));
    }

    /** Logs that stay grow from start to start, and a process may print a lot. */
    @Test
    void shouldNotMindHowLongALogIs() throws Exception {
        try (RandomAccessFile log = new RandomAccessFile(logs.resolve("a.log").toFile(), "rw")) {
            log.setLength(3L << 30); // takes no room
        }
        start(part(
                "a",
                "head -c 200000 /dev/zero | tr '\\0' x; echo; printf 'a rea'; sleep 0.1; echo 'dy: now'; read line < "
                        + fifo() + "; truncate -s 6G " + logs + "/a.log; echo last words; exit 4"));
        Files.writeString(logs.resolve("fifo"), "end\n");
        pollUntil("is not started again:");
        assertTrue(news.get(1).endsWith("last words"), news.toString());
    }

    /** A signal for the process group of who supervises is passed on once, not got twice. */
    @Test
    void shouldGiveItASessionOfItsOwn() throws Exception {
        start(part("a", "test $(cut -d' ' -f6 /proc/$$/stat) = $$ || exit 4; echo ready: alone; exec sleep 60"));
        assertEquals(1, news.size());
    }

    /** Ctrl-C on a terminal goes to everybody in the foreground. */
    @Test
    void shouldShieldItFromInterrupts() throws Exception {
        start(part("a", "kill -INT $$; kill -HUP $$; echo ready: still here; exec sleep 60"));
        assertEquals(1, news.size());
    }
}
