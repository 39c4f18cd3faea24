package io.jspp.secondary.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.config.ExitCode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GuestMainTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path directory;

    private int run(String line) {
        PrintStream o = new PrintStream(out, true, StandardCharsets.UTF_8);
        PrintStream e = new PrintStream(err, true, StandardCharsets.UTF_8);
        String words = line.replace("DIR", directory.toString()).strip();
        return GuestMain.run(new GuestProcess(o, e), words.isEmpty() ? new String[0] : words.split(" +"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "dance",
                "ping",
                "ping DIR/s 10.0.0.2",
                "ping DIR/s 10.0.0.256 --ip 10.0.0.1",
                "ping DIR/s 10.0.0.2 --ip 10.0.0.1 -c 0",
                "answer DIR/s --ip 10.0.0.1 --mac 52:54:00:00:00",
                "answer DIR/s --ip 10.0.0.1 --queue-size 100",
                "answer DIR/s --ip 10.0.0.1 --queues 0",
                "answer DIR/s --ip 10.0.0.1 --queues 129",
                "answer DIR/s --ip 10.0.0.1 --cpu 100000",
                "generate DIR/s --size 59",
                "generate DIR/s --rate -1",
                "generate DIR/s --both",
                "receive DIR/s --seconds 0"
            })
    void shouldRefuseWithASentenceAndUsage(String line) {
        assertEquals(ExitCode.USAGE, run(line), err::toString);
        String text = err.toString(StandardCharsets.UTF_8);
        assertTrue(text.contains("Usage: "), text);
        assertTrue(!text.contains("Exception"), text);
        assertEquals("", out.toString(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "-h",
                "help",
                "help ping",
                "answer --help",
                "ping -h",
                "generate --help",
                "generate DIR/s --size 59 --help",
                "receive --help"
            })
    void shouldPrintUsageWhenAskedForIt(String line) {
        assertEquals(ExitCode.OK, run(line), err::toString);
        assertTrue(out.toString(StandardCharsets.UTF_8).contains("Usage: spp guest"), out::toString);
        assertEquals("", err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void shouldSayWhomItWaitedFor() {
        assertEquals(ExitCode.UNREACHABLE, run("answer DIR/sock0 --ip 10.0.0.1 --no-huge --wait 0"));
        String text = err.toString(StandardCharsets.UTF_8);
        assertTrue(text.contains(directory + "/sock0") && text.contains("no back-end after 0 s"), text);
    }

    @Test
    void shouldRemoveTheSocketItListenedOn() {
        assertEquals(ExitCode.UNREACHABLE, run("receive DIR/sock0 --listen --no-huge --wait 0"));
        assertTrue(!directory.resolve("sock0").toFile().exists());
    }

    @Test
    void shouldNameADirectoryThatIsMissing() {
        assertEquals(ExitCode.FAILED, run("answer DIR/absent/sock0 --listen --ip 10.0.0.1 --no-huge --wait 1"));
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("absent/sock0: ENOENT"), err::toString);
    }
}
