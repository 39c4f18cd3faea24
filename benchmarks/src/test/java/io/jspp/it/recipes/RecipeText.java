package io.jspp.it.recipes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;

/** What SPP's shell prints for the lines of a recipe: an echo of each, and its message. */
final class RecipeText {
    private RecipeText() {}

    /**
     * Checks what a recipe has printed on stdout.
     *
     * @param failing lines that print nothing there
     */
    static void check(String recipe, List<String> lines, List<String> failing, List<String> played) {
        List<String> echoes = lines.stream().map(RecipeText::echo).toList();
        int at = 0;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            String where = recipe + " line " + (i + 1) + " in:\n" + String.join("\n", played) + "\n";
            assertTrue(at < played.size(), where);
            assertEquals(echoes.get(i), played.get(at++), where);
            if (isComment(line) || failing.contains(line)) {
                continue;
            }
            List<String> printed = new ArrayList<>();
            String following = i + 1 < lines.size() ? echoes.get(i + 1) : null;
            while (at < played.size() && !played.get(at).equals(following)) {
                printed.add(played.get(at++));
            }
            String message = message(line);
            if (message != null) {
                assertEquals(message.isEmpty() ? List.of() : List.of(message), printed, where);
            } else {
                assertTrue(!printed.isEmpty(), where);
            }
        }
        assertEquals(played.size(), at, recipe);
    }

    private static boolean isComment(String line) {
        return line.isBlank() || line.startsWith("#");
    }

    private static String echo(String line) {
        return line.startsWith("#") ? line : ("# " + line).strip();
    }

    /** SPP's message for a line, empty for none, or null for one that prints more. */
    private static String message(String line) {
        String[] words = line.split("[; ]+");
        return switch (words[0]) {
            case "server" ->
                words[1].equals("add")
                        ? "Registered spp-ctl \"" + words[2] + ":7777\"."
                        : "Switch spp-ctl to \"" + words[1] + ": 192.168.11.10" + words[1] + ":7777\".";
            case "topo_subgraph" -> "Add subgraph '" + words[2] + "'";
            case "playback" -> "";
            case "nfv" -> nfv(words);
            case "vf", "mirror", "pcap" -> other(words);
            case "pri" ->
                words[1].equals("launch") ? "Send request to launch " + words[2] + ':' + words[3] + '.' : null;
            default -> null;
        };
    }

    private static String nfv(String[] words) {
        return switch (words[2]) {
            case "add" -> "Add " + words[3] + '.';
            case "del" -> "Delete " + words[3] + '.';
            case "forward" -> "Start forwarding.";
            case "stop" -> "Stop forwarding.";
            case "exit" -> "Exit nfv " + words[1];
            case "patch" ->
                words[3].equals("reset")
                        ? "Clear all of patches."
                        : "Patch ports (" + words[3] + " -> " + words[4] + ").";
            default -> null;
        };
    }

    private static String other(String[] words) {
        return switch (words[2]) {
            case "component" ->
                words[3].equals("start")
                        ? "Succeeded to start component '" + words[4] + "' on core:" + words[5]
                        : "Succeeded to delete component '" + words[4] + "'";
            case "port" -> "Succeeded to " + words[3] + " port";
            case "classifier_table" -> "Succeeded to " + words[3];
            case "exit" -> "Exit " + words[0] + ' ' + words[1] + '.';
            case "start" -> "Start packet capture.";
            case "stop" -> "Stop packet capture.";
            default -> null;
        };
    }
}
