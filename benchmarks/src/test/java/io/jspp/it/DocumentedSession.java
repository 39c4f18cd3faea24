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
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A session that a page shows in its {@code console} blocks, typed as it stands there: processes that stay are started, and waited for; lines behind
 * {@code spp >} go to a shell; everything else is run, and must end with 0. What is printed on the page between commands is not looked at.
 */
final class DocumentedSession {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern BLOCK = Pattern.compile("```console\n(.*?)```", Pattern.DOTALL);
    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");
    private static final Pattern CONNECTED = Pattern.compile("connected to ctl");
    private static final Pattern READY = Pattern.compile("\\bready\\b");
    private static final String PROMPT = "spp > ";
    private static final Set<String> STAYING = Set.of("ctl", "primary", "nfv", "vf", "mirror", "pcap");

    private final SppCluster cluster;
    private final List<SppProcess> processes = new ArrayList<>();
    private final List<String> shellLines = new ArrayList<>();
    private final List<String> shellOutput = new ArrayList<>();

    DocumentedSession(SppCluster cluster) {
        this.cluster = cluster;
    }

    /** The commands of a page below the project's directory. */
    static List<String> commands(String page) throws IOException {
        Path file = ProjectHome.directory().resolve(page);
        List<String> commands = new ArrayList<>();
        Matcher block = BLOCK.matcher(Files.readString(file));
        while (block.find()) {
            block.group(1)
                    .lines()
                    .filter(line -> line.startsWith("$ ") || line.startsWith(PROMPT))
                    .map(line -> line.replaceFirst("^\\$ ", "")
                            .replaceFirst("\\s+# .*", "")
                            .strip())
                    .forEach(commands::add);
        }
        return commands;
    }

    /** Those of them that are typed at the shell's prompt, without it. */
    static List<String> shellLines(String page) throws IOException {
        return commands(page).stream()
                .filter(command -> command.startsWith(PROMPT))
                .map(command -> command.substring(PROMPT.length()))
                .toList();
    }

    /** The lines of the page's session that begins with this line: what is typed at the prompt, and what is printed between. */
    static List<String> block(String page, String firstLine) throws IOException {
        Matcher block = BLOCK.matcher(Files.readString(ProjectHome.directory().resolve(page)));
        while (block.find()) {
            List<String> lines = block.group(1).lines().toList();
            if (lines.get(0).equals(firstLine)) {
                return lines;
            }
        }
        throw new AssertionError(page + " shows no session that begins with " + firstLine);
    }

    /** Runs them all, one after the other. */
    void run(List<String> commands) {
        for (String command : commands) {
            if (command.startsWith(PROMPT)) {
                shellLines.add(command.substring(PROMPT.length()));
            } else {
                endShell();
                if (!command.equals("./spp")) {
                    runOne(words(
                            command.replace("RUN_DIR", cluster.runDirectory().toString())));
                }
            }
        }
        endShell();
    }

    private void runOne(List<String> words) {
        boolean stays = STAYING.contains(words.get(0));
        List<String> all = new ArrayList<>(words);
        if (stays && !words.get(0).equals("ctl")) {
            all.addAll(1, List.of("--file-prefix", cluster.prefix()));
        }
        SppProcess process = cluster.start(words.get(0), all);
        if (stays) {
            cluster.awaitReady(process);
            if (!words.get(0).equals("ctl")) {
                process.awaitLine(CONNECTED, LIMIT);
            }
            processes.add(process);
        } else if (words.subList(0, Math.min(2, words.size())).equals(List.of("guest", "answer"))) {
            process.awaitLine(READY, LIMIT);
        } else {
            assertEquals(0, process.awaitExit(LIMIT), words + process.tail());
        }
    }

    /** As one shell that gets them one after the other. */
    private void endShell() {
        if (shellLines.isEmpty()) {
            return;
        }
        List<String> words = new ArrayList<>(List.of("cli"));
        shellLines.forEach(line -> words.addAll(List.of("-c", line)));
        shellLines.clear();
        SppProcess shell = cluster.start("cli", words);
        assertEquals(0, shell.awaitExit(LIMIT), shell.tail());
        shellOutput.addAll(shell.out());
    }

    /** What all shells printed. */
    List<String> shellOutput() {
        return shellOutput;
    }

    /** Processes that stay, in the order in which they were started. */
    List<SppProcess> processes() {
        return processes;
    }

    /** Without {@code ./spp}; quotes keep words together. */
    static List<String> words(String command) {
        List<String> words = new ArrayList<>();
        Matcher word = WORD.matcher(command);
        while (word.find()) {
            words.add(word.group(1) == null ? word.group(2) : word.group(1));
        }
        assertEquals("./spp", words.remove(0), command);
        return words;
    }
}
