package io.jspp.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.process.SppProcess;
import io.jspp.testing.Need;
import io.jspp.testing.ProjectHome;
import io.jspp.testing.Requires;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code ./spp bench} in its shortest form: that it runs, loses nothing and says what it found; in its long form, that it finds what is wanted. All
 * other figures are for people.
 */
@Tag("system")
@Tag("once")
class BenchIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final Pattern SUMMARY =
            Pattern.compile("^spp +median ([0-9.]+) Mpps .* loss ([0-9.]+) %, generator idle in");

    private static final Pattern RATIO =
            Pattern.compile("^ratio spp / testpmd: median ([0-9.]+), spread [0-9.]+ to [0-9.]+$");
    private static final Pattern CHAIN_RATIO =
            Pattern.compile("^ratio chain / sum of its components: median ([0-9.]+), spread [0-9.]+ to [0-9.]+$");
    private static final double CHAIN_GOAL = 0.9;
    private static final Duration CONTEST = Duration.ofSeconds(240);
    private static final int PAIRS = 7;
    private static final int ATTEMPTS = 3;

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

    /**
     * The goals against testpmd. A ratio is the median of pairs that are measured in turn, the first of which alternates; what disturbs the machine
     * for longer than a pair takes makes another measurement of all pairs necessary.
     */
    @ParameterizedTest(name = "{0} bytes, {1}: {2}")
    @CsvSource({"64, split, 1.0", "64, packed, 1.0", "1514, packed, 1.2"})
    @Tag("long")
    @Timeout(900)
    @Requires(Need.TESTPMD)
    void shouldBeAsFastAsTheReference(int size, String rings, double goal) {
        List<String> words = new ArrayList<>(List.of("bench", "vhost", "--size", "" + size));
        words.addAll(List.of("--pairs", "" + PAIRS, "--seconds", "1", "--latency-rate", "0"));
        if (rings.equals("packed")) {
            words.add("--packed");
        }
        List<String> said = new ArrayList<>();
        double best = 0;
        for (int i = 0; i < ATTEMPTS && best < goal; i++) {
            SppProcess bench = run(words.toArray(String[]::new));
            assertEquals(0, bench.awaitExit(CONTEST), bench.tail());
            Matcher ratio = bench.awaitLine(RATIO, LIMIT);
            said.add(ratio.group());
            best = Math.max(best, Double.parseDouble(ratio.group(1)));
        }
        System.out.println("bench vhost, " + size + " bytes, " + rings + ": " + said);
        assertTrue(best >= goal, () -> "goal " + goal + ": " + said);
    }

    /** The chain's goal; what ten thousand entries cost depends on who else uses the caches, docs/benchmarks.md has figures. */
    @ParameterizedTest
    @CsvSource({"components, 7", "chain, 3"})
    @Tag("long")
    @Timeout(900)
    void shouldChainComponentsAtTheSumOfTheirCosts(String path, int pairs) {
        List<String> said = new ArrayList<>();
        double best = 0;
        for (int i = 0; i < ATTEMPTS && best < CHAIN_GOAL; i++) {
            SppProcess bench = run("bench", path, "--pairs", "" + pairs, "--seconds", "0.5", "--no-huge");
            assertEquals(0, bench.awaitExit(CONTEST), bench.tail());
            Matcher ratio = bench.awaitLine(CHAIN_RATIO, LIMIT);
            said.add(ratio.group());
            best = Math.max(best, Double.parseDouble(ratio.group(1)));
        }
        assertTrue(best >= CHAIN_GOAL, () -> "goal " + CHAIN_GOAL + ": " + said);
    }

    @Test
    void shouldRefuseAnUnknownPath() {
        SppProcess bench = run("bench", "moon");
        assertEquals(2, bench.awaitExit(LIMIT), bench.tail());
        assertTrue(bench.err().get(0).contains("vhost, veth, ring, chain, components or micro"), bench.tail());
    }

    private static SppProcess run(String... words) {
        List<String> command = new ArrayList<>(List.of(ProjectHome.launcher().toString()));
        command.addAll(List.of(words));
        return SppProcess.start("bench", Map.of("SPP_NO_BUILD", "1"), command);
    }
}
