package io.jspp.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.testing.ProjectHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** docs/spp-compatibility.md: every feature of SPP has its row, and every row names tests that there are. */
class CompatibilityTableTest {
    private static final int FEATURES = 98;
    private static final Pattern FEATURE = Pattern.compile("\\| (F[0-9]{2}) \\| (.+) \\| (.+) \\|");
    private static final Pattern TEST = Pattern.compile("`([A-Z]\\w*(?:Test|IT))(?:#(\\w+))?`");

    /** SPP's own programs, of which recordings are played back. */
    private static final Set<String> RECORDED = Set.of("F94", "F95", "F96", "F98");

    private static final Map<String, Path> SOURCES = new HashMap<>();
    private static List<String> page;

    @BeforeAll
    static void read() throws IOException {
        Path home = ProjectHome.directory();
        page = Files.readAllLines(home.resolve("docs/spp-compatibility.md"));
        for (String module : List.of("spp-core", "spp-primary", "spp-secondary", "spp-controller", "benchmarks")) {
            try (Stream<Path> files = Files.walk(home.resolve(module).resolve("src/test/java"))) {
                files.filter(file -> file.toString().endsWith(".java"))
                        .forEach(file ->
                                SOURCES.put(file.getFileName().toString().replaceFirst("\\.java$", ""), file));
            }
        }
    }

    private static List<Matcher> features() {
        return page.stream().map(FEATURE::matcher).filter(Matcher::matches).toList();
    }

    @Test
    void shouldHaveEveryFeatureOnceAndInOrder() {
        assertEquals(
                IntStream.rangeClosed(1, FEATURES)
                        .mapToObj(number -> String.format("F%02d", number))
                        .toList(),
                features().stream().map(row -> row.group(1)).toList());
    }

    @Test
    void shouldShowEveryFeatureByRunningProcesses() {
        for (Matcher row : features()) {
            List<String> classes =
                    tests(row.group(3)).stream().map(test -> test[0]).toList();
            assertTrue(
                    classes.stream()
                            .anyMatch(name -> name.endsWith(RECORDED.contains(row.group(1)) ? "ReplayTest" : "IT")),
                    row.group());
        }
    }

    /** Also in the tables of what we do otherwise. */
    @Test
    void shouldNameTestsThatThereAre() throws IOException {
        int named = 0;
        for (String line : page) {
            for (String[] test : tests(line)) {
                Path file = SOURCES.get(test[0]);
                assertTrue(file != null, () -> test[0] + " is no test of ours: " + line);
                if (test[1] != null) {
                    assertTrue(
                            hasTest(Files.readString(file), test[1]),
                            () -> test[0] + " has no test " + test[1] + ": " + line);
                }
                named++;
            }
        }
        assertTrue(named > FEATURES, "tests: " + named);
    }

    @Test
    void shouldNameATestInEachRowOfWhatIsNotCopied() {
        int rows = 0;
        boolean inside = false;
        for (String line : page) {
            if (line.startsWith("## ")) {
                inside = line.equals("## SPP's faults that are not copied");
            } else if (inside && line.startsWith("| ") && !line.startsWith("| SPP |") && !line.startsWith("| --- |")) {
                assertTrue(!tests(line).isEmpty(), line);
                rows++;
            }
        }
        assertTrue(rows > 20, "rows: " + rows);
    }

    /** A method with an annotation that makes it one. */
    private static boolean hasTest(String source, String method) {
        return Pattern.compile(
                        "@(Test|ParameterizedTest|RepeatedTest)\\b(?:(?!\\n    [}]).)*?\\n    void " + method + "\\(",
                        Pattern.DOTALL)
                .matcher(source)
                .find();
    }

    /** Class and method, null where the whole class is meant. */
    private static List<String[]> tests(String text) {
        List<String[]> tests = new ArrayList<>();
        Matcher test = TEST.matcher(text);
        while (test.find()) {
            tests.add(new String[] {test.group(1), test.group(2)});
        }
        return tests;
    }
}
