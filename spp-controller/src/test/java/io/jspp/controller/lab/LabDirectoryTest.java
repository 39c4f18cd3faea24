package io.jspp.controller.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.process.DetachedProcess;
import io.jspp.controller.process.SppProcess;
import io.jspp.testing.JvmCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Who may touch the directory of a lab, and which processes belong to it. */
class LabDirectoryTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String NAME = "test-" + ProcessHandle.current().pid();

    @TempDir
    private Path files;

    private final LabDirectory directory = LabDirectory.create(NAME);

    @AfterEach
    void remove() {
        directory.remove();
    }

    /** Prints the processes of a lab. */
    public static void main(String[] arguments) {
        LabDirectory.of(arguments[0]).marked().forEach(process -> System.out.println(process.pid()));
    }

    /** {@code lab down} typed in a shell inside a node has the lab's mark too. */
    @Test
    void shouldFindAllProcessesOfTheLabButTheOneThatLooks() {
        Map<String, String> mark = Map.of(LabDirectory.MARK, directory.toString());
        List<String> look = new ArrayList<>(JvmCommand.of(LabDirectoryTest.class));
        look.add(NAME);
        try (SppProcess sleeper = SppProcess.start("sleep", mark, List.of("sleep", "600"));
                SppProcess looker = SppProcess.start("look", mark, look)) {
            assertEquals(0, looker.awaitExit(LIMIT), looker.tail());
            assertEquals(List.of(Long.toString(sleeper.pid())), looker.out());
        }
    }

    @Test
    void shouldNotRemoveWhatAnotherCommandIsStarting() throws Exception {
        Path file = Files.writeString(
                files.resolve("lab.yaml"),
                "name: " + NAME
                        + "\nprimary: -l 0\nsecondaries: []\nnodes:\n  a: {kind: namespace, cards: [{address: 10.0.0.1/8}]}\n");
        directory.note("variant", "");
        List<String> words = new ArrayList<>(JvmCommand.of(LabMain.class, "-Dspp.home=" + files));
        words.addAll(List.of("up", file.toString()));
        try (AutoCloseable lock = directory.lock();
                SppProcess up = SppProcess.start("up", Map.of(), words)) {
            assertEquals(1, up.awaitExit(LIMIT), up.tail());
            assertEquals(
                    List.of("spp lab: another command is starting or ending this lab: wait for its end"), up.err());
            assertTrue(directory.noted("variant").isPresent());
        }
    }

    /** The caller's shell may have variables for a switch of its own. */
    @Test
    void shouldGiveProcessesNoneOfTheCallersPlaces() throws Exception {
        Path log = files.resolve("log");
        Map<String, String> environment = directory.environment();
        DetachedProcess process = DetachedProcess.start(
                "env", environment, log, List.of("sh", "-c", "echo run=$SPP_RUN_DIR prefix=$SPP_FILE_PREFIX"));
        process.awaitLine(java.util.regex.Pattern.compile("^run= prefix=$"), LIMIT);
        for (String variable : List.of("SPP_RUN_DIR", "SPP_FILE_PREFIX", "SPP_SOCK_DIR", "SPP_CONF")) {
            assertEquals("", environment.get(variable), variable);
        }
    }

    @Test
    void shouldOfferTheCommandsThatItNames() {
        assertEquals(
                List.of("up", "check", "status", "exec", "topo", "down"),
                List.copyOf(new CommandLine(new LabMain()).getSubcommands().keySet()));
    }
}
