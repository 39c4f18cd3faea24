package io.jspp.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.process.SppCluster;
import io.jspp.controller.process.SppProcess;
import io.jspp.testing.ProjectHome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ./spp ctl} and {@code ./spp cli} as a user types them: exit codes, sentences, a pipe, a terminal. */
@Tag("system")
class ControlIT {
    private final SppCluster cluster =
            new SppCluster("control", ProjectHome.launcher().toString(), line -> {});

    @TempDir
    private Path directory;

    private record Outcome(int exit, String out, String err) {}

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void shouldExitWithThreeWithoutAController() throws Exception {
        final Outcome outcome = spp("", "cli", "-b", "127.0.0.1:1", "-c", "status");
        assertEquals(3, outcome.exit, outcome.err);
        assertTrue(
                outcome.err.matches(
                        "Error: no controller answers at 127\\.0\\.0\\.1:1 \\(.*\\): start one with ./spp ctl,"
                                + " or name another with -b ADDR:PORT\n"),
                outcome.err);
        assertEquals("", outcome.out);
    }

    @Test
    void shouldLeaveNothingOfASecondaryThatFoundNoPrimary() throws Exception {
        final Path run = directory.resolve("run");
        final Outcome outcome =
                spp("", ("nfv -l 0 --no-huge --set run.dir=" + run + " --wait 1 -- -n 1 -s 127.0.0.1:1").split(" "));
        assertEquals(3, outcome.exit, outcome.err);
        assertTrue(outcome.err.contains("start ./spp primary with the same --file-prefix"), outcome.err);
        assertFalse(Files.exists(run));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cli --nosuch",
                "cli -b 300.1.1.1",
                "cli -b 127.0.0.1:x",
                "cli -c status -f file",
                "ctl -p 65536",
                "ctl -b nonsense:1",
                "ctl --log-level loud",
                "ctl extra",
            })
    void shouldRefuseWrongOptionsWithUsage(final String words) throws Exception {
        final Outcome outcome = spp("", words.split(" "));
        assertEquals(2, outcome.exit, outcome.err);
        assertTrue(outcome.err.contains("Usage: spp " + words.substring(0, 3)), outcome.err);
        assertEquals("", outcome.out);
    }

    @Test
    void shouldSayThatAPortIsTaken() throws Exception {
        cluster.startController();
        final Outcome outcome = spp("", "ctl", "-p", "0", "-s", "" + cluster.secondaryPort(), "-a", "0");
        assertEquals(1, outcome.exit);
        assertEquals(
                "spp ctl: cannot listen for secondaries on 127.0.0.1:" + cluster.secondaryPort()
                        + ": Address already in use; is another controller running? End it, or choose other ports with -p,"
                        + " -s and -a\n",
                outcome.err);
    }

    @Test
    void shouldEndQuietlyWhenTold() {
        final SppProcess ctl = cluster.startController();
        cluster.end(ctl);
        assertEquals("", String.join("\n", ctl.err()));
    }

    @Test
    void shouldReadAPipeAFileAndLines() throws Exception {
        cluster.startController();
        final String address = "127.0.0.1:" + cluster.restPort();
        final String status = "- spp-ctl:\n  - address: " + address
                + "\n- primary:\n  - status: not running\n- secondary:\n  - processes:\n";
        assertEquals(new Outcome(0, "# piped\n" + status, ""), spp("# piped\n\nstatus\n", "cli", "-b", address));
        assertEquals(new Outcome(0, status, ""), spp("", "cli", "-b", address, "-c", "status"));
        final Path script = Files.writeString(directory.resolve("script"), "# one\nbogus\n# never\n");
        assertEquals(
                new Outcome(1, "# one\n", "*** Unknown syntax: bogus\nstopped at " + script + " line 2: bogus\n"),
                spp("", "cli", "-b", address, "-f", script.toString()));
    }

    /** {@code script} (of every Debian system) gives the shell a terminal. */
    @Test
    void shouldPromptOnATerminalAndKeepAHistory() throws Exception {
        cluster.startController();
        final String launch = "pri; launch nfv 5 ";
        final Outcome outcome = run(
                "sta\t\nhistory\nredo 1\nconfig sec_m_lcore 0\n" + launch + "\t\nbye\n",
                "script",
                "-qefc",
                ProjectHome.launcher() + " cli -b 127.0.0.1:" + cluster.restPort(),
                "/dev/null");
        assertEquals(0, outcome.exit, outcome.out);
        final String shown = outcome.out.replace("\r", "").replaceAll("\u001b\\[[?>0-9;]*[a-zA-Z]|\u001b[=>]", "");
        assertTrue(shown.contains("Welcome to the SPP CLI. Type `help` or `?` to list commands.\n\n"), shown);
        assertTrue(shown.contains("spp > "), shown);
        assertTrue(shown.contains("- primary:\n  - status: not running\n"), shown);
        assertTrue(shown.contains("\n  1  status\n"), shown);
        assertEquals(3, shown.split("- primary:\n  - status: not running\n", -1).length, "twice: " + shown);
        // the lcores that cpu_layout has and cpu_usage has not
        final Matcher options = Pattern.compile("-l 0,[0-9]+ -m 512 -- -n 5 -s 127\\.0\\.0\\.1:" + cluster.restPort())
                .matcher(shown);
        assertTrue(options.find(), shown);
        assertTrue(shown.endsWith("Thank you for using Soft Patch Panel\n"), shown);
        final List<String> history = Files.readAllLines(directory.resolve(".spp_history"));
        assertEquals(List.of("status", "config sec_m_lcore 0"), history.subList(0, 2));
    }

    private Outcome spp(final String input, final String... words) throws IOException, InterruptedException {
        final List<String> command =
                new ArrayList<>(List.of(ProjectHome.launcher().toString()));
        command.addAll(Arrays.asList(words));
        return run(input, command.toArray(new String[0]));
    }

    private Outcome run(final String input, final String... command) throws IOException, InterruptedException {
        final Path out = directory.resolve("out");
        final Path err = directory.resolve("err");
        final ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("HOME", directory.toString());
        builder.environment().put("TERM", "xterm");
        builder.environment().put("SPP_NO_BUILD", "1");
        final Process process = builder.start();
        process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        assertTrue(process.waitFor(120, TimeUnit.SECONDS), () -> "no end after 120 s: " + List.of(command));
        return new Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
    }
}
