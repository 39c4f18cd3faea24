package io.jspp.controller.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.ScriptedProcess;
import io.jspp.controller.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the shell does itself: config, plugins, JSON output, helpers. */
class ShellToolsTest extends ShellFixture {
    ShellToolsTest() {
        super(false);
    }

    @BeforeEach
    void start() throws IOException {
        assertEquals(0, shell.run("cd " + directory));
        shell.out();
    }

    /** The lines of SPP's own session. */
    @Test
    void shouldShowAndSetTheConfig() {
        assertEquals(
                0,
                shell.run(
                        "config topo_size",
                        "config sec_mem \"--socket-mem 512,0\"",
                        "config prompt \"$ spp \"",
                        "config sec_pcap_"));
        assertEquals("""
            - topo_size: "60%"	# Percentage or ratio of topo
            Set sec_mem: "--socket-mem 512,0"
            Set prompt: "$ spp "
            - sec_pcap_nof_lcores: "2"	# Default num of lcores for workers of spp_pcap
            - sec_pcap_port: "phy:0"	# Default port of spp_pcap
            """, shell.out());
        assertEquals("$ spp ", shell.prompt());
        assertEquals(0, shell.run("config"));
        assertEquals(12, shell.out().lines().count());
        assertEquals(
                List.of(
                        "sec_mem",
                        "sec_m_lcore",
                        "sec_wait_launch",
                        "sec_vhost_cli",
                        "sec_nfv_nof_lcores",
                        "sec_vf_nof_lcores",
                        "sec_mirror_nof_lcores",
                        "sec_pcap_nof_lcores",
                        "sec_pcap_port"),
                shell.complete("config sec_"));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "max_secondary | abc",
                "max_secondary | -1",
                "topo_size | 0%",
                "topo_size | 101%",
                "topo_size | 1.5",
                "topo_size | 0.0",
                "sec_mem | 512",
                "sec_mem | --socket-mem",
                "sec_pcap_port | vhost:0",
                "sec_wait_launch | soon",
            })
    void shouldRefuseValues(final String key, final String value) {
        final String before = shell.config().get(key);
        assertEquals(1, shell.run("config " + key + ' ' + value));
        assertTrue(shell.err().startsWith("Invalid value \"" + value + "\" for \"" + key + "\"\n"));
        assertEquals(before, shell.config().get(key));
    }

    @ParameterizedTest
    @CsvSource({"topo_size,50%", "topo_size,0.5", "topo_size,1", "sec_vhost_cli,yes", "sec_pcap_port,ring:3"})
    void shouldTakeValues(final String key, final String value) {
        assertEquals(0, shell.run("config " + key + ' ' + value));
        assertEquals(value, shell.config().get(key));
    }

    @Test
    void shouldReadAConfigFileWholeOrNotAtAll() throws Exception {
        final Path file = directory.resolve("config.yml");
        Files.writeString(file, "max_secondary:\n  val: 32\n  desc: many\nprompt: \"> \"\n");
        shell.config().load(file);
        assertEquals("32", shell.config().get("max_secondary"));
        assertEquals("> ", shell.prompt());
        Files.writeString(file, "prompt: x\nmax_secondary: many\n");
        final ShellException wrong =
                assertThrows(ShellException.class, () -> shell.config().load(file));
        assertEquals("Invalid value \"many\" for \"max_secondary\" (in " + file + ')', wrong.getMessage());
        assertEquals("> ", shell.prompt());
        for (final String text : List.of("- a\n", "a: [", "nosuch: 1\n", "")) {
            Files.writeString(file, text);
            assertThrows(ShellException.class, () -> shell.config().load(file), text);
        }
        assertThrows(ShellException.class, () -> shell.config().load(directory.resolve("nosuch")));
    }

    @Test
    void shouldLoadAScriptAsACommand() throws IOException {
        Files.createDirectory(directory.resolve("plugins"));
        Files.writeString(
                directory.resolve("plugins/hello.spp"),
                "# Say hello.\n#\n#         spp > hello alice\necho Hello, $*!\n");
        Files.writeString(directory.resolve("plugins/plug.spp"), """
            nfv $1; add $2
            nfv $1; patch phy:0 $2

            # both ways
            nfv $1; patch $2 phy:0
            """);
        assertEquals(
                0,
                shell.run(
                        "load_cmd hello",
                        "hello alice",
                        "help hello",
                        "load_cmd plug",
                        "plug 1 ring:0",
                        "load_cmd plug"));
        assertEquals("""
            Module 'hello' loaded.
            Hello, alice!
            Say hello.

                    spp > hello alice

            Module 'plug' loaded.
            Add ring:0.
            Patch ports (phy:0 -> ring:0).
            Patch ports (ring:0 -> phy:0).
            Module 'plug' loaded.
            """, shell.out());
        assertEquals(1, shell.run("plug 1"));
        assertTrue(shell.err().startsWith("Port is required! (plug line 1)\n"));
        assertEquals(List.of("hello", "plug"), shell.complete("load_cmd "));
        assertTrue(shell.complete("hel").containsAll(List.of("hello", "help")));
    }

    @Test
    void shouldNotLoadWhatIsNoPlugin() throws IOException {
        Files.createDirectory(directory.resolve("plugins"));
        Files.writeString(directory.resolve("plugins/status.spp"), "echo mine\n");
        Files.writeString(directory.resolve("plugins/loop.spp"), "loop\n");
        assertEquals(1, shell.run("load_cmd status"));
        assertTrue(shell.err().startsWith("Error: \"status\" is a command of the shell itself.\n"));
        assertEquals(1, shell.run("load_cmd nosuch"));
        assertTrue(shell.err()
                .startsWith("Error: there is no nosuch.spp or nosuch.java in " + directory.resolve("plugins")));
        assertEquals(1, shell.run("load_cmd ../etc/passwd"));
        assertEquals(1, shell.run("load_cmd"));
        shell.err();
        assertEquals(1, shell.run("load_cmd loop", "loop"));
        assertTrue(shell.err().startsWith("Error: the plugin loop calls itself more than 16 deep. (loop line 1)"));
        Files.writeString(directory.resolve("plugins/again.spp"), "load_cmd again\nagain\n");
        assertEquals(1, shell.run("load_cmd again", "again"));
        assertTrue(shell.err().startsWith("Error: the plugin again calls itself more than 16 deep. (again line 2)"));
    }

    @Test
    void shouldPrintJsonOnRequest() throws Exception {
        Files.writeString(directory.resolve("history"), "status\nnfv 1; status\n");
        assertEquals(
                0,
                shell.run(
                        "status -o json",
                        "nfv 1; status -o json",
                        "server -o json",
                        "server list -o json",
                        "history -o json"));
        final List<String> lines = shell.out().lines().toList();
        final String address = "127.0.0.1:" + ctl.controller().restPort();
        assertEquals(
                Map.of("address", address, "processes", List.of(Map.of("type", "nfv", "client-id", 1))),
                Json.parse(lines.get(0)));
        assertEquals(Json.parse(ctl.get("/v1/nfvs/1").body()), Json.parse(lines.get(1)));
        assertEquals(List.of(Map.of("address", address, "current", true)), Json.parse(lines.get(2)));
        assertEquals(lines.get(2), lines.get(3));
        assertEquals(List.of("status", "nfv 1; status"), Json.parse(lines.get(4)));
        assertEquals(
                0, shell.run("config prompt -o json", "inspect -o json", "env PATH -o json", "nfv 1; forward -o json"));
        final List<String> more = shell.out().lines().toList();
        assertEquals(Map.of("prompt", "spp > "), Json.parse(more.get(0)));
        assertEquals(
                directory.toString(), Json.asObject(Json.parse(more.get(1))).get("directory"));
        assertEquals(
                System.getenv("PATH"), Json.asObject(Json.parse(more.get(2))).get("PATH"));
        assertEquals("Start forwarding.", more.get(3));
        Files.createDirectory(directory.resolve("sub"));
        assertEquals(0, shell.run("pwd -o json", "ls -o json", "help -o json", "help pwd -o json"));
        final List<String> files = shell.out().lines().toList();
        assertEquals(Map.of("directory", directory.toString()), Json.parse(files.get(0)));
        assertEquals(List.of("history", "sub/"), Json.parse(files.get(1)));
        assertTrue(Json.asArray(Json.parse(files.get(2))).contains("topo_subgraph"));
        assertTrue(String.valueOf(Json.parse(files.get(3))).contains("Show current directory."));
        assertEquals(0, shell.run("config prompt"));
        assertEquals("- prompt: \"spp > \"\t# Command prompt\n", shell.out());
    }

    @Test
    void shouldShowFilesAndSurroundings() throws IOException {
        Files.writeString(directory.resolve("file"), "one\ntwo\n");
        assertEquals(0, shell.run("less file", "env PATH", "inspect"));
        final String text = shell.out();
        assertTrue(text.startsWith("one\ntwo\nPATH: " + System.getenv("PATH") + "\n"));
        assertTrue(text.contains("\nrecording: false\n"));
        assertEquals(1, shell.run("less nosuch"));
        assertTrue(shell.err().startsWith("No such a directory.\n"));
    }

    @Test
    @Timeout(20)
    void shouldWaitForAPrimary() throws Exception {
        final ByteArrayOutputStream said = new ByteArrayOutputStream();
        final RestClient client = RestClient.at("127.0.0.1:" + ctl.controller().restPort());
        final PrimaryWait wait = new PrimaryWait(client, new PrintStream(said, true, StandardCharsets.UTF_8));
        final Thread later = new Thread(() -> {
            while (said.size() == 0) {
                Thread.onSpinWait();
            }
            try {
                ScriptedProcess.primary(ctl.controller());
            } catch (final IOException failure) {
                throw new IllegalStateException(failure);
            }
        });
        later.start();
        wait.run();
        later.join();
        assertEquals("Waiting for spp_primary is ready ...\n", said.toString(StandardCharsets.UTF_8));
    }
}
