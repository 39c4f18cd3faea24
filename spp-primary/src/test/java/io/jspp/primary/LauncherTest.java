package io.jspp.primary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.attach.ProcessIdentity;
import io.jspp.control.CommandException;
import io.jspp.control.JsonWriter;
import io.jspp.supervision.Lives;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Launching, restarting and giving up, with a program that ends as the test says. */
@Timeout(60)
class LauncherTest {
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(30);

    private static final Pattern PID = Pattern.compile("\"pid\":(\\d+)");

    @TempDir
    private Path directory;

    private Path logs;
    private Launcher launcher;
    private long endMs = 50;

    @BeforeEach
    void open() throws IOException {
        // Says what it was given, then waits for the file that tells it how to end.
        Path program = directory.resolve("spp");
        Files.writeString(program, """
                #!/bin/sh
                echo "arguments: $*; colour $COLOUR"
                while [ ! -s %1$s/end ]; do read line < %1$s/wake; done
                exit $(cat %1$s/end)
                """.formatted(directory));
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        assertEquals(0, run("mkfifo", directory.resolve("wake").toString()));
        logs = directory.resolve("log");
        launcher = newLauncher();
    }

    private Launcher newLauncher() {
        return new Launcher(
                directory.resolve("spp"),
                logs,
                "left",
                Map.of("COLOUR", "blue"),
                true,
                new Lives.Patience(1, 60_000, 2),
                endMs);
    }

    /** What the next primary does with what this one has committed. */
    private void succeed(Predicate<ProcessIdentity> left, Runnable changed) {
        String lines = launcher.lines();
        launcher.close();
        launcher = newLauncher();
        launcher.takeOver(List.of(("nfv 1\nadd ring:0\n" + lines).split("\n")), left, changed);
    }

    private long pid(String status) {
        Matcher pid = PID.matcher(status);
        assertTrue(pid.find(), status);
        return Long.parseLong(pid.group(1));
    }

    private static int run(String... words) throws IOException {
        try {
            return new ProcessBuilder(words).start().waitFor();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @AfterEach
    void close() throws Exception {
        launcher.close();
        // one that has just been started may not be waiting yet
        Matcher pid = PID.matcher(status());
        while (pid.find()) {
            ProcessHandle.of(Long.parseLong(pid.group(1))).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    /** Every waiting program ends with this status. */
    private void end(String status) throws IOException {
        Files.writeString(directory.resolve("end"), status);
        assertEquals(0, run("timeout", "20", "sh", "-c", "echo go <> " + directory.resolve("wake") + " >&0"));
    }

    private String status() {
        JsonWriter json = new JsonWriter().object();
        launcher.write(json);
        return json.endObject().toString();
    }

    private String awaitStatus(String part) {
        long begin = System.nanoTime();
        String status = status();
        while (!status.contains(part)) {
            assertTrue(System.nanoTime() - begin < LIMIT_NS, "waited for " + part + ", last: " + status);
            Thread.onSpinWait();
            status = status();
        }
        return status;
    }

    private String log(String name) throws IOException {
        return Files.readString(logs.resolve(name));
    }

    private void awaitLog(String name, String part) throws IOException {
        long begin = System.nanoTime();
        while (!log(name).contains(part)) {
            assertTrue(System.nanoTime() - begin < LIMIT_NS, "waited for " + part + ", last: " + log(name));
            Thread.onSpinWait();
        }
    }

    @Test
    void shouldStartWhatWasAskedForAndKeepItsOutput() throws Exception {
        launcher.launch(5, "spp_nfv", List.of("-l", "1,2"), List.of("-s", "127.0.0.1:6666"));
        awaitLog("spp_nfv-5.log", "arguments: nfv -l 1,2 --file-prefix left -- -s 127.0.0.1:6666 -n 5; colour blue\n");
        assertTrue(status().contains("{\"name\":\"spp_nfv\",\"id\":5,\"pid\":"), status());
        assertTrue(status().contains("\"state\":\"running\",\"restarts\":0,\"last_exit\":null"), status());
        CommandException used = assertThrows(
                CommandException.class,
                () -> launcher.launch(5, "spp_vf", List.of("-l", "1"), List.of("--client-id", "5")));
        assertTrue(used.getMessage().startsWith("client id 5 is in use by spp_nfv 5 (pid "), used.getMessage());
        assertTrue(
                used.getMessage().endsWith("): end it first with \"nfv 5; exit\", or choose another id"),
                used.getMessage());
        launcher.launch(
                6,
                "spp_vf",
                List.of("-l", "1", "--file-prefix", "right"),
                List.of("--client-id", "6", "-s", "127.0.0.1:6666"));
        awaitLog(
                "spp_vf-6.log",
                "arguments: vf -l 1 --file-prefix right -- --client-id 6 -s 127.0.0.1:6666; colour blue\n");
        CommandException other = assertThrows(
                CommandException.class, () -> launcher.launch(7, "spp_nfv", List.of("-l", "1"), List.of("-n", "8")));
        assertEquals("launch of client id 7: its options say -n 8, it must be the same id", other.getMessage());
        CommandException joined = assertThrows(
                CommandException.class,
                () -> launcher.launch(7, "spp_nfv", List.of("-l", "1"), List.of("--client-id=8")));
        assertEquals(
                "launch of client id 7: its options say --client-id 8, it must be the same id", joined.getMessage());
        launcher.launch(7, "spp_nfv", List.of("-l", "1", "--file-prefix=right"), List.of("--client-id=7"));
        awaitLog("spp_nfv-7.log", "arguments: nfv -l 1 --file-prefix=right -- --client-id=7; colour blue\n");
        end("0");
        awaitStatus("{\"name\":\"spp_nfv\",\"id\":5");
        awaitStatus("\"state\":\"ended\",\"restarts\":0,\"last_exit\":0");
    }

    /** As after "nfv 1; exit", which is answered before the process has ended. */
    @Test
    void shouldWaitForTheEndOfTheOneBefore() throws Exception {
        launcher.close();
        endMs = 30_000;
        launcher = newLauncher();
        launcher.launch(1, "spp_nfv", List.of("-l", "1"), List.of());
        long first = pid(status());
        awaitLog("spp_nfv-1.log", "arguments: ");
        Process later = new ProcessBuilder("sh", "-c", "sleep 0.1; echo 0 > end; echo go <> wake >&0")
                .directory(directory.toFile())
                .start();
        ProcessHandle before = ProcessHandle.of(first).orElseThrow();
        launcher.launch(1, "spp_nfv", List.of("-l", "2"), List.of());
        assertFalse(before.isAlive());
        assertNotEquals(first, pid(status()));
        assertEquals(0, later.waitFor());
    }

    @Test
    void shouldStartAgainWhatWasKilledAndGiveUpInTheEnd() throws Exception {
        launcher.launch(1, "spp_nfv", List.of("-l", "1"), List.of());
        String first = awaitStatus("\"state\":\"running\"");
        assertTrue(ProcessHandle.of(pid(first)).orElseThrow().destroyForcibly());
        awaitStatus("\"state\":\"running\",\"restarts\":1,\"last_exit\":137");
        end("1");
        awaitStatus("\"state\":\"given up\",\"restarts\":2,\"last_exit\":1");
        assertEquals(
                3,
                log("spp_nfv-1.log")
                        .lines()
                        .filter(line -> line.startsWith("--- "))
                        .count());
    }

    @Test
    void shouldNotRepeatWhatIsRefused() throws Exception {
        launcher.launch(1, "spp_nfv", List.of("-l", "1"), List.of("--bogus"));
        end("2");
        awaitStatus("\"state\":\"refused\",\"restarts\":0,\"last_exit\":2");
        Files.delete(directory.resolve("end"));
        launcher.launch(1, "spp_nfv", List.of("-l", "1"), List.of());
        awaitStatus("\"state\":\"running\",\"restarts\":0,\"last_exit\":null");
    }

    /** The primary dies: the next one goes on with its launched processes, and the one after that. */
    @Test
    void shouldTakeOverWhatItsForerunnerLaunched() throws Exception {
        launcher.launch(1, "spp_nfv", List.of("-l", "1"), List.of());
        long first = pid(status());
        AtomicInteger changes = new AtomicInteger();
        succeed(process -> false, changes::incrementAndGet);
        assertTrue(status().contains("\"id\":1,\"pid\":" + first + ",\"state\":\"running\",\"restarts\":0"), status());
        assertTrue(ProcessHandle.of(first).orElseThrow().destroyForcibly());
        String again = awaitStatus("\"state\":\"running\",\"restarts\":1,\"last_exit\":null");
        long second = pid(again);
        assertNotEquals(first, second);
        assertTrue(changes.get() >= 1);
        // killed while there is no primary: its successor finds nobody
        launcher.close();
        ProcessHandle handle = ProcessHandle.of(second).orElseThrow();
        assertTrue(handle.destroyForcibly());
        handle.onExit().get(30, TimeUnit.SECONDS);
        succeed(process -> false, () -> {});
        awaitStatus("\"state\":\"running\",\"restarts\":2,\"last_exit\":null");
    }

    @Test
    void shouldLetGoWhoSaidGoodByeToTheNextPrimary() throws Exception {
        launcher.launch(1, "spp_nfv", List.of("-l", "1"), List.of());
        long pid = pid(status());
        succeed(process -> process.pid() == pid, () -> {});
        end("1");
        awaitStatus("\"state\":\"ended\",\"restarts\":0,\"last_exit\":null");
        assertEquals("", launcher.lines());
    }

    @Test
    void shouldLetGoWhoSaidGoodByeToTheLastPrimary() throws Exception {
        launcher.launch(1, "spp_nfv", List.of("-l", "1"), List.of());
        launcher.close();
        ProcessHandle handle = ProcessHandle.of(pid(status())).orElseThrow();
        assertTrue(handle.destroyForcibly());
        handle.onExit().get(30, TimeUnit.SECONDS);
        succeed(process -> process.pid() == handle.pid(), () -> {});
        assertTrue(status().contains("\"state\":\"ended\",\"restarts\":0,\"last_exit\":null"), status());
    }

    /** Whoever is told commits to memory that goes after the launcher. */
    @Test
    void shouldTellNobodyOnceClosed() throws Exception {
        launcher.launch(1, "spp_nfv", List.of("-l", "1"), List.of());
        long pid = pid(status());
        CountDownLatch telling = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicBoolean told = new AtomicBoolean();
        succeed(process -> true, () -> {
            telling.countDown();
            try {
                told.set(goOn.await(30, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                told.set(false);
            }
        });
        assertTrue(ProcessHandle.of(pid).orElseThrow().destroyForcibly());
        assertTrue(telling.await(30, TimeUnit.SECONDS));
        AtomicBoolean toldBeforeClosed = new AtomicBoolean();
        Thread closing = new Thread(() -> {
            launcher.close();
            toldBeforeClosed.set(told.get());
        });
        closing.start();
        long begin = System.nanoTime();
        while (closing.getState() != Thread.State.TIMED_WAITING && closing.isAlive()) {
            assertTrue(System.nanoTime() - begin < LIMIT_NS, closing.getState().toString());
            Thread.onSpinWait();
        }
        goOn.countDown();
        closing.join();
        assertTrue(toldBeforeClosed.get());
    }

    @Test
    void shouldSayWhatCantBeStarted() throws Exception {
        Files.delete(directory.resolve("spp"));
        CommandException absent = assertThrows(
                CommandException.class, () -> launcher.launch(1, "spp_nfv", List.of("-l", "1"), List.of()));
        assertTrue(absent.getMessage().startsWith("launch of spp_nfv 1: "), absent.getMessage());
        assertEquals("{\"launched\":[]}", status());
    }
}
