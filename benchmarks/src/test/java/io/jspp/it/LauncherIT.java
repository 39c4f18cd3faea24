package io.jspp.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.testing.ProjectHome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher as a user types it: exit codes, texts, a quiet stderr, the choice of the JDK. */
@Tag("system")
class LauncherIT {
    private static final List<String> COMMANDS = List.of(
            "start", "cli", "ctl", "primary", "nfv", "vf", "mirror", "pcap", "guest", "lab", "demo", "vm-args",
            "doctor", "bench", "test", "conform");

    @TempDir
    private Path directory;

    private record Outcome(int exit, String out, String err) {}

    @Test
    void shouldTellVersionAndJdkWithNothingOnStderr() throws Exception {
        Outcome outcome = spp(Map.of(), "--version");
        assertEquals("", outcome.err);
        assertEquals(0, outcome.exit);
        assertTrue(outcome.out.matches("spp \\S+ \\(Java (1[7-9]|[2-9]\\d)\\S*, /\\S+\\)\\n"), outcome.out);
        Outcome command = spp(Map.of(), "lab", "--version");
        assertEquals("", command.err);
        assertEquals(0, command.exit);
        assertEquals(
                outcome.out.replaceFirst(", /\\S+", ""),
                command.out.replaceFirst("lab ", "").replaceFirst(", /\\S+", ""));
    }

    @Test
    void shouldListItsCommandsWhenAskedForHelp() throws Exception {
        Outcome outcome = spp(Map.of(), "--help");
        assertEquals("", outcome.err);
        assertEquals(0, outcome.exit);
        assertTrue(outcome.out.startsWith("usage: ./spp [COMMAND"), outcome.out);
        for (String command : COMMANDS) {
            assertTrue(outcome.out.contains("\n  " + command + " "), command + " is missing in:\n" + outcome.out);
        }
    }

    @Test
    void shouldPrintTheUsageOfEachCommandOnStdoutWhenAskedForHelp() throws Exception {
        for (String command : COMMANDS) {
            Outcome outcome = spp(Map.of(), command, "--help");
            String text = command + " --help: " + outcome;
            assertEquals(0, outcome.exit, text);
            assertEquals("", outcome.err, text);
            assertTrue(outcome.out.toLowerCase(Locale.ROOT).startsWith("usage: "), text);
            assertTrue(outcome.out.contains(command), text);
        }
    }

    @Test
    void shouldRefuseAnUnknownCommandWithUsageAndExitTwo() throws Exception {
        Outcome outcome = spp(Map.of(), "frobnicate", "-x");
        assertEquals(2, outcome.exit);
        assertEquals("", outcome.out);
        assertTrue(outcome.err.startsWith("spp: unknown command: frobnicate\n\nusage: "), outcome.err);
    }

    @Test
    void shouldRefuseACaseThatThePlanDoesNotHave() throws Exception {
        for (String wrong : List.of("19", "0", "7,", "7 8", "x")) {
            Outcome outcome = spp(Map.of(), "conform", "--case", wrong);
            assertEquals(2, outcome.exit, wrong);
            assertEquals("", outcome.out);
            assertTrue(outcome.err.startsWith("spp conform: no case \""), outcome.err);
            assertTrue(outcome.err.contains("1 to 18 expected\n\nusage: "), outcome.err);
        }
    }

    @Test
    void shouldSayWhatIsWrongWithSppJavaHome() throws Exception {
        Outcome absent = spp(Map.of("SPP_JAVA_HOME", directory.toString()), "--version");
        assertEquals(1, absent.exit);
        assertTrue(absent.err.contains("has no bin/java"), absent.err);

        Files.createDirectories(directory.resolve("bin"));
        Files.createSymbolicLink(directory.resolve("bin/java"), Path.of("/bin/true"));
        Files.writeString(directory.resolve("release"), "JAVA_VERSION=\"11.0.2\"\n");
        Outcome old = spp(Map.of("SPP_JAVA_HOME", directory.toString()), "--version");
        assertEquals(1, old.exit);
        assertTrue(old.err.contains("is Java 11, 17 or newer is needed"), old.err);
    }

    @Test
    void shouldWorkThroughASymbolicLinkFromAnyDirectory() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("patchpanel"), ProjectHome.launcher());
        Outcome outcome = run(Map.of(), List.of(link.toString(), "--version"));
        assertEquals("", outcome.err);
        assertEquals(0, outcome.exit);
    }

    private Outcome spp(Map<String, String> environment, String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(ProjectHome.launcher().toString());
        command.addAll(List.of(arguments));
        return run(environment, command);
    }

    private Outcome run(Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().remove("SPP_JAVA_OPTS"); // options of the test run would hide the JVM's warnings
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertTrue(process.waitFor(240, TimeUnit.SECONDS), "no end after 240 s: " + command);
        return new Outcome(process.exitValue(), read(out), read(err));
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8);
    }
}
