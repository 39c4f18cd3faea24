package io.jspp.controller.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.ScriptedProcess;
import io.jspp.controller.TestController;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SPP's recipes for spp_nfv, with the output of SPP's shell. */
class PlaybackTest {
    @TempDir
    private Path directory;

    private TestController ctl;
    private ScriptedProcess first;
    private ScriptedProcess second;
    private ShellHarness shell;

    @BeforeEach
    void start() throws IOException {
        ctl = new TestController();
        first = ScriptedProcess.nfv(ctl.controller(), 1);
        ctl.awaitProcesses("[{\"type\": \"nfv\", \"client-id\": 1}]");
        second = ScriptedProcess.nfv(ctl.controller(), 2);
        ctl.awaitProcesses("[{\"type\": \"nfv\", \"client-id\": 1}, {\"type\": \"nfv\", \"client-id\": 2}]");
        shell = new ShellHarness(ctl.controller(), null);
    }

    @AfterEach
    void stop() throws IOException {
        first.close();
        second.close();
        ctl.close();
    }

    @Test
    void shouldPlayARecipeWithCommentsAndBlankLinesAsSppDoes() throws IOException {
        final Path recipe = directory.resolve("l2fwd.rcps");
        Files.writeString(recipe, """
                # Configure as L2fwd
                nfv 1; patch phy:0 phy:1
                nfv 1; patch phy:1 phy:0

                # Start forwarding
                nfv 1; forward
                nfv 1; status
                """);
        assertEquals(0, shell.run("playback " + recipe));
        assertEquals("""
                # Configure as L2fwd
                # nfv 1; patch phy:0 phy:1
                Patch ports (phy:0 -> phy:1).
                # nfv 1; patch phy:1 phy:0
                Patch ports (phy:1 -> phy:0).
                #
                # Start forwarding
                # nfv 1; forward
                Start forwarding.
                # nfv 1; status
                - status: running
                - lcore_ids:
                  - master: 1
                  - slave: 2
                - ports:
                  - phy:0 -> phy:1
                  - phy:1 -> phy:0
                """, shell.out());
    }

    @Test
    void shouldPlayTheRecipeWithTwoRings() throws Exception {
        assertEquals(
                0,
                shell.run(
                        "playback " + recipes().resolve("dual_with_ring/bi_directional_l2fwd/1_ring_dual_bidir.rcps")));
        final String played = shell.out();
        assertTrue(played.endsWith("""
                        # nfv 2; forward
                        Start forwarding.
                        # nfv 1; status
                        - status: running
                        - lcore_ids:
                          - master: 1
                          - slave: 2
                        - ports:
                          - phy:0 -> ring:0
                          - phy:1
                          - ring:0
                          - ring:1 -> phy:0
                        # nfv 2; status
                        - status: running
                        - lcore_ids:
                          - master: 1
                          - slave: 2
                        - ports:
                          - phy:0
                          - phy:1 -> ring:1
                          - ring:0 -> phy:1
                          - ring:1
                        """), played);
        assertEquals(0, shell.run("playback " + recipes().resolve("dual_with_ring/bi_directional_l2fwd/2_clean.rcps")));
        assertEquals("""
                # Stop and remove the patches
                # nfv 1; stop
                Stop forwarding.
                # nfv 2; stop
                Stop forwarding.
                # nfv 1; patch reset
                Clear all of patches.
                # nfv 2; patch reset
                Clear all of patches.
                # nfv 1; del ring:0
                Delete ring:0.
                # nfv 1; del ring:1
                Delete ring:1.
                # nfv 2; del ring:0
                Delete ring:0.
                # nfv 2; del ring:1
                Delete ring:1.
                """, shell.out());
    }

    @Test
    void shouldPlayEveryRecipeForNfvWithoutAnError() throws Exception {
        final List<Path> files;
        try (Stream<Path> tree = Files.walk(recipes())) {
            files = tree.filter(Files::isRegularFile).sorted().toList();
        }
        assertEquals(22, files.size());
        for (final Path file : files) {
            assertEquals(0, shell.run("playback " + file), file::toString);
            assertEquals("", shell.err(), file::toString);
            final String out = shell.out();
            for (final String line : Files.readAllLines(file)) {
                assertTrue(out.contains(line.startsWith("#") ? line : "# " + line), file::toString);
            }
        }
    }

    @Test
    void shouldGoOnAfterAnErrorAndCountIt() throws IOException {
        final Path recipe = directory.resolve("wrong");
        Files.writeString(recipe, "nfv 1; patch phy:0 ring:7\nbogus\nnfv 1; forward\n");
        assertEquals(1, shell.run("playback " + recipe, "# goes on"));
        assertEquals(
                "# nfv 1; patch phy:0 ring:7\n# bogus\n# nfv 1; forward\nStart forwarding.\n# goes on\n", shell.out());
        assertEquals(
                "Error: patch phy:0 ring:7 failed\n*** Unknown syntax: bogus\nplayback: 2 line(s) failed\n",
                shell.err());
    }

    @Test
    void shouldAppendARecipeInsideARecipe() throws IOException {
        final Path inner = directory.resolve("inner");
        final Path outer = directory.resolve("outer");
        Files.writeString(inner, "nfv 2; forward\n");
        Files.writeString(outer, "playback " + inner + "\nnfv 1; forward\n");
        assertEquals(0, shell.run("playback " + outer));
        assertEquals(
                "# playback " + inner + "\n# nfv 1; forward\nStart forwarding.\n# nfv 2; forward\nStart forwarding.\n",
                shell.out());
    }

    @Test
    void shouldEndARecipeThatPlaysItself() throws IOException {
        final Path recipe = directory.resolve("self");
        Files.writeString(recipe, "playback " + recipe + "\n");
        assertEquals(1, shell.run("playback " + recipe));
        assertEquals(
                "Error: recipes play each other more than " + Playback.MAX_DEPTH
                        + " deep.\nplayback: 1 line(s) failed\n",
                shell.err());
    }

    /** Each time it is played ten thousand more lines wait. */
    @Test
    void shouldEndARecipeThatPlaysItselfAgainAndAgain() throws IOException {
        final Path recipe = directory.resolve("self");
        Files.writeString(recipe, ("playback " + recipe + "\n").repeat(10_000));
        assertEquals(1, shell.run("playback " + recipe));
        assertTrue(shell.err()
                .endsWith("Error: more than " + Playback.MAX_LINES + " lines wait to be played, do recipes play each"
                        + " other? The rest is not played.\nplayback: 1 line(s) failed\n"));
        Files.writeString(recipe, "\n".repeat(Playback.MAX_LINES + 1));
        assertEquals(1, shell.run("playback " + recipe));
        assertTrue(shell.err().contains("self has more than " + Playback.MAX_LINES + " lines."));
    }

    /** Number 202 of the catalogue of bad inputs: refused whole, before its first line. */
    @Test
    void shouldRefuseARecipeThatIsTooLargeOrNoText() throws IOException {
        final Path recipe = directory.resolve("large");
        Files.writeString(recipe, "nfv 1; forward\n");
        try (RandomAccessFile file = new RandomAccessFile(recipe.toFile(), "rw")) {
            file.setLength(100 << 20); // a hole
        }
        assertEquals(1, shell.run("playback " + recipe));
        assertTrue(shell.err().contains("large has more than 8388608 bytes."));
        Files.write(recipe, new byte[] {'n', (byte) 0xff, '\n'});
        assertEquals(1, shell.run("playback " + recipe));
        assertTrue(shell.err().contains("large is no text file in UTF-8."));
        assertEquals(List.of("_get_client_id"), first.requests());
    }

    private static Path recipes() throws URISyntaxException {
        return Path.of(PlaybackTest.class.getResource("/recipes/spp_nfv").toURI());
    }
}
