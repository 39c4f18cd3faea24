package io.jspp.controller.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.ScriptedProcess;
import io.jspp.controller.TestController;
import io.jspp.controller.json.Json;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** TAB behind {@code pri; launch}, as SPP's shell answers it. */
class LaunchCompleterTest {
    @Test
    void shouldOfferTypesFreeIdsAndThenAllOptions() throws Exception {
        try (TestController ctl = new TestController();
                ScriptedProcess nfv = ScriptedProcess.nfv(ctl.controller(), 1)) {
            ctl.awaitProcesses("[{\"type\": \"nfv\", \"client-id\": 1}]");
            final RestClient client =
                    RestClient.at("127.0.0.1:" + ctl.controller().restPort());
            final ShellConfig config = new ShellConfig();
            final LaunchCompleter completer = new LaunchCompleter(new Servers(List.of(client)), config);
            assertEquals(List.of("nfv", "vf", "mirror", "pcap"), completer.complete(List.of()));
            config.set("max_secondary", "4");
            assertEquals(List.of("2", "3", "4"), completer.complete(List.of("nfv")));
            assertEquals(List.of(), completer.complete(List.of("nosuch")));
            assertEquals(List.of(), completer.complete(List.of("nfv", "x")));
            assertEquals(List.of(), completer.complete(List.of("nfv", "5", "-l")));

            config.set("sec_m_lcore", "99999");
            assertEquals(List.of(), completer.complete(List.of("nfv", "5")), "no lcore is left");
            assertTrue(nfv.requests().contains("status"));
        }
    }

    @Test
    void shouldFillInLcoresThatNobodyUses() throws Exception {
        try (TestController ctl = new TestController()) {
            final TreeSet<Integer> lcores = new TreeSet<>();
            for (final Object socket :
                    Json.asArray(Json.parse(ctl.get("/v1/cpu_layout").body()))) {
                for (final Object core : Json.asArray(Json.asObject(socket).get("cores"))) {
                    Json.asArray(Json.asObject(core).get("lcores")).forEach(lcore -> lcores.add((Integer) lcore));
                }
            }
            // Lcores above the main one: of this machine none below 0, so the main one gives way.
            final int main = Math.max(0, lcores.last() - 1);
            final List<Integer> free = List.copyOf(lcores.tailSet(main, false));
            final String address = "127.0.0.1:" + ctl.controller().restPort();
            final ShellConfig config = new ShellConfig();
            final LaunchCompleter completer = new LaunchCompleter(new Servers(List.of(RestClient.at(address))), config);
            final Map<String, String> settings = Map.of(
                    "sec_m_lcore", Integer.toString(main),
                    "sec_vhost_cli", "yes",
                    "sec_pcap_nof_lcores", "1",
                    "sec_pcap_port", "ring:3");
            for (final Map.Entry<String, String> setting : settings.entrySet()) {
                config.set(setting.getKey(), setting.getValue());
            }
            if (free.isEmpty()) {
                assertEquals(List.of(), completer.complete(List.of("nfv", "5")));
                return;
            }
            final String begin = "-l " + main + ',' + free.get(0) + " -m 512 -- ";
            final String peer = " -s " + address.replace("7777", "6666");
            assertEquals(List.of(begin + "-n 5" + peer + " --vhost-client"), completer.complete(List.of("nfv", "5")));
            assertEquals(
                    List.of(begin + "--client-id 6" + peer + " -c ring:3"),
                    completer.complete(List.of("spp_pcap", "6")));
        }
    }
}
