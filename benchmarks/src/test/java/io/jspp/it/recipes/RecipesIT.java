package io.jspp.it.recipes;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jspp.it.recipes.RecipeTable.Paragraph;
import io.jspp.it.recipes.RecipeTable.Step;
import io.jspp.testing.Need;
import io.jspp.testing.ProjectHome;
import io.jspp.testing.Requires;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * SPP's 70 recipes against real processes: what the shell prints, and where frames go. {@code recipes.txt} says it for each; one shell plays them on the
 * same four hosts.
 */
@Tag("network")
@Tag("once")
@Requires({Need.NET_ADMIN, Need.NET_RAW, Need.IP})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RecipesIT {
    private static final Path TABLE = ProjectHome.directory().resolve("benchmarks/src/test/resources/recipes.txt");

    @TempDir
    private static Path directory;

    private RecipeLab lab;
    private String failed;

    @BeforeAll
    void start() {
        lab = new RecipeLab(directory);
    }

    @AfterAll
    void close() {
        if (lab != null) {
            lab.close();
        }
    }

    @TestFactory
    Stream<DynamicTest> shouldPlay() throws IOException {
        return Stream.concat(
                RecipeTable.read(TABLE).stream()
                        .map(paragraph -> DynamicTest.dynamicTest(paragraph.title(), () -> play(paragraph))),
                Stream.of(DynamicTest.dynamicTest("all of them, and nothing is left behind", this::end)));
    }

    private void play(Paragraph paragraph) {
        if (failed != null) {
            throw new IllegalStateException("not played after " + failed);
        }
        for (Step step : paragraph.steps()) {
            try {
                lab.run(step);
            } catch (IOException | RuntimeException | AssertionError e) {
                failed = step.place();
                throw new AssertionError(step.place() + ": " + e.getMessage() + lab.state(), e);
            }
        }
    }

    private void end() throws IOException, InterruptedException {
        assertEquals(RecipeLab.recipes(), lab.playedOfSpp());
        assertEquals(0, lab.endShell());
        assertEquals(List.of(), lab.hosts().launched());
        lab.close();
        assertEquals(List.of(), lab.hosts().leftBehind());
    }
}
