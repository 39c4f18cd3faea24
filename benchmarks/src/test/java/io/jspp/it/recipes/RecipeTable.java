package io.jspp.it.recipes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code recipes.txt}: paragraphs of steps; the head of the file tells what they mean. */
final class RecipeTable {
    private static final Pattern TRAFFIC = Pattern.compile("(\\S+?)(?:\\[(\\S+)])? -> (.+?)(?: via (.+))?");

    private RecipeTable() {}

    /** Steps under a comment that names them. */
    record Paragraph(String title, List<Step> steps) {}

    /**
     * One line, with those that belong to it.
     *
     * @param place file and line, for messages
     * @param text what follows the verb
     * @param details lines below it that begin with a bar or an exclamation mark, without that
     */
    record Step(String place, String verb, String text, List<String> details) {}

    /**
     * Frames and where they go.
     *
     * @param destination their destination address
     * @param to ports; empty for nowhere
     * @param held whether they come out later
     */
    record Flow(String from, String destination, List<String> to, boolean held, List<String> via) {
        private static final String USUAL_DESTINATION = "02:00:00:00:00:01";

        static Flow parse(String text) {
            Matcher parts = TRAFFIC.matcher(text);
            if (!parts.matches()) {
                throw new IllegalArgumentException(text);
            }
            String to = parts.group(3);
            boolean nowhere = to.equals("-") || to.equals("held");
            return new Flow(
                    parts.group(1),
                    parts.group(2) == null ? USUAL_DESTINATION : parts.group(2),
                    nowhere ? List.of() : List.of(to.split(" ")),
                    to.equals("held"),
                    parts.group(4) == null ? List.of() : List.of(parts.group(4).split(" ")));
        }
    }

    static List<Paragraph> read(Path file) throws IOException {
        List<Paragraph> paragraphs = new ArrayList<>();
        List<String> lines = Files.readAllLines(file);
        String title = "";
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.startsWith("#")) {
                title = line.substring(1).strip();
            } else if (line.startsWith("| ") || line.startsWith("! ")) {
                List<Step> steps = paragraphs.get(paragraphs.size() - 1).steps();
                steps.get(steps.size() - 1).details().add(line.substring(2));
            } else if (!line.isBlank()) {
                if (!title.isEmpty()) {
                    paragraphs.add(new Paragraph(title, new ArrayList<>()));
                    title = "";
                }
                String place = file.getFileName() + ":" + (i + 1) + ": " + line;
                boolean traffic = TRAFFIC.matcher(line).matches() && !line.startsWith("run ");
                String verb = traffic ? "->" : line.split(" ", 2)[0];
                String text = traffic ? line : line.substring(verb.length()).strip();
                paragraphs.get(paragraphs.size() - 1).steps().add(new Step(place, verb, text, new ArrayList<>()));
            }
        }
        return paragraphs;
    }
}
