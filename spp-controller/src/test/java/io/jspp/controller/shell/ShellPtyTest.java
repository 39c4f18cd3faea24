package io.jspp.controller.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.SwitchFixture;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shell as people meet it: a process of its own on a pseudo terminal, which util-linux's {@code script} opens. */
@Tag("once")
class ShellPtyTest extends SwitchFixture {
    private static final String CTRL_A = "\u0001";
    private static final String CTRL_C = "\u0003";
    private static final String CTRL_D = "\u0004";
    private static final String CTRL_U = "\u0015";
    /** As terminals send it while an application has the keypad. */
    private static final String UP = "\u001bOA";

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path home;

    private Process process;
    private String shellCommand;
    private final StringBuilder screen = new StringBuilder();
    private int seen;

    @BeforeEach
    void start() throws IOException {
        final String java =
                Path.of(System.getProperty("java.home"), "bin", "java").toString();
        shellCommand = String.join(
                " ",
                List.of(
                        "exec",
                        java,
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Dfile.encoding=UTF-8",
                        "-cp",
                        "'" + System.getProperty("java.class.path") + "'",
                        CliMain.class.getName(),
                        "-b",
                        "127.0.0.1:" + ctl.controller().restPort()));
    }

    /** Starts the shell with further options. */
    private void open(final String options) throws IOException {
        final ProcessBuilder builder = new ProcessBuilder(
                "script", "-qefc", "stty cols 100 rows 30 -echo; " + shellCommand + ' ' + options, "/dev/null");
        builder.environment().put("HOME", home.toString());
        builder.environment().put("TERM", "xterm");
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        process = builder.redirectErrorStream(true).start();
        final Thread reader = new Thread(() -> read(process.getInputStream()), "pty");
        reader.setDaemon(true);
        reader.start();
    }

    @AfterEach
    void stop() throws Exception {
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }

    @Test
    void shouldServeAPersonAtATerminal() throws Exception {
        open("");
        expect("Welcome to the SPP CLI. Type `help` or `?` to list commands.");
        expect("spp > ");

        // TAB finishes a word, and lists what can follow.
        type("stat\t\r");
        expect("- spp-ctl:");
        expect("1: nfv:1");
        type("nfv 1; a\tvh\t3\r");
        expect("Add vhost:3.");
        type("nfv 1; \t\t");
        expect("forward");
        expect("patch");
        type(CTRL_U);
        type("nfv 1; patch p\t0 vh\t\r");
        expect("Patch ports (phy:0 -> vhost:3).");

        // Wrong input is answered, and the shell goes on.
        type("bogus cmd\r");
        expect("*** Unknown syntax: bogus cmd");
        type("nfv 9; status\r");
        expect("\"nfv 9\" does not exist.");
        type("nfv 1; status" + "\u0007\u000f\u001b[99~" + CTRL_U + "echo still here\r");
        expect("\nstill here");

        // Ctrl-C throws a line away; while a command runs it does not end the shell.
        type("nfv 1; exit");
        expect("exit");
        type(CTRL_C);
        expect("spp > ");
        type("echo after Ctrl-C\r");
        expect("\nafter Ctrl-C");
        type("status\r" + CTRL_C);
        do {
            // The terminal forgets what was typed ahead of a Ctrl-C.
            type("\recho after another\r");
        } while (!appears("\nafter another", Duration.ofSeconds(3)));
        assertFalse(nfv.requests().contains("exit"));

        // It ends a recipe between two lines.
        final Path recipe = home.resolve("long.rcp");
        Files.writeString(recipe, "nfv 1; status\n".repeat(5_000));
        type("playback " + recipe + '\r');
        expect("- status: idling");
        type(CTRL_C);
        expect("Interrupted.");
        expect("playback: 1 line(s) failed");
        type("echo after the recipe\r");
        expect("\nafter the recipe");

        // The line before comes back, the history has it, redo runs it.
        type("echo first\r");
        expect("\nfirst");
        type(UP + CTRL_A + "# " + "\r");
        expect("\n# echo first");
        type("history\r");
        expect("1  status");
        type("redo 1\r");
        expect("- spp-ctl:");

        type("config prompt \"$ spp \"\r");
        expect("Set prompt: \"$ spp \"");
        type("echo " + "x".repeat(300) + "y\r");
        expect("\n" + "x".repeat(300) + "y");
        expect("$ spp ");

        // Ctrl-D on an empty line ends it, without a word on the error stream and with status 0.
        type(CTRL_D);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), this::text);
        assertEquals(0, process.exitValue(), this::text);
        assertFalse(text().contains("Exception"), this::text);
        final List<String> history = Files.readAllLines(home.resolve(".spp_history"), StandardCharsets.UTF_8);
        assertEquals("status", history.get(0));
        assertFalse(history.stream().anyMatch(line -> line.startsWith("history") || line.startsWith("redo")));
    }

    @Test
    void shouldHeedItsOptionsAndEndWithBye() throws Exception {
        final Path config = home.resolve("config.yml");
        Files.writeString(config, "prompt: 'patch panel: '\nmax_secondary:\n  val: 8\n  desc: few\n");
        open("--wait-pri -o json --config " + config);
        expect("patch panel: ");
        type("config max_secondary\r");
        expect("\n{\"max_secondary\": \"8\"}");
        type("bye\r");
        expect("Thank you for using Soft Patch Panel");
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), this::text);
        assertEquals(0, process.exitValue(), this::text);
    }

    @Test
    void shouldRefuseWrongOptions() throws Exception {
        open("--config " + home.resolve("nosuch.yml"));
        expect("--config: Error: cannot read " + home.resolve("nosuch.yml"));
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), this::text);
        assertEquals(2, process.exitValue(), this::text);
    }

    private void type(final String keys) throws IOException {
        process.getOutputStream().write(keys.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    /** Waits for this text behind the one that was expected before. */
    private void expect(final String text) {
        if (!appears(text, PATIENCE)) {
            throw new AssertionError("no \"" + text + "\" on the terminal, which shows:\n" + text());
        }
    }

    private boolean appears(final String text, final Duration patience) {
        try {
            Awaitility.await()
                    .atMost(patience)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> find(text));
            return true;
        } catch (final ConditionTimeoutException late) {
            return false;
        }
    }

    private boolean find(final String text) {
        synchronized (screen) {
            final String plain = plain(screen.substring(seen));
            if (!plain.contains(text)) {
                return false;
            }
            // Escape sequences make places differ: cut raw text until the plain one no longer has it.
            int low = seen;
            while (plain(screen.substring(seen, low)).indexOf(text) < 0) {
                low++;
            }
            seen = low;
            return true;
        }
    }

    private String text() {
        synchronized (screen) {
            return plain(screen.toString());
        }
    }

    /** Without escape sequences and line ends of the terminal. */
    private static String plain(final String raw) {
        return raw.replaceAll("\u001b\\[[0-9;?>]*[A-Za-z]|\u001b[=>()][0B]?|\r|\u0007", "");
    }

    private void read(final InputStream in) {
        final byte[] chunk = new byte[4096];
        try {
            for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
                synchronized (screen) {
                    screen.append(new String(chunk, 0, length, StandardCharsets.UTF_8));
                }
            }
        } catch (final IOException ended) {
            // The process has gone.
        }
    }
}
