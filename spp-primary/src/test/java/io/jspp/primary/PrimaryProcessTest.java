package io.jspp.primary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.config.ExitCode;
import java.net.Socket;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real primaries, from command line to exit status. */
@Timeout(120)
class PrimaryProcessTest extends PrimaryProcesses {
    @Test
    void shouldStartQuietlyAndLeaveNothingBehind() throws Exception {
        ChildJvm primary = fixture.primary("-n 4 --huge-dir=/run/hugepages/kvm --socket-mem 64,0", "");
        primary.awaitOut("ignored: -n 4 (memory channels), --huge-dir");
        primary.awaitOut("phy:0: no device, add --vdev net_af_packet0,iface=");
        primary.awaitOut("primary ready: ring:0..ring:3; 7680 mbufs");
        primary.terminate();
        assertEquals(ExitCode.OK, primary.awaitExit());
        assertEquals("", primary.allErr());
        assertEquals(List.of(), fixture.leftovers());
    }

    @Test
    void shouldLetExactlyOneOfTwoPrimariesWin() throws Exception {
        ChildJvm first = fixture.primary("", "");
        ChildJvm second = fixture.primary("", "");
        ChildJvm loser = waitForLoser(first, second);
        ChildJvm winner = loser == first ? second : first;
        assertEquals(ExitCode.REFUSED, loser.awaitExit());
        String why = loser.allErr();
        assertTrue(why.contains("a primary (pid " + winner.pid() + ") runs already in " + fixture.runDirectory()), why);
        winner.awaitOut("primary ready");
        assertTrue(winner.alive());
    }

    private static ChildJvm waitForLoser(ChildJvm first, ChildJvm second) throws InterruptedException {
        while (first.alive() && second.alive()) {
            Thread.onSpinWait();
        }
        return first.alive() ? second : first;
    }

    @Test
    void shouldReplaceTheLeftoversOfAKilledPrimary() throws Exception {
        ChildJvm killed = fixture.primary("", "");
        killed.awaitOut("primary ready");
        killed.kill();
        assertTrue(Files.exists(fixture.runDirectory().resolve("primary.sock")));
        ChildJvm next = fixture.primary("", "");
        next.awaitOut("primary ready");
        ChildJvm secondary = fixture.secondary(1);
        secondary.awaitOut("attached epoch 1");
        secondary.close();
        next.terminate();
        assertEquals(ExitCode.OK, next.awaitExit());
        assertEquals(List.of(), fixture.leftovers());
    }

    @Test
    void shouldRefuseWrongWordsWithASentenceUsageAndStatusTwo() throws Exception {
        String[][] wrong = {
            {"-p 0 -n 4 -s h:1", "option -p 0: mask \"0\" selects no device"},
            {"-p zz -n 4 -s h:1", "option -p zz: \"zz\" is not a hexadecimal mask"},
            {"-p 1 -n 0 -s h:1", "option -n 0: \"0\" is not a number in 1..99"},
            {"-p 1 -n 4", "option -s HOST:PORT is missing"},
            {"-n 4 -s h:1", "option -p HEXMASK is missing"},
            {"-p 1 -n 4 -s h:1 --port-num 0 rxq 2", "txq expected"},
            {"-p 1 -n 4 -s h:1 --port-num 3 rxq 2 txq 2", "--port-num 3: "},
            {"-p 1 -n 4 -s h:1 --bogus", "unknown option \"--bogus\""},
        };
        for (String[] row : wrong) {
            ChildJvm primary = fixture.start(PrimaryMain.class, ("-l 0 -- " + row[0]).split(" "));
            assertEquals(ExitCode.USAGE, primary.awaitExit(), row[0]);
            String err = primary.allErr();
            assertTrue(
                    err.startsWith("spp primary: ")
                            && err.lines().findFirst().orElse("").contains(row[1]),
                    err);
            assertTrue(err.contains("usage: spp primary "), err);
        }
    }

    @Test
    void shouldFailWithStatusOneWhenTheInterfaceIsAbsent() throws Exception {
        ChildJvm primary = fixture.primary("--vdev net_af_packet0,iface=absent0", "");
        assertEquals(ExitCode.FAILED, primary.awaitExit());
        String err = primary.allErr();
        assertTrue(err.startsWith("spp primary: phy:0: ") && err.contains("absent0"), err);
        assertEquals(List.of(), fixture.leftovers());
    }

    /** Number 223 of the catalogue of bad inputs: there is no AF_XDP port. */
    @Test
    void shouldSayWhichKindsOfDeviceThereAre() throws Exception {
        ChildJvm primary = fixture.primary("--vdev net_af_xdp0,iface=lo", "");
        assertEquals(ExitCode.USAGE, primary.awaitExit());
        assertTrue(
                primary.allErr().contains("no such kind of device, known are net_af_packet"), "names the known kinds");
    }

    @Test
    void shouldGiveUpWaitingForTheControllerWhenTold() throws Exception {
        ChildJvm primary =
                fixture.start(PrimaryMain.class, "-l 0 --no-huge -- -p 1 -n 4 -s 127.0.0.1:1 --wait 1".split(" "));
        assertEquals(ExitCode.UNREACHABLE, primary.awaitExit());
        assertTrue(primary.allErr().contains("waited 1 s for the controller at 127.0.0.1:1"), "says for what");
        assertEquals(List.of(), fixture.leftovers());
    }

    @Test
    void shouldAnswerTheController() throws Exception {
        ChildJvm primary = fixture.primary("", "--mbufs 4096");
        try (Socket socket = fixture.acceptPrimary()) {
            String status = PrimaryFixture.ask(socket, "status");
            String spp = "{\"master-lcore\":0,\"lcores\":[0],\"phy_ports\":[],\"ring_ports\":["
                    + "{\"id\":0,\"rx\":0,\"rx_drop\":0,\"tx\":0,\"tx_drop\":0},{\"id\":1,\"rx\":0,\"rx_drop\":0,\"tx\":0,\"tx_drop\":0},"
                    + "{\"id\":2,\"rx\":0,\"rx_drop\":0,\"tx\":0,\"tx_drop\":0},{\"id\":3,\"rx\":0,\"rx_drop\":0,\"tx\":0,\"tx_drop\":0}],"
                    + "\"pipes\":[],\"pid\":" + primary.pid() + ",";
            assertEquals(spp, status.substring(0, Math.min(spp.length(), status.length())));
            assertTrue(status.contains("\"mempool\":{\"size\":4096,\"free\":4096,\"held\":0,\"in_ring\":0"), status);
            assertTrue(
                    status.contains("\"port\":\"phy:0\",\"state\":\"down (no device, add --vdev net_af_packet0"),
                    status);
            assertEquals("{\"result\":\"succeeded\",\"command\":\"clear\"}", PrimaryFixture.ask(socket, "clear"));
            for (String request : List.of(
                    "add vhost:0",
                    "patch phy:0 ring:0",
                    "patch del phy:0",
                    "patch reset",
                    "forward",
                    "stop",
                    "del ring:0")) {
                String reply = PrimaryFixture.ask(socket, request);
                assertTrue(reply.contains("No forwarder is running."), request + " " + reply);
            }
            String unknown = PrimaryFixture.ask(socket, "bogus");
            assertTrue(unknown.contains("error") || unknown.contains("failed"), unknown);
            assertEquals("{\"result\":\"succeeded\",\"command\":\"exit\"}", PrimaryFixture.ask(socket, "exit"));
        }
        assertEquals(ExitCode.OK, primary.awaitExit());
        assertEquals("", primary.allErr());
        assertEquals(List.of(), fixture.leftovers());
    }

    @Test
    void shouldBoundItsMemory() throws Exception {
        ChildJvm primary = fixture.primary("-m 20", "");
        String ready = primary.awaitOut("primary ready");
        int mbufs = Integer.parseInt(ready.replaceFirst(".*; ([0-9]+) mbufs.*", "$1"));
        assertTrue(mbufs >= 1024 && mbufs < 7680, ready);
        primary.kill();
        ChildJvm tooSmall = fixture.primary("-m 1", "");
        assertEquals(ExitCode.USAGE, tooSmall.awaitExit());
        assertTrue(
                tooSmall.allErr().contains("memory limit of 1 MiB: 4 rings need at least"), "says how much it needs");
    }
}
