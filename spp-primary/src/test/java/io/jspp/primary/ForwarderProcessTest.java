package io.jspp.primary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The forwarder of a real primary, driven over the wire. */
@Timeout(120)
class ForwarderProcessTest extends PrimaryProcesses {
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(30);

    private static void assertDone(Socket primary, String command, String more) throws IOException {
        assertEquals(
                "{\"result\":\"succeeded\",\"command\":\"" + command.split(" ")[0] + "\"" + more + "}",
                PrimaryFixture.ask(primary, command));
    }

    private static String awaitStatus(Socket primary, String pattern) throws IOException {
        long begin = System.nanoTime();
        String status = PrimaryFixture.ask(primary, "status");
        while (!status.matches(".*" + pattern + ".*")) {
            assertTrue(System.nanoTime() - begin < LIMIT_NS, "waited for " + pattern + ", last: " + status);
            status = PrimaryFixture.ask(primary, "status");
        }
        return status;
    }

    @Test
    void shouldForwardResumeAndLetGo() throws Exception {
        ChildJvm primary = fixture.primary("-l 0,1 --vdev net_null0", "");
        primary.awaitOut("primary ready");
        ChildJvm secondary = fixture.secondary(1);
        secondary.awaitOut("attached epoch 1");
        try (Socket ctl = fixture.acceptPrimary()) {
            String status = PrimaryFixture.ask(ctl, "status");
            assertTrue(
                    status.startsWith("{\"master-lcore\":0,\"lcores\":[0,1],\"forwarder\":{\"status\":\"idling\","
                            + "\"ports\":[\"nullpmd:0\"],\"patches\":[]},\"phy_ports\":[],"),
                    status);
            assertDone(ctl, "add ring:0", ",\"port\":\"ring:0\"");
            assertDone(ctl, "patch nullpmd:0 ring:0", ",\"ports\":{\"src\":\"nullpmd:0\",\"dst\":\"ring:0\"}");
            assertDone(ctl, "forward", "");
            // 127 fit, nobody takes them out
            awaitStatus(ctl, "\\{\"id\":0,\"rx\":0,\"rx_drop\":0,\"tx\":127,\"tx_drop\":[1-9][0-9]*\\}");
            String refused = PrimaryFixture.ask(ctl, "del nullpmd:0");
            assertTrue(
                    refused.startsWith("{\"result\":\"failed\",\"command\":\"del\",\"port\":\"nullpmd:0\",")
                            && refused.contains("port nullpmd:0 can't be deleted"),
                    refused);
            secondary.say("claim ring:0 tx");
            secondary.awaitOut("> refused: ring:0 tx is in use by primary (pid " + primary.pid() + ")");
            for (String wrong : new String[] {"tap:0", "bogus:0", "ring:4", "vhost"}) {
                String answer = PrimaryFixture.ask(ctl, "add " + wrong);
                assertTrue(answer.startsWith("{\"result\":\"failed\",\"command\":\"add\""), answer);
            }
            assertDone(ctl, "add ring:1", ",\"port\":\"ring:1\"");
            assertDone(ctl, "patch ring:0 nullpmd:0", ",\"ports\":{\"src\":\"ring:0\",\"dst\":\"nullpmd:0\"}");
            awaitStatus(ctl, "\"ring_ports\":\\[\\{\"id\":0,\"rx\":[1-9][0-9]{3,},");
            assertDone(ctl, "stop", "");
            assertDone(ctl, "clear", "");
            awaitStatus(ctl, "\"ring_ports\":\\[\\{\"id\":0,\"rx\":0,\"rx_drop\":0,\"tx\":0,\"tx_drop\":0\\}");
            assertDone(ctl, "forward", "");
            assertDone(ctl, "add pipe:0 ring:2 ring:3", ",\"port\":\"pipe:0\"");
            assertDone(ctl, "patch nullpmd:0 pipe:0", ",\"ports\":{\"src\":\"nullpmd:0\",\"dst\":\"pipe:0\"}");
            String piped = awaitStatus(ctl, "\\{\"id\":3,\"rx\":0,\"rx_drop\":0,\"tx\":127,\"tx_drop\":[1-9][0-9]*\\}");
            assertTrue(piped.contains("\"pipes\":[{\"id\":0,\"rx\":2,\"tx\":3}]"), piped);
            assertTrue(piped.contains("\"ports\":[\"nullpmd:0\",\"ring:0\",\"ring:1\",\"pipe:0\"]"), piped);
            refused = PrimaryFixture.ask(ctl, "del pipe:0");
            assertTrue(refused.contains("del pipe:0: pipe:0 tx is in use by primary (pid " + primary.pid()), refused);
            secondary.say("claim ring:3 tx");
            secondary.awaitOut("> refused: ring:3 tx is in use by primary");
            assertDone(ctl, "patch nullpmd:0 ring:0", ",\"ports\":{\"src\":\"nullpmd:0\",\"dst\":\"ring:0\"}");
        }

        primary.kill();
        ChildJvm next = fixture.primary("-l 0,1 --vdev net_null0", "");
        next.awaitOut("primary ready");
        try (Socket ctl = fixture.acceptPrimary()) {
            String status = awaitStatus(ctl, "\"ring_ports\":\\[\\{\"id\":0,\"rx\":[1-9][0-9]*,");
            assertTrue(
                    status.contains(
                            "\"forwarder\":{\"status\":\"running\",\"ports\":[\"nullpmd:0\",\"ring:0\",\"ring:1\"],"
                                    + "\"patches\":[{\"src\":\"nullpmd:0\",\"dst\":\"ring:0\"},"
                                    + "{\"src\":\"ring:0\",\"dst\":\"nullpmd:0\"}]}"),
                    status);
            assertTrue(status.contains("\"pipes\":[{\"id\":0,\"rx\":2,\"tx\":3}]"), status);
            assertDone(ctl, "patch reset", "");
            assertDone(ctl, "del pipe:0", ",\"port\":\"pipe:0\"");
            awaitStatus(ctl, "\"ports\":\\[\"nullpmd:0\",\"ring:0\",\"ring:1\"\\].*\"pipes\":\\[\\]");
            secondary.say("claim ring:0 tx");
            secondary.awaitOut("> granted 1");
            assertEquals("{\"result\":\"succeeded\",\"command\":\"exit\"}", PrimaryFixture.ask(ctl, "exit"));
        }
        assertEquals(0, next.awaitExit());
        assertEquals("", next.allErr());
    }

    @Test
    void shouldPrintStatisticsInsteadOfForwarding() throws Exception {
        ChildJvm primary = fixture.primary("-l 0,1 --vdev net_null0", "--disp-stats");
        for (int second = 0; second < 2; second++) {
            primary.awaitOut("port                       rx          rx drop               tx          tx drop");
            primary.awaitOut("nullpmd:0                   0                0                0                0");
            primary.awaitOut("ring:3                      0                0                0                0");
        }
        try (Socket ctl = fixture.acceptPrimary()) {
            assertTrue(
                    PrimaryFixture.ask(ctl, "status").startsWith("{\"master-lcore\":0,\"lcores\":[0,1],\"phy_ports\""));
        }
        primary.terminate();
        assertEquals(0, primary.awaitExit());
    }

    @Test
    void shouldDoWithoutForwarderOnOneLcore() throws Exception {
        fixture.primary("", "").awaitOut("primary ready");
        try (Socket ctl = fixture.acceptPrimary()) {
            assertDone(ctl, "add pipe:7 ring:0 ring:1", ",\"port\":\"pipe:7\"");
            assertDone(ctl, "del pipe:7", ",\"port\":\"pipe:7\"");
            String refused = PrimaryFixture.ask(ctl, "add ring:0");
            assertTrue(refused.contains("\"message\":\"No forwarder is running.\""), refused);
            assertTrue(
                    PrimaryFixture.ask(ctl, "status").startsWith("{\"master-lcore\":0,\"lcores\":[0],\"phy_ports\""));
        }
    }
}
