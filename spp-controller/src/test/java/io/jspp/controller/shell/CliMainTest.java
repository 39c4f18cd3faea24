package io.jspp.controller.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jspp.controller.ScriptedProcess;
import io.jspp.controller.TestController;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Lines that another program runs; processes of the shell are in ControlIT and SppShellIT. */
class CliMainTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(final String address, final String... lines) {
        out.reset();
        err.reset();
        return CliMain.run(
                RestClient.at(address),
                List.of(lines),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @Test
    void shouldRunLinesUpToTheFirstThatFails() throws IOException {
        try (TestController ctl = new TestController();
                ScriptedProcess nfv = ScriptedProcess.nfv(ctl.controller(), 1)) {
            ctl.awaitProcesses("[{\"type\": \"nfv\", \"client-id\": 1}]");
            final String address = "127.0.0.1:" + ctl.controller().restPort();
            assertEquals(0, run(address, "# first", "nfv 1; add ring:0"), err::toString);
            assertEquals("# first\nAdd ring:0.\n", out.toString(StandardCharsets.UTF_8));
            assertEquals("", err.toString(StandardCharsets.UTF_8));
            assertEquals(1, run(address, "bogus", "# never"));
            assertEquals("", out.toString(StandardCharsets.UTF_8));
            assertEquals("*** Unknown syntax: bogus\nstopped at -c 1: bogus\n", err.toString(StandardCharsets.UTF_8));
        }
    }

    @Test
    void shouldSayThatNoControllerIsThere() throws IOException {
        final String address;
        try (TestController ctl = new TestController()) {
            address = "127.0.0.1:" + ctl.controller().restPort();
        }
        assertEquals(3, run(address, "status"), err::toString);
        assertEquals("", out.toString(StandardCharsets.UTF_8));
    }
}
