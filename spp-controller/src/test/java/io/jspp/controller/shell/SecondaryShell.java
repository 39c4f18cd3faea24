package io.jspp.controller.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jspp.controller.ScriptedSecondary;
import io.jspp.controller.TestController;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** One scripted secondary of a kind, registered at a controller, and a shell that commands it. */
abstract class SecondaryShell {
    private final String kind;
    private final int id;

    @TempDir
    private Path directory;

    TestController ctl;
    ScriptedSecondary process;
    ShellHarness shell;

    SecondaryShell(final String kind, final int id) {
        this.kind = kind;
        this.id = id;
    }

    /** What the process answers to {@code status} from its start on. */
    abstract String firstStatus();

    @BeforeEach
    void start() throws IOException {
        ctl = new TestController();
        process = new ScriptedSecondary(ctl.controller(), kind, id);
        process.status(firstStatus());
        ctl.awaitProcesses("[{\"type\": \"" + kind + "\", \"client-id\": " + id + "}]");
        shell = new ShellHarness(ctl.controller(), directory.resolve("history"));
    }

    @AfterEach
    void stop() throws IOException {
        process.close();
        ctl.close();
    }

    /** Runs {@code KIND ID; line}. */
    final int run(final String line) {
        return shell.run(kind + ' ' + id + "; " + line);
    }

    /** The process gets this request, the user this message. */
    final void assertSends(final String line, final String wire, final String message) {
        assertEquals(0, run(line), shell.err());
        assertEquals(message + "\n", shell.out());
        assertEquals(List.of(wire), process.takeRequests());
    }

    /** The user gets this message, the process nothing. */
    final void assertRefuses(final String line, final String message) {
        assertEquals(1, run(line));
        assertEquals(message, firstError());
        assertEquals(List.of(), process.takeRequests());
    }

    final String firstError() {
        return shell.err().lines().findFirst().orElse("");
    }
}
