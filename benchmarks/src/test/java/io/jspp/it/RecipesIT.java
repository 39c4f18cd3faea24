package io.jspp.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.process.NetworkNamespace;
import io.jspp.controller.process.SppCluster;
import io.jspp.testing.Need;
import io.jspp.testing.ProjectHome;
import io.jspp.testing.Requires;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SPP's recipes for spp_nfv against real processes with two real interfaces, with the output of SPP's shell. */
@Tag("network")
@Tag("once")
@Requires({Need.NET_ADMIN, Need.IP})
class RecipesIT {
    private static final String PID = Long.toString(ProcessHandle.current().pid() % 100_000);
    private static final Path RECIPES =
            ProjectHome.directory().resolve("spp-controller/src/test/resources/recipes/spp_nfv");

    @Test
    void shouldPlayEveryRecipeForNfv(@TempDir final Path captures) throws IOException {
        final List<Path> recipes;
        try (Stream<Path> tree = Files.walk(RECIPES)) {
            recipes = tree.filter(Files::isRegularFile).sorted().toList();
        }
        assertEquals(22, recipes.size());
        try (NetworkNamespace first = NetworkNamespace.open();
                NetworkNamespace second = NetworkNamespace.open();
                SppCluster cluster =
                        new SppCluster("recipes", ProjectHome.launcher().toString(), line -> {})) {
            // What the recipes capture stays where --sock-dir says, for the user to look at.
            cluster.environment("SPP_SOCK_DIR", captures.toString());
            first.addVeth("sppa" + PID, "10.9.6.1/24");
            second.addVeth("sppb" + PID, "10.9.6.2/24");
            cluster.startController();
            cluster.startPrimary(
                    8,
                    "0x03",
                    "--vdev",
                    "net_af_packet0,iface=sppa" + PID,
                    "--vdev",
                    "net_af_packet1,iface=sppb" + PID);
            cluster.startNfv(1);
            cluster.startNfv(2);
            for (final Path recipe : recipes) {
                // A line that fails makes the shell end with 1, which throws here.
                assertPlayed(recipe, cluster.shell("playback " + recipe));
            }
        }
    }

    /** What SPP's shell prints: an echo of each line, then its message; statuses are looked at where they end a recipe. */
    private static void assertPlayed(final Path recipe, final List<String> played) throws IOException {
        final List<String> expected = new ArrayList<>();
        for (final String line : Files.readAllLines(recipe)) {
            expected.add(line.startsWith("#") ? line : "# " + line);
            final String message = message(line);
            if (message != null) {
                expected.add(message);
            }
        }
        final List<String> messages = played.stream().filter(expected::contains).toList();
        assertEquals(expected, messages, () -> recipe + ":\n" + String.join("\n", played));
        if (recipe.endsWith("dual_with_ring/bi_directional_l2fwd/1_ring_dual_bidir.rcp")) {
            final String text = String.join("\n", played);
            assertTrue(text.endsWith("""
                            # nfv 1; status
                            - status: running
                            - lcore_ids:
                              - master: 0
                              - slave: 1
                            - ports:
                              - phy:0 -> ring:0
                              - phy:1
                              - ring:0
                              - ring:1 -> phy:0
                            # nfv 2; status
                            - status: running
                            - lcore_ids:
                              - master: 0
                              - slave: 1
                            - ports:
                              - phy:0
                              - phy:1 -> ring:1
                              - ring:0 -> phy:1
                              - ring:1"""), text);
        }
    }

    /** SPP's message for a line of these recipes, or null for one that prints more. */
    private static String message(final String line) {
        final String[] words = line.split("[; ]+");
        if (!words[0].equals("nfv")) {
            return null;
        }
        return switch (words[2]) {
            case "add" -> "Add " + words[3] + '.';
            case "del" -> "Delete " + words[3] + '.';
            case "forward" -> "Start forwarding.";
            case "stop" -> "Stop forwarding.";
            case "patch" ->
                words[3].equals("reset")
                        ? "Clear all of patches."
                        : "Patch ports (" + words[3] + " -> " + words[4] + ").";
            default -> null;
        };
    }
}
