package io.jspp.it.recipes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.process.SppProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Sessions of a page of the documentation: blocks of {@code console}, where lines behind a prompt are typed and those below are what is printed, and
 * files: blocks of {@code text NAME}.
 */
final class PageSessions {
    private static final String FENCE = "```";
    private static final String SHELL_PROMPT = "spp > ";
    private static final String PROMPT = "$ ";
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final List<List<String>> sessions = new ArrayList<>();
    private final Map<String, List<String>> files = new LinkedHashMap<>();

    private PageSessions() {}

    static PageSessions read(Path page) throws IOException {
        PageSessions result = new PageSessions();
        List<String> block = null;
        for (String line : Files.readAllLines(page)) {
            if (line.equals(FENCE)) {
                block = null;
            } else if (line.equals(FENCE + "console")) {
                block = new ArrayList<>();
                result.sessions.add(block);
            } else if (line.startsWith(FENCE + "text ")) {
                block = new ArrayList<>();
                result.files.put(line.split(" ")[1], block);
            } else if (block != null) {
                block.add(line);
            }
        }
        return result;
    }

    void writeFiles(Path directory) throws IOException {
        for (Map.Entry<String, List<String>> file : files.entrySet()) {
            Files.write(directory.resolve(file.getKey()), file.getValue());
        }
    }

    /**
     * Runs the sessions that mention a word.
     *
     * @param command what stands for {@code ./spp cli} in lines behind a dollar sign, which run in {@code directory}
     */
    void run(String word, ShellSession shell, List<String> command, Path directory) {
        int run = 0;
        for (List<String> session : sessions) {
            if (session.stream().anyMatch(line -> line.contains(word))) {
                run++;
                runOne(session, shell, command, directory);
            }
        }
        assertTrue(run > 0, "no session mentions " + word);
    }

    private static void runOne(List<String> session, ShellSession shell, List<String> command, Path directory) {
        int at = 0;
        while (at < session.size()) {
            String typed = session.get(at++);
            List<String> expected = new ArrayList<>();
            while (at < session.size()
                    && !session.get(at).startsWith(SHELL_PROMPT)
                    && !session.get(at).startsWith(PROMPT)) {
                expected.add(session.get(at++));
            }
            List<String> printed = typed.startsWith(SHELL_PROMPT)
                    ? shell.run(typed.substring(SHELL_PROMPT.length()))
                    : outside(typed.substring(PROMPT.length()), command, directory);
            assertEquals(expected, printed, typed);
        }
    }

    private static List<String> outside(String typed, List<String> command, Path directory) {
        String line = typed.replace("./spp cli", String.join(" ", command));
        SppProcess process = SppProcess.start(
                "session",
                Map.of("SPP_NO_BUILD", "1"),
                List.of("sh", "-c", "exec 2>&1; cd " + directory + "; " + line));
        process.awaitExit(LIMIT);
        return process.out();
    }
}
