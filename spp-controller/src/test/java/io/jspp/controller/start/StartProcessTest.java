package io.jspp.controller.start;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.process.SppProcess;
import io.jspp.testing.JvmCommand;
import io.jspp.testing.Patience;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as a process of its own. The launcher that it is told of starts a sleeper: a controller that is ready, a primary that never is. */
class StartProcessTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern STARTING = Pattern.compile("ctl ready \\(pid \\d+\\)");

    private static final String SLEEP = "exec sleep 600";

    @TempDir
    private Path directory;

    private Path runs;
    private final List<SppProcess> processes = new ArrayList<>();

    @BeforeEach
    void makeDirectories() throws IOException {
        runs = Files.createDirectory(
                directory.resolve("run"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.createDirectory(directory.resolve("pids"));
    }

    @AfterEach
    void end() throws IOException {
        processes.forEach(SppProcess::close);
        for (ProcessHandle left : sleepers()) {
            left.destroyForcibly();
        }
    }

    /** @param sleep how those that it starts spend their time */
    private SppProcess start(String sleep, String... words) throws IOException {
        Path launcher = Files.writeString(
                directory.resolve("launcher"),
                "#!/bin/sh\necho $$ >" + directory + "/pids/$1.new && mv " + directory + "/pids/$1.new " + directory
                        + "/pids/$1\ntest $1 = primary || echo $1 ready: now\n" + sleep + "\n");
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwx------"));
        Path file = Files.writeString(
                directory.resolve("switch.yaml"), "version: 1\nfile-prefix: one\ncontroller: {rest-port: 1}\n");
        List<String> command = JvmCommand.of(StartMain.class, "-Dspp.launcher=" + launcher);
        command.addAll(List.of(file.toString(), "--no-shell"));
        command.addAll(List.of(words));
        SppProcess process = SppProcess.start("start", Map.of("SPP_RUN_DIR", runs.toString()), command);
        processes.add(process);
        return process;
    }

    /** Those that still run. */
    private List<ProcessHandle> sleepers() throws IOException {
        List<ProcessHandle> all = new ArrayList<>();
        try (var files = Files.list(directory.resolve("pids"))) {
            for (Path file : files.filter(f -> !f.toString().endsWith(".new")).toList()) {
                ProcessHandle.of(Long.parseLong(Files.readString(file).strip()))
                        .filter(ProcessHandle::isAlive)
                        .ifPresent(all::add);
            }
        }
        return all;
    }

    private int sleeping() {
        try {
            return sleepers().size();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void signal(SppProcess process) {
        ProcessHandle.of(process.pid()).ifPresent(ProcessHandle::destroy);
    }

    @Test
    void shouldKillWhatItStartedOnASecondSignal() throws IOException {
        Path told = directory.resolve("told");
        SppProcess start = start("trap 'touch " + told + "' TERM; while :; do sleep 0.05; done");
        start.awaitLine(STARTING, LIMIT);
        Patience.poll("both are there", LIMIT, () -> sleeping() == 2);
        signal(start);
        Patience.poll("the primary is told to end, and does not", LIMIT, () -> Files.exists(told));
        signal(start);
        assertEquals(143, start.awaitExit(LIMIT), start.tail());
        Patience.poll("nothing is left running", LIMIT, () -> sleeping() == 0);
    }

    /** Ctrl-C reaches a process that has not learned to ignore it yet: that is no failure. */
    @Test
    void shouldEndInPeaceWhenTheSignalEndsWhatItIsStarting() throws IOException {
        SppProcess start = start("test $1 = ctl || { kill -TERM $PPID; kill -INT $$; exit 130; }; " + SLEEP);
        assertEquals(0, start.awaitExit(LIMIT), start.tail());
        assertEquals(List.of(), start.err());
        assertEquals(0, sleeping());
        assertFalse(Files.exists(runs.resolve("one")));
    }

    /** It had been ready: the controller refused it, or its options were wrong later on. */
    @Test
    void shouldSayAtOnceThatOneEndedBeforeTheControllerKnewIt() throws IOException {
        SppProcess start =
                start("test $1 = ctl || { echo primary ready: now; echo 'it is refused'; exit 4; }; " + SLEEP);
        assertEquals(4, start.awaitExit(Duration.ofSeconds(30)), start.tail());
        assertEquals(
                List.of("spp start: primary ended with exit status 4 before all were connected: it is refused"),
                start.err());
        assertEquals(0, sleeping());
        assertFalse(Files.exists(runs.resolve("one")));
    }

    @Test
    void shouldSayAtOnceThatOneEndedWithoutBeingNeededToDoSo() throws IOException {
        SppProcess start = start("test $1 = ctl || { echo primary ready: now; exit 0; }; " + SLEEP);
        assertEquals(1, start.awaitExit(Duration.ofSeconds(30)), start.tail());
        assertEquals(
                List.of("spp start: primary ended with exit status 0 before all were connected: primary ready: now"),
                start.err());
    }

    @Test
    void shouldRefuseToStartWhatRuns() throws IOException {
        SppProcess first = start(SLEEP);
        first.awaitLine(STARTING, LIMIT);
        Path log = runs.resolve("one/log/spp_ctl.log");
        assertTrue(Files.exists(log));
        SppProcess second = start(SLEEP);
        assertEquals(4, second.awaitExit(LIMIT));
        assertEquals(
                List.of("spp start: another ./spp start runs or ends in " + runs
                        + "/one: end it, or give this one another file-prefix and other ports"),
                second.err());
        assertEquals(List.of(), second.out());
        assertTrue(Files.exists(log), "the other one's logs are its own");
        signal(first);
        assertEquals(0, first.awaitExit(LIMIT), first.tail());
        assertEquals(0, sleeping());
        assertFalse(Files.exists(runs.resolve("one")));
    }

    @Test
    void shouldLeaveNothingWhenLogsCanNotBeWritten() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");
        SppProcess start = start(SLEEP, "--log-dir", file + "/logs");
        assertEquals(1, start.awaitExit(LIMIT));
        assertTrue(
                start.err().get(0).startsWith("spp start: log directory " + file + "/logs can't be made ("),
                start.err().toString());
        assertTrue(start.err().get(0).endsWith("): name another with --log-dir or log-dir"));
        assertFalse(Files.exists(runs.resolve("one")));
    }
}
