package io.jspp.controller.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code save check diff apply undo} with an nfv that keeps what it was told; StateIT has the real ones. */
class StateCommandsTest extends ShellFixture {
    private static final String WANTED = """
            version: 1
            secondaries:
              - {type: nfv, id: 1, running: true, ports: [ring:0], patches: [phy:0 -> ring:0]}
            """;

    private Path wanted;

    @BeforeEach
    void start() throws IOException {
        wanted = Files.writeString(directory.resolve("wanted.yaml"), WANTED);
    }

    @Test
    void shouldApplyOnceAndUndoInAnotherShell() throws IOException {
        assertEquals(0, shell.run("diff " + wanted), shell.err());
        assertEquals("nfv 1; add ring:0\nnfv 1; patch phy:0 ring:0\nnfv 1; forward\n", shell.out());
        assertEquals(0, shell.run("apply " + wanted), shell.err());
        assertTrue(shell.out().endsWith("Start forwarding.\nApplied " + wanted + ": 3 commands.\n"));
        assertEquals(0, shell.run("apply " + wanted, "check " + wanted), shell.err());
        assertEquals(
                "Nothing to do: the state is that of " + wanted + ".\nThe state is that of " + wanted + ".\n",
                shell.out());
        ShellHarness other = newShell();
        assertEquals(0, other.run("undo"), other.err());
        assertTrue(other.out().endsWith("Undone: 3 commands.\n"));
        assertEquals(1, other.run("undo"));
        assertTrue(other.err().startsWith("Error: there is no apply to undo.\n"));
        assertEquals(1, shell.run("check " + wanted + " -o json"));
        assertEquals(
                "{\"equal\": false, \"differences\": [\"- nfv 1: stopped\", \"+ nfv 1: forwarding\","
                        + " \"+ nfv 1: patch phy:0 -> ring:0\", \"+ nfv 1: port ring:0\"]}\n",
                shell.out());
    }

    @Test
    void shouldStopAtTheFirstCommandThatFailsAndGoBack() throws IOException {
        Files.writeString(wanted, WANTED.replace("phy:0 ->", "phy:7 ->"));
        assertEquals(1, shell.run("apply " + wanted));
        assertTrue(
                shell.err()
                        .contains("apply stopped: 1 of 3 commands are done, failed at \"nfv 1; patch phy:7 ring:0\";"
                                + " undo goes back to what there was before"),
                shell.err());
        assertEquals(0, shell.run("undo"), shell.err());
        assertTrue(shell.out().endsWith("# nfv 1; del ring:0\nDelete ring:0.\nUndone: 1 command.\n"));
    }

    @Test
    void shouldDoNothingWhenAProcessIsMissingOrTheFileIsWrong() throws IOException {
        List<String> before = nfv.requests();
        Files.writeString(wanted, WANTED.replace("id: 1", "id: 9"));
        assertEquals(1, shell.run("apply " + wanted));
        assertTrue(shell.err().startsWith("Error: nfv 9 is not running: ./spp nfv -l 0,1 -- --client-id 9"));
        Files.writeString(wanted, WANTED.replace("ports", "prots"));
        for (String command : List.of("apply ", "diff ", "check ")) {
            assertEquals(1, shell.run(command + wanted));
            assertTrue(shell.err().startsWith("Error: " + wanted + ":3: there is no key \"prots\" here, only "));
        }
        assertEquals(1, shell.run("apply"));
        assertTrue(shell.err().startsWith("Error: the name of a file is missing: apply FILE\n"));
        assertEquals(1, shell.run("undo now"));
        assertTrue(shell.err().startsWith("Error: undo takes no words.\n"));
        assertTrue(nfv.requests().stream().allMatch(request -> before.contains(request) || request.equals("status")));
        assertFalse(Files.exists(directory.resolve(".spp")));
    }

    /** The file, REST's YAML and what was saved are the same; there is no state without a primary. */
    @Test
    void shouldSaveWhatRestTells() throws Exception {
        assertEquals(0, shell.run("apply " + wanted, "save " + directory.resolve("now.yaml")), shell.err());
        String saved = Files.readString(directory.resolve("now.yaml"));
        HttpResponse<String> yaml = ctl.get("/v2/state?format=yaml");
        assertEquals(saved, yaml.body());
        assertTrue(yaml.headers().firstValue("Content-Type").orElse("").startsWith("application/yaml"));
        String json = ctl.get("/v2/state").body();
        assertTrue(
                json.contains("\"secondaries\": [{\"type\": \"nfv\", \"id\": 1, \"lcores\": \"1,2\", \"running\": true,"
                        + " \"ports\": [\"ring:0\"], \"patches\": [\"phy:0 -> ring:0\"]}]"),
                json);
        assertEquals(400, ctl.get("/v2/state?format=xml").statusCode());
        primary.close();
        ctl.awaitProcesses("[{\"type\": \"nfv\", \"client-id\": 1}]");
        assertEquals(400, ctl.get("/v2/state").statusCode());
        assertEquals(1, shell.run("save " + directory.resolve("now.yaml")));
        assertTrue(shell.err().startsWith("Error: No spp_primary is running.\n"));
        assertEquals(saved, Files.readString(directory.resolve("now.yaml")));
    }
}
