package io.jspp.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jspp.testing.JvmCommand;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Number 239 of the catalogue of bad inputs: hostile rings, and a JVM that only interprets, compiles everything at once, or has no room for compiled code. */
@Tag("long")
class JvmModesTest {
    private static final String SECONDS = "5";

    static Stream<Arguments> modes() {
        return Stream.of("-Xint", "-Xcomp", "-XX:ReservedCodeCacheSize=4m -XX:-UseCodeCacheFlushing")
                .flatMap(mode -> Stream.of("split", "packed").map(target -> Arguments.of(mode, target)));
    }

    @ParameterizedTest
    @MethodSource("modes")
    void shouldDoNothingWrongHoweverItIsCompiled(String mode, String target, @TempDir Path directory) throws Exception {
        List<String> command = JvmCommand.of(FuzzMain.class, mode.split(" "));
        command.addAll(Arrays.asList(target, SECONDS, directory.toString(), "239"));
        Process fuzzer = new ProcessBuilder(command).redirectErrorStream(true).start();
        String lines = new String(fuzzer.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, fuzzer.waitFor(), lines);
    }
}
