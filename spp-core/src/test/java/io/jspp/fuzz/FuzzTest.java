package io.jspp.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every fuzz target of this module, or with {@code -Dspp.fuzz=TARGET} one, for a short time or for {@code -Dspp.fuzz.seconds}. Inputs that once failed
 * come first: {@code src/test/resources/fuzz/TARGET.hex}.
 */
@Tag("once")
@Timeout(value = 25, unit = TimeUnit.HOURS)
class FuzzTest {
    private static final double SECONDS = 6;

    static Stream<String> targets() {
        String only = System.getProperty("spp.fuzz", "");
        return FuzzMain.targets().stream().filter(name -> only.isEmpty() || name.equals(only));
    }

    @ParameterizedTest
    @MethodSource("targets")
    void shouldDoNothingWrongWhateverTheInput(String target) throws IOException {
        double seconds = Double.parseDouble(System.getProperty("spp.fuzz.seconds", "" + SECONDS));
        long seed = Long.getLong("io.jspp.seed", System.nanoTime());
        Path directory = Path.of(System.getProperty("spp.fuzz.directory", "target/fuzz"));
        assertEquals(List.of(), FuzzMain.fuzz(target, seconds, directory, seed));
    }
}
