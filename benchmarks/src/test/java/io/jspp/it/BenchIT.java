package io.jspp.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.process.SppProcess;
import io.jspp.testing.ProjectHome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code ./spp bench} in its shortest form: that it runs, loses nothing and says what it found. The figures are for people. */
@Tag("system")
@Tag("once")
class BenchIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final Pattern SUMMARY =
            Pattern.compile("^spp +median ([0-9.]+) Mpps .* loss ([0-9.]+) %, generator idle in");

    @Test
    void shouldMeasureBetweenTwoGuests() {
        measure("vhost");
    }

    @Test
    @Tag("long")
    void shouldMeasureThroughRings() {
        measure("ring");
    }

    private static void measure(String path) {
        SppProcess bench = run("bench", path, "--pairs", "1", "--seconds", "0.5", "--no-reference", "--no-huge");
        assertEquals(0, bench.awaitExit(LIMIT), bench.tail());
        assertEquals(List.of(), bench.err());
        Matcher summary = bench.awaitLine(SUMMARY, LIMIT);
        assertTrue(Double.parseDouble(summary.group(1)) > 0, bench.tail());
        if (path.equals("vhost")) {
            assertEquals(0, Double.parseDouble(summary.group(2)), bench.tail());
        }
    }

    @Test
    void shouldRefuseAnUnknownPath() {
        SppProcess bench = run("bench", "moon");
        assertEquals(2, bench.awaitExit(LIMIT), bench.tail());
        assertTrue(bench.err().get(0).contains("vhost, veth, ring or micro"), bench.tail());
    }

    private static SppProcess run(String... words) {
        List<String> command = new ArrayList<>(List.of(ProjectHome.launcher().toString()));
        command.addAll(List.of(words));
        return SppProcess.start("bench", Map.of("SPP_NO_BUILD", "1"), command);
    }
}
