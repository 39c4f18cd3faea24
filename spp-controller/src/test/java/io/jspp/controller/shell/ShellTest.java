package io.jspp.controller.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.ScriptedProcess;
import io.jspp.controller.TestController;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The shell's texts, letter by letter as SPP prints them. */
class ShellTest extends ShellFixture {
    @Test
    void shouldShowWhichProcessesThereAre() {
        assertEquals(0, shell.run("status"));
        assertEquals("""
                - spp-ctl:
                  - address: 127.0.0.1:%d
                - primary:
                  - status: running
                - secondary:
                  - processes:
                    1: nfv:1
                """.formatted(ctl.controller().restPort()), shell.out());
    }

    @Test
    void shouldShowThePrimarysStatus() {
        assertEquals(0, shell.run("pri; add ring:0", "pri; patch phy:0 ring:0", "pri; status"));
        assertEquals("""
                Add ring:0.
                Patch ports (phy:0 -> ring:0).
                - lcore_ids:
                  - master: 0
                  - slave: 1
                - forwarder:
                  - status: idling
                  - ports:
                    - phy:0 -> ring:0
                    - phy:1
                    - ring:0
                - pipes:
                - stats
                  - physical ports:
                      ID          rx          tx     tx_drop  rxq  txq mac_addr
                       0           0           0           0    1    1 56:48:4f:53:54:00
                       1    78932932           0           0    1    1 56:48:4f:53:54:01
                  - ring ports:
                      ID          rx          tx     rx_drop     tx_drop
                       0           0           0           0           0
                       1           0           0           0           0
                       2           0           0           0           0
                       3           0           0           0           0
                       4           0           0           0           0
                       5           0           0           0           0
                       6           0           0           0           0
                       7           0           0           0           0
                """, shell.out());
    }

    @Test
    void shouldShowAnNfvsStatus() {
        assertEquals(
                0, shell.run("nfv 1; add ring:0", "nfv 1; add vhost:1", "nfv 1; patch phy:0 ring:0", "nfv 1; forward"));
        assertEquals("Add ring:0.\nAdd vhost:1.\nPatch ports (phy:0 -> ring:0).\nStart forwarding.\n", shell.out());
        assertEquals(0, shell.run("nfv 1; status"));
        assertEquals("""
                - status: running
                - lcore_ids:
                  - master: 1
                  - slave: 2
                - ports:
                  - phy:0 -> ring:0
                  - phy:1
                  - ring:0
                  - vhost:1
                """, shell.out());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pri; clear | Clear port statistics.",
                "pri; forward | Start forwarding.",
                "pri; stop | Stop forwarding.",
                "pri; add ring:0 | Add ring:0.",
                "pri;add   vhost:1 | Add vhost:1.",
                "pri ;patch reset | Clear all of patches.",
                "pri; add pipe:0 ring:0 ring:1 | Add pipe:0.",
                "nfv 1; add ring:0 | Add ring:0.",
                "nfv 1 ;  patch phy:0 phy:1 | Patch ports (phy:0 -> phy:1).",
                "nfv 1;forward | Start forwarding.",
                "nfv 1; stop | Stop forwarding.",
                "nfv 1; patch reset | Clear all of patches.",
                "nfv 1; patch del phy:0 | Delete patch of phy:0.",
                "nfv 1; exit | Exit nfv 1",
                "# a comment | # a comment",
                "  // c comment | // c comment",
                "bye | Thank you for using Soft Patch Panel",
                "exit | Thank you for using Soft Patch Panel",
            })
    void shouldSayThatItSucceeded(final String line, final String text) {
        assertEquals(0, shell.run(line));
        assertEquals(text + "\n", shell.out());
        assertEquals("", shell.err());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "bogus cmd | *** Unknown syntax: bogus cmd",
                "nfv 1; bogus | Invalid command \"bogus\".",
                "nfv 9; status | \"nfv 9\" does not exist.",
                "nfv x; status | Invalid command: x;status",
                "nfv 1 | Required an ID and ';' before the command.",
                "nfv 1; add | Port is required!",
                "nfv 1; del | Port is required!",
                "nfv 1; patch | Error: Params are required!",
                "nfv 1; patch phy:0 | Error: Dst port is required!",
                "nfv 1; del phy:0 | Cannot delete phy port 'phy:0'.",
                "nfv 1; del ring:77 | Error: del ring:77 failed",
                "nfv 1; patch phy:9 ring:0 | Error: patch phy:9 ring:0 failed",
                "nfv 1; add ring | Error: invalid value \"ring\": expected TYPE:NUMBER such as ring:0; a pipe also wants"
                        + " its rx and tx ring; usage: add PORT",
                "pri; x | Invalid pri command: 'x'",
                "pri; exit | Invalid pri command: 'exit'",
                "pri; patch phy:0 | Dst port is required!",
                "pri; add pipe:0 | Rx ring is required!",
                "pri | Required ';' before the command.",
                "server 5 | Cannot switch to no existing server \"5\".",
                "server 0 | Server index should be > 0 !",
                "server add | Error: server address is requiired.",
                "server add 300.1.1.1 | Error: Invalid address \"300.1.1.1\".",
                "server add 127.0.0.1:x | Error: Invalid port in \"x\".",
                "server add 127.0.0.1:1 | Is not spp-ctl on \"127.0.0.1:1\", nor correct address?",
                "server del 1 | Cannot del server \"1\" in use!",
                "server del 127.0.0.1:1 | \"127.0.0.1:1\" is not registered.",
                "playback | Record file is required!",
                "playback /no/such/file | Error: File does not exist.",
                "record | Record file is required!",
                "ls /no/such | No such a directory.",
                "cd /no/such | No such a directory.",
                "cat /no/such | No such a directory.",
                "help nosuch | *** No help on nosuch",
                "redo 1 | Error: the history has no line \"1\".",
            })
    void shouldSayWhyNotAndStop(final String line, final String text) {
        assertEquals(1, shell.run("# first", line, "# never"));
        assertEquals("# first\n", shell.out());
        assertEquals(text + "\nstopped at -c 2: " + line + "\n", shell.err());
    }

    @Test
    void shouldNotDeleteAPatchedPort() {
        assertEquals(0, shell.run("nfv 1; add ring:0", "nfv 1; patch phy:0 ring:0"));
        assertEquals(1, shell.run("nfv 1; del ring:0"));
        assertTrue(shell.err().startsWith("Cannot delete patched port 'ring:0'.\n"));
        assertEquals(0, shell.run("nfv 1; patch reset", "nfv 1; del ring:0"));
        assertTrue(shell.out().endsWith("Clear all of patches.\nDelete ring:0.\n"));
    }

    @Test
    void shouldShowQueuesAsPeopleWriteThem() {
        assertEquals(0, shell.run("nfv 1; add phy:0 nq 1", "nfv 1; patch phy:0 nq 1 phy:1"));
        assertEquals("Add phy:0 nq 1.\nPatch ports (phy:0 nq 1 -> phy:1).\n", shell.out());
        assertTrue(nfv.requests().contains("patch phy:0nq1 phy:1"));
    }

    @Test
    void shouldTellAPrimaryWithoutForwarderApart() throws Exception {
        primary.close();
        ctl.awaitProcesses("[{\"type\": \"nfv\", \"client-id\": 1}]");
        assertEquals(1, shell.run("pri; status"));
        assertTrue(shell.err().startsWith("No spp_primary is running.\n"));
        primary = ScriptedProcess.primaryWithoutForwarder(ctl.controller());
        ctl.awaitProcesses("[{\"type\": \"nfv\", \"client-id\": 1}, {\"type\": \"primary\"}]");
        for (final String line : List.of("pri; add ring:0", "pri; patch phy:0 phy:1", "pri; forward", "pri; stop")) {
            assertEquals(1, shell.run(line));
            assertTrue(shell.err().startsWith("No forwarder is running.\n"));
        }
        assertEquals(0, shell.run("pri; add pipe:0 ring:0 ring:1", "pri; del pipe:0", "pri; status"));
        assertFalse(shell.out().contains("forwarder"));
    }

    @Test
    void shouldLaunchWithAndWithoutIdAndRefuseWhatIsUsed() {
        assertEquals(
                0,
                shell.run(
                        "config sec_wait_launch 0",
                        "pri; launch nfv 5 -l 1,2 -m 512 -- -n 5 -s 127.0.0.1:26666",
                        "pri; launch spp_vf -l 1,4-7 -m 512 -- --client-id 6 -s 127.0.0.1:26666 --vhost-client",
                        "pri; launch pcap 7 -l 1-3 --proc-type=secondary -- -n 7 -c phy:0 nq 1 --fsize 1024"));
        assertEquals(
                "Set sec_wait_launch: \"0\"\n"
                        + "Send request to launch nfv:5.\nSend request to launch vf:6.\nSend request to launch pcap:7.\n",
                shell.out());
        assertTrue(primary.requests()
                .containsAll(List.of(
                        "launch 5 spp_nfv -l 1,2 --proc-type secondary -m 512 -- -n 5 -s 127.0.0.1:26666",
                        "launch 6 spp_vf -l 1,4-7 --proc-type secondary -m 512 -- --client-id 6 -s 127.0.0.1:26666"
                                + " --vhost-client",
                        "launch 7 spp_pcap -l 1-3 --proc-type secondary -- -n 7 -c phy:0 nq 1 --fsize 1024")));
        for (final List<String> wrong : List.of(
                List.of("pri; launch", "Invalid syntax! Proc type, ID and options are required."),
                List.of("pri; launch nfv 5 -l 1,2", "Arguments should include separator \"--\"."),
                List.of("pri; launch nfv 1 -l 1,2 -- -n 1", "Secondary ID 1 is already used!"),
                List.of("pri; launch nfv -l 1,2 -- -s 127.0.0.1:26666", "Secondary ID is required!"),
                List.of("pri; launch sh 5 -l 1,2 -- -n 5", "'sh' is not supported in launch cmd."),
                List.of("pri; launch nfv 5 -m 512 -- -n 5", "Error: invalid value \"-m\": expected EAL options"))) {
            assertEquals(1, shell.run(wrong.get(0)));
            assertTrue(shell.err().startsWith(wrong.get(1)), shell.err());
        }
    }

    /** The next line can address what the line before launched. */
    @Test
    void shouldWaitUntilWhatItLaunchedIsThere() throws Exception {
        final CompletableFuture<ScriptedProcess> launched = CompletableFuture.supplyAsync(() -> {
            while (primary.requests().stream().noneMatch(request -> request.startsWith("launch 8 "))) {
                Thread.onSpinWait();
            }
            try {
                return ScriptedProcess.nfv(ctl.controller(), 8);
            } catch (final IOException failure) {
                throw new UncheckedIOException(failure);
            }
        });
        assertEquals(
                0,
                shell.run(
                        "config sec_wait_launch 60",
                        "pri; launch nfv -l 1,2 -- --client-id=8 -s 127.0.0.1:26666",
                        "nfv 8; status"),
                shell::err);
        launched.get(30, TimeUnit.SECONDS).close();
        // and not for ever
        assertEquals(0, shell.run("config sec_wait_launch 0.1", "pri; launch nfv 9 -l 1,2 -- -n 9"));
    }

    @Test
    void shouldSendFlowRulesAndPrintWhatCameOfThem() {
        final String rule =
                "pattern eth dst is 10:22:33:44:55:66 / vlan vid is 100 / end actions queue index 0 / of_pop_vlan / end";
        assertEquals(0, shell.run("pri; flow create phy:0 ingress group 1 " + rule, "pri; flow list phy:0"));
        assertEquals("Flow rule #0 created\nID      Group   Prio    Attr    Rule\n", shell.out());
        assertTrue(primary.requests().contains("flow create phy:0 group 1 ingress " + rule));
        for (final List<String> wrong : List.of(
                List.of("pri; flow destroy phy:0 5", "Flow rule #5 not found"),
                List.of("pri; flow destroy phy:0 ALL", "Flow rule #ALL not found"),
                List.of("pri; flow status phy:0 5", "RULE_ID:5 does not exist."),
                List.of("pri; flow create", "RES_UID is NULL"),
                List.of("pri; flow", "Flow sub command is NULL"),
                List.of("pri; flow flush", "Invalid flow sub command: 'flush': "),
                List.of("pri; flow create ring:0", "RES_UID is invalid: "),
                List.of("pri; flow destroy phy:0", "RULE_ID is NULL"),
                List.of("pri; flow destroy phy:0 x", "RULE_ID is invalid: "),
                List.of(
                        "pri; flow create phy:0 ingress pattern eth",
                        "Flow command invalid argument: invalid value"))) {
            assertEquals(1, shell.run(wrong.get(0)));
            assertTrue(shell.err().startsWith(wrong.get(1)), shell.err());
        }
    }

    @Test
    void shouldEndProcessesWithByeAndStay() {
        assertEquals(0, shell.run("bye sec", "bye all", "bye all", "status"));
        assertTrue(shell.out().startsWith("""
                                Closing secondary ...
                                Exit nfv 1
                                Closing secondary ...
                                Closing primary ...
                                Exit primary
                                Closing secondary ...
                                Closing primary ...
                                - spp-ctl:
                                """));
        assertEquals("exit", nfv.requests().get(nfv.requests().size() - 1));
    }

    @Test
    void shouldListAndSwitchServers() throws Exception {
        try (TestController other = new TestController()) {
            final int first = ctl.controller().restPort();
            final int second = other.controller().restPort();
            assertEquals(
                    0,
                    shell.run(
                            "server add 127.0.0.1:" + second,
                            "server",
                            "server 2",
                            "server del 1",
                            "server list",
                            "status"));
            assertEquals("""
                    Registered spp-ctl "127.0.0.1:%2$d".
                      1: 127.0.0.1:%1$d *
                      2: 127.0.0.1:%2$d\s
                    Switch spp-ctl to "2: 127.0.0.1:%2$d".
                    Unregistered spp-ctl "127.0.0.1:%1$d".
                      1: 127.0.0.1:%2$d *
                    - spp-ctl:
                      - address: 127.0.0.1:%2$d
                    - primary:
                      - status: not running
                    - secondary:
                      - processes:
                    """.formatted(first, second), shell.out());
        }
    }

    @Test
    void shouldNumberTheLinesOfAPipe() throws Exception {
        assertEquals(1, shell.pipe("# one\n\nnfv 1; add ring:0\r\nbogus\nnever\n"));
        assertEquals("# one\nAdd ring:0.\n", shell.out());
        assertEquals("*** Unknown syntax: bogus\nstopped at standard input line 4: bogus\n", shell.err());
    }

    @Test
    void shouldEndAPipeAtByeOrAtItsEnd() throws Exception {
        assertEquals(0, shell.pipe("# one\nbye\nbogus\n"));
        assertEquals("# one\nThank you for using Soft Patch Panel\n", shell.out());
    }

    @Test
    void shouldRefuseAnEndlessLine() throws Exception {
        assertEquals(1, shell.pipe("x".repeat(1024 * 1024)));
        assertTrue(shell.err().startsWith("Error: a line may have 65536 characters"));
    }

    @Test
    void shouldShowTheHistoryAndRunALineOfItAgain() throws IOException {
        Files.writeString(directory.resolve("history"), "nfv 1; add ring:0\nstatus\n".repeat(5));
        assertEquals(0, shell.run("redo 1", "history"));
        assertTrue(shell.out().startsWith("Add ring:0.\n   1  nfv 1; add ring:0\n   2  status\n"));
        Files.write(directory.resolve("history"), new byte[] {(byte) 0xff, '\n'});
        assertEquals(1, shell.run("history"));
        assertTrue(shell.err().startsWith("Error: "));
    }

    @Test
    void shouldDoWhatRecipesNeedOfAFileSystem() throws IOException {
        Files.createDirectory(directory.resolve("sub"));
        Files.writeString(directory.resolve("file"), "text\n");
        assertEquals(
                0, shell.run("cd " + directory, "mkdir a/b", "ls", "cd sub", "pwd", "cat ../file", "ls " + directory));
        final Path real = directory.toAbsolutePath();
        assertEquals(
                real + "\na/\nfile\nsub/\n" + real.resolve("sub") + "\n" + real.resolve("sub")
                        + "\ntext\na/\nfile\nsub/\n",
                shell.out());
    }

    @Test
    void shouldHelp() {
        assertEquals(0, shell.run("help", "? status"));
        assertEquals("""

                Documented commands (type help <topic>):
                ========================================
                apply  check   env      inspect   mirror  playback  redo    topo
                bye    config  exit     less      mkdir   pri       save    topo_subgraph
                cat    diff    help     load_cmd  nfv     pwd       server  undo
                cd     echo    history  ls        pcap    record    status  vf

                Display status info of SPP processes.

                        spp > status

                """, shell.out());
        assertEquals(0, shell.run("help nfv"));
        assertTrue(shell.out().contains("        spp > nfv ID; patch SRC DST "));
    }

    @Test
    void shouldOfferWhatCanFollow() {
        assertEquals(0, shell.run("nfv 1; add ring:0", "nfv 1; add vhost:3", "nfv 1; patch phy:0 ring:0"));
        assertEquals(
                List.of("pcap", "pri", "pwd", "playback").stream().sorted().toList(),
                shell.complete("p").stream().sorted().toList());
        assertEquals(List.of("1;"), shell.complete("nfv "));
        assertEquals(
                List.of("status", "add", "del", "patch", "forward", "stop", "migrate", "exit"),
                shell.complete("nfv 1; "));
        assertEquals(List.of("memif:", "nullpmd:", "pcap:", "ring:", "tap:", "vhost:"), shell.complete("nfv 1; add "));
        assertEquals(List.of("phy:1", "ring:0", "vhost:3", "del", "reset"), shell.complete("nfv 1; patch "));
        assertEquals(List.of("phy:0", "phy:1", "vhost:3"), shell.complete("nfv 1; patch phy:1 "));
        assertTrue(shell.complete("nfv 1; migrate ").contains("vhost:3"));
        assertEquals(List.of("vhost:3"), shell.complete("nfv 1; del vh"));
        assertEquals(List.of("ring:"), shell.complete("pri; add pipe:0 "));
        assertEquals(List.of("nfv", "vf", "mirror", "pcap"), shell.complete("pri; launch "));
        assertEquals("2", shell.complete("pri; launch nfv ").get(0));
        assertEquals(
                List.of("mirror", "nfv", "pcap", "vf"),
                shell.complete("pri; launch ").stream().sorted().toList());
        assertEquals(List.of("2", "3", "4"), shell.complete("pri; launch vf ").subList(0, 3));
        assertEquals(
                List.of("create", "destroy", "list", "status", "validate"),
                shell.complete("pri; flow ").stream().sorted().toList());
        assertEquals(List.of("phy:0", "phy:1"), shell.complete("pri; flow create "));
        assertEquals(List.of("phy:0", "phy:1"), shell.complete("pri; flow list "));
        assertEquals(
                List.of("phy:0", "phy:1"), shell.complete("pri; patch phy:0 ").subList(0, 2));
        assertEquals(List.of("1", "list", "add", "del"), shell.complete("server "));
        assertEquals(List.of("sec", "all"), shell.complete("bye "));
        assertEquals(List.of(), shell.complete("nfv 9; patch "));
        assertEquals(List.of(), shell.complete("nfv 1; bogus "));
    }

    @Test
    void shouldSurviveAControllerThatIsGone() {
        ctl.close();
        assertEquals(3, shell.run("status"));
        assertTrue(shell.err().startsWith("Error: no controller answers at 127.0.0.1:"));
        assertEquals(List.of(), shell.complete("nfv "));
    }

    /** Number 245 of the catalogue of bad inputs: whenever the shell is killed, the recipe holds whole lines, all that ran. */
    @Test
    void shouldHaveRecordedEachLineBeforeItRuns() {
        final Path recipe = directory.resolve("recipe");
        final String cat = "cat " + recipe;
        final String note = "# " + "x".repeat(20_000);
        assertEquals(0, shell.run("record " + recipe, "# first", cat, note, cat));
        final String first = "# first\n" + cat + '\n';
        final String second = note + '\n' + cat + '\n';
        assertEquals("# first\n" + first + note + '\n' + first + second + "Closing file\n", shell.out());
    }

    /** Played, the recipe does once what was done once. */
    @Test
    void shouldRecordNeitherThePluginsLinesNorRedo() throws IOException {
        final Path recipe = directory.resolve("recipe");
        Files.createDirectory(directory.resolve("plugins"));
        Files.writeString(directory.resolve("plugins/plug.spp"), "nfv 1; add ring:$1\n");
        Files.writeString(directory.resolve("history"), "nfv 1; forward\n");
        assertEquals(0, shell.run("cd " + directory, "record " + recipe, "load_cmd plug", "plug 3", "redo 1"));
        assertEquals("load_cmd plug\nplug 3\nnfv 1; forward\n", Files.readString(recipe, StandardCharsets.UTF_8));
    }

    @Test
    void shouldPlayAndRecordWithTheUsersOwnFilesOnly() throws IOException {
        final Path recipe = directory.resolve("recipe");
        assertEquals(
                0, shell.run("record " + recipe, "nfv 1; add ring:0", "", "# note", "# exit", "playback " + recipe));
        assertEquals("nfv 1; add ring:0\n\n# note\n", Files.readString(recipe, StandardCharsets.UTF_8));
        assertTrue(shell.out().contains("Closing file\n# nfv 1; add ring:0\n"));
        assertEquals(1, shell.run("record /dev/null"));
        assertEquals(1, shell.run("playback /dev/zero"));
        assertEquals(1, shell.run("cat /dev/zero"));
        assertEquals(1, shell.run("playback " + directory));
    }
}
