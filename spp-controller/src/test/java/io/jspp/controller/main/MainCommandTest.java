package io.jspp.controller.main;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.jspp.config.ExitCode;
import io.jspp.config.ProcessException;
import io.jspp.config.UsageException;
import io.jspp.controller.yaml.YamlException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

class MainCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Command(name = "spp some", subcommands = Below.class)
    private static final class Some extends MainCommand {
        @Option(names = "--odd")
        private boolean odd;

        private final Exception failure;

        Some(final Exception failure) {
            this.failure = failure;
        }

        @Override
        public Integer call() throws Exception {
            if (odd) {
                throw usage("--odd: even expected");
            }
            throw failure;
        }
    }

    @Command(name = "below")
    private static final class Below implements Callable<Integer> {
        @Override
        public Integer call() {
            throw new UsageException("not here");
        }
    }

    private int run(final Exception failure, final String... words) {
        final CommandLine line = new Some(failure).line();
        return line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(words);
    }

    static Stream<Arguments> failures() throws Exception {
        return Stream.of(
                arguments(new ProcessException(ExitCode.TIMEOUT, "too late"), 5, "too late"),
                arguments(new UsageException("no such thing"), 2, "no such thing"),
                arguments(new YamlException("lab.yaml:3", "no such key"), 2, "lab.yaml:3: no such key"),
                arguments(new IOException("disk full"), 1, "disk full"),
                arguments(new IllegalStateException(), 1, "java.lang.IllegalStateException"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void shouldSayWhatWentWrongAndEndWithItsStatus(final Exception failure, final int status, final String sentence) {
        assertEquals(status, run(failure));
        assertEquals("spp some: " + sentence + System.lineSeparator(), err.toString());
    }

    @Test
    void shouldSayWhatWentWrongInASubcommand() {
        assertEquals(2, run(null, "below"));
        assertEquals("spp some: not here" + System.lineSeparator(), err.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--odd", "--nosuch"})
    void shouldPrintTheUsageBelowAWrongWord(final String word) {
        assertEquals(2, run(null, word));
        assertTrue(err.toString().contains(word), err.toString());
        assertTrue(err.toString().contains("Usage: spp some "), err.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "below "})
    void shouldTellHelpAndVersionOnStdout(final String command) {
        assertEquals(0, run(null, (command + "--help").split(" ")));
        assertTrue(out.toString().startsWith("Usage: spp some " + command), out.toString());
        out.getBuffer().setLength(0);
        assertEquals(0, run(null, (command + "-V").split(" ")));
        assertTrue(
                out.toString().matches("spp some " + command + "\\S+ \\(Java (1[7-9]|[2-9]\\d)\\S*, /\\S+\\)\\R"),
                out.toString());
        assertEquals("", err.toString());
    }
}
