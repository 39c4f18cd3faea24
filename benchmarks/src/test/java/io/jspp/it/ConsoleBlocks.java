package io.jspp.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jspp.controller.process.SppCluster;
import io.jspp.controller.process.SppProcess;
import io.jspp.testing.ProjectHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sessions that a page shows: typed lines behind the prompt, and under each what it prints. */
final class ConsoleBlocks {
    private static final String PROMPT = "spp > ";
    private static final Pattern FILE = Pattern.compile("\\b(\\w+\\.yaml)\\b");
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private ConsoleBlocks() {}

    static List<String> of(String page) throws IOException {
        return of(page, "console");
    }

    /** Blocks of one kind, in order. */
    static List<String> of(String page, String kind) throws IOException {
        Matcher matcher = Pattern.compile("(?s)```" + kind + "\n(.*?)```")
                .matcher(Files.readString(ProjectHome.directory().resolve(page)));
        List<String> blocks = new ArrayList<>();
        while (matcher.find()) {
            blocks.add(matcher.group(1));
        }
        return blocks;
    }

    /**
     * Types the lines of a block into one shell. When the block shows output, all of it must come; what the last line says about a failure, on stderr.
     *
     * @param directory where the page's YAML files are
     */
    static void run(SppCluster cluster, Path directory, String block) {
        List<String> command = new ArrayList<>(List.of("cli", "-b", "127.0.0.1:" + cluster.restPort()));
        List<String> shown = new ArrayList<>();
        for (String line : block.lines().toList()) {
            if (line.startsWith(PROMPT)) {
                command.add("-c");
                command.add(FILE.matcher(line.substring(PROMPT.length())).replaceAll(directory + "/$1"));
            } else {
                shown.add(line);
            }
        }
        SppProcess shell = cluster.start("cli", command);
        int exit = shell.awaitExit(LIMIT);
        List<String> printed = new ArrayList<>(shell.out());
        if (exit != 0 && !shell.err().isEmpty()) {
            printed.add(shell.err().get(0));
        }
        printed.replaceAll(line -> line.replace(directory + "/", ""));
        cluster.end(shell);
        if (shown.isEmpty()) {
            assertEquals(0, exit, shell::tail);
        } else {
            assertEquals(shown, printed, shell::tail);
        }
    }
}
