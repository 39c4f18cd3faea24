package io.jspp.controller.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Shell, REST and wire of a pcap, letter by letter as in the exchanges of SPP's spp.py, spp-ctl and spp_pcap. */
class PcapShellTest extends SecondaryShell {
    private static final String FILE = "/tmp/spp_pcap.20190214161550.phy0.1.1.pcap.lz4";

    PcapShellTest() {
        super("pcap", 4);
    }

    @Override
    String firstStatus() {
        return status("running", FILE);
    }

    private static String status(final String word, final String file) {
        return "{ \"client-id\": 4, \"status\": \"" + word
                + "\", \"master-lcore\": 1, \"core\": [ { \"core\": 2, \"role\":"
                + " \"receive\", \"rx_port\": [ { \"port\": \"phy:0\" } ] }, { \"core\": 3, \"role\": \"write\","
                + " \"filename\": \"" + file + "\" } ] }";
    }

    @Test
    void shouldPassTheStatusOn() throws Exception {
        assertEquals(
                "{\"client-id\": 4, \"status\": \"running\", \"master-lcore\": 1, \"core\": [{\"core\": 2, \"role\":"
                        + " \"receive\", \"rx_port\": [{\"port\": \"phy:0\"}]}, {\"core\": 3, \"role\": \"write\","
                        + " \"filename\": \"" + FILE + "\"}]}",
                ctl.get("/v1/pcaps/4").body());
        assertEquals(
                "[{\"proc-type\": \"pcap\", \"client-id\": 4, \"master-lcore\": 1, \"lcores\": [1, 2, 3]}]",
                ctl.get("/v1/cpu_usage").body());
    }

    @Test
    void shouldPrintTheStatus() {
        assertEquals(0, run("status"));
        assertEquals("""
                Basic Information:
                  - client-id: 4
                  - status: running
                  - lcore_ids:
                    - master: 1
                    - slaves: [2, 3]
                Components:
                  - core:2 receive
                    - rx: phy:0
                  - core:3 write
                    - filename: %s
                """.formatted(FILE), shell.out());
        process.status(status("idle", ""));
        assertEquals(0, run("status"));
        assertEquals(
                List.of("  - core:3 write", "    - filename: "),
                shell.out().lines().skip(9).toList());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "start | start | Start packet capture.",
                "stop | stop | Stop packet capture.",
                "exit | exit | Exit pcap 4.",
            })
    void shouldSendEachCommandAndSaySo(final String line, final String wire, final String message) {
        assertSends(line, wire, message);
    }

    @Test
    void shouldStartAndStopThroughRest() throws Exception {
        assertEquals(
                204,
                ctl.send("PUT", "/v1/pcaps/4/capture", "{\"action\": \"start\"}")
                        .statusCode());
        assertEquals(
                204,
                ctl.send("PUT", "/v1/pcaps/4/capture", "{\"action\": \"stop\"}").statusCode());
        assertEquals(
                400,
                ctl.send("PUT", "/v1/pcaps/4/capture", "{\"action\": \"pause\"}")
                        .statusCode());
        assertEquals(List.of("start", "stop"), process.takeRequests());
    }

    @Test
    void shouldRefuseOtherCommands() {
        assertRefuses("clear", "Invalid command \"clear\".");
    }
}
