package io.jspp.controller.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.AnsweringProcess;
import io.jspp.controller.TestController;
import io.jspp.controller.json.Json;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes whose status has the members of a good one with anything in them: neither REST nor the shell has a fault. */
class OddStatusTest {
    private static final String PRIMARY = """
            {"master-lcore":0,"lcores":[0,1],"forwarder":{"status":"running","ports":["phy:0","ring:0"],
            "patches":[{"src":"phy:0","dst":"ring:0"}]},"phy_ports":[{"id":0,"eth":"56:48:4f:53:54:00","rx":1,"tx":2,
            "tx_drop":0,"nof_queues":{"rx":1,"tx":1},"flow":[{"rule_id":0,"attr":{"group":0,"priority":0,"ingress":1,
            "egress":0,"transfer":0},"patterns":[{"type":"eth","spec":{"dst":"00:00:00:00:00:01","src":"00:00:00:00:00:00",
            "type":"0x0000"},"last":null,"mask":null}],"actions":[{"type":"queue","conf":{"index":0}}]}]}],
            "ring_ports":[{"id":0,"rx":0,"rx_drop":0,"tx":0,"tx_drop":0}],"pipes":[{"id":0,"rx":0,"tx":1}],
            "launched":[{"name":"spp_nfv","id":1,"pid":7,"state":"running","restarts":0,"last_exit":null,"log":"l"}],
            "devices":[{"port":"phy:0","state":"up"}],"mempool":{"size":9,"free":9,"in_ring":0}}""";

    private static final String NFV = """
            {"client-id":1,"status":"running","master-lcore":1,"lcores":[1,2],"ports":["phy:0","vhost:0","ring:3"],
            "patches":[{"src":"phy:0","dst":"vhost:0"}],"workers":[{"lcore":2,"cpus":[0],"shared":true}],
            "port_states":[{"port":"vhost:0","state":"down","code":"x","cause":"c","next":"n","socket":"/s","role":"server"}],
            "counters":[{"port":"vhost:0","queue":0,"direction":"rx","lcores":[2],"live":true,"packets":7,"drops":{}},
            {"port":"vhost:0","queue":1,"direction":"rx","lcores":[2],"live":true,"packets":7,"drops":{"full":1}}],
            "events":[{"time":"t","text":"e"}]}""";

    private static final String GRAPH = """
            {"client-id":2,"phy":["0"],"vhost":["0"],"ring":["0","1"],"master-lcore":0,"core":[{"core":1,"name":"br",
            "type":"bridge","rx_port":[{"port":"phy:0","vlan":{"operation":"add","id":5,"pcp":1}}],"tx_port":[{"port":
            "ring:0","vlan":{"operation":"none","id":0,"pcp":0}}]},{"core":2,"type":"unuse"}],"classifier_table":[{"type":
            "mac","value":"52:54:00:12:34:56","port":"ring:0"}],"more_ports":["tap:0"],"classifier_entries":1,"responders":
            [{"name":"r","mac_address":"52:54:00:00:00:01","print":"on","addresses":[{"address":"10.0.0.1","mac_address":
            "52:54:00:00:00:01"}]}],"component_counters":[{"name":"br","running":true,"drops":{}}],"addresses":1,
            "capacity":9,"table":[{"vlan":0,"address":"52:54:00:12:34:56","port":"phy:0","age":1}]}""";

    private static final String PCAP = """
            {"client-id":4,"status":"running","master-lcore":0,"core":[{"core":1,"role":"receive","rx_port":[{"port":
            "phy:0"}]},{"core":2,"role":"write","filename":"/tmp/f"}],"capture":{"packets":1,"drops":{}}}""";

    private static final List<String> PATHS = List.of(
            "/v1/processes",
            "/v1/cpu_usage",
            "/v1/primary/status",
            "/v1/nfvs/1",
            "/v1/vfs/2",
            "/v1/mirrors/3",
            "/v1/pcaps/4",
            "/v1/vfs/2/components/br/bridge_table",
            "/v2/counters",
            "/v2/ports",
            "/v2/lcores",
            "/v2/topology",
            "/v2/state",
            "/v2/state?format=yaml",
            "/v2/vm-args");

    private static final List<String> LINES = List.of(
            "status",
            "pri; status",
            "pri; flow list phy:0",
            "pri; flow status phy:0 0",
            "pri; del ring:0",
            "nfv 1; status",
            "nfv 1; del vhost:0",
            "vf 2; status",
            "vf 2; bridge_table show br",
            "mirror 3; status",
            "pcap 4; status",
            "topo",
            "topo t.dot",
            "topo t.yml",
            "save state.yaml");

    private static final List<String> TYPED = List.of(
            "pri; patch ",
            "pri; flow list ",
            "pri; launch nfv 9 ",
            "nfv 1; del ",
            "nfv 1; patch ",
            "vf 2; component start a ",
            "vf 2; component stop ",
            "vf 2; port add ",
            "mirror 3; port del ");

    @TempDir
    private Path directory;

    private final List<AnsweringProcess> processes = new ArrayList<>();
    private final Map<String, String> answers = new LinkedHashMap<>();
    private TestController ctl;
    private ShellHarness shell;

    @BeforeEach
    void start() throws IOException {
        ctl = new TestController();
        heal();
        processes.add(new AnsweringProcess(ctl.controller().primaryPort(), request -> answer("primary")));
        secondary("nfv", 1);
        secondary("vf", 2);
        secondary("mirror", 3);
        secondary("pcap", 4);
        ctl.awaitProcesses(
                "[{\"type\": \"primary\"}, {\"type\": \"nfv\", \"client-id\": 1}, {\"type\": \"vf\","
                        + " \"client-id\": 2}, {\"type\": \"mirror\", \"client-id\": 3}, {\"type\": \"pcap\", \"client-id\": 4}]");
        shell = new ShellHarness(ctl.controller(), null);
        assertEquals(0, shell.run("cd " + directory));
    }

    private void secondary(final String type, final int id) throws IOException {
        processes.add(AnsweringProcess.secondary(ctl.controller(), type, id, request -> answer(type)));
        final String here = "\"client-id\": " + id + '}';
        org.awaitility.Awaitility.await()
                .until(() -> ctl.get("/v1/processes").body().contains(here));
    }

    @AfterEach
    void stop() throws IOException {
        for (final AnsweringProcess process : processes) {
            process.close();
        }
        ctl.close();
    }

    private synchronized String answer(final String type) {
        return answers.get(type);
    }

    private synchronized void heal() {
        answers.put("primary", PRIMARY);
        answers.put("nfv", NFV);
        answers.put("vf", withResults(GRAPH));
        answers.put(
                "mirror",
                withResults(GRAPH.replace("\"classifier_", "\"other_")
                        .replace("\"bridge\"", "\"mirror\"")
                        .replace("\"add\"", "\"none\"")));
        answers.put("pcap", withResults(PCAP));
    }

    private static String withResults(final String info) {
        return "{\"results\":[{\"result\":\"success\"}],\"info\":" + info + '}';
    }

    /** Else the members that are spoilt below would be none that anybody looks at. */
    @Test
    void shouldShowAllOfThemAsTheyAreMeant() throws Exception {
        for (final String path : PATHS) {
            assertEquals(200, ctl.get(path).statusCode(), path);
        }
        for (final String line : LINES) {
            final String refused = line.contains("; del") ? "atched port" : "";
            try {
                shell.type(line);
                assertTrue(refused.isEmpty(), line);
            } catch (final ShellException failure) {
                assertTrue(!refused.isEmpty() && failure.getMessage().contains(refused), line + ": " + failure);
            }
        }
    }

    @Test
    void shouldTakeWhateverAStatusHolds() throws Exception {
        spoil(10);
    }

    @Test
    @Tag("long")
    void shouldTakeWhateverThousandsOfThemHold() throws Exception {
        spoil(5_000);
    }

    private void spoil(final int rounds) throws Exception {
        final long seed = new Random().nextLong();
        final Random random = new Random(seed);
        for (int i = 0; i < rounds; i++) {
            heal();
            synchronized (this) {
                for (final Map.Entry<String, String> answer : answers.entrySet()) {
                    Object value = Json.parse(answer.getValue());
                    for (int n = 1 + random.nextInt(3); n > 0; n--) {
                        value = spoilt(value, random);
                    }
                    answer.setValue(Json.write(value instanceof Map ? value : List.of(value == null ? "" : value)));
                }
            }
            final String where = "seed " + seed + ", round " + i + ": " + answers;
            for (final String path : PATHS) {
                final HttpResponse<String> reply = ctl.get(path);
                final boolean fault = reply.body().contains("Internal Server Error")
                        || reply.body().contains("Server Error.")
                        || reply.statusCode() == 413;
                assertTrue(!fault, () -> path + ": " + reply.statusCode() + ' ' + reply.body() + ", " + where);
            }
            for (final String line : LINES) {
                try {
                    shell.type(line);
                } catch (final ShellException refused) {
                    assertTrue(!refused.getMessage().isBlank(), line);
                } catch (final RuntimeException | StackOverflowError crash) {
                    throw new AssertionError(line + ", " + where, crash);
                }
            }
            for (final String line : TYPED) {
                try {
                    shell.complete(line);
                } catch (final RuntimeException crash) {
                    throw new AssertionError("TAB behind " + line + ", " + where, crash);
                }
            }
            shell.out();
            shell.err();
        }
    }

    /** A copy in which one member, somewhere, is another. */
    private static Object spoilt(final Object value, final Random random) {
        final boolean deeper = random.nextInt(6) > 0;
        final Map<String, Object> object = Json.asObject(value);
        if (deeper && object != null && !object.isEmpty()) {
            final Map<String, Object> copy = new LinkedHashMap<>(object);
            final List<String> names = List.copyOf(copy.keySet());
            final String name = names.get(random.nextInt(names.size()));
            if (random.nextInt(20) == 0) {
                copy.remove(name);
            } else {
                copy.put(name, spoilt(copy.get(name), random));
            }
            return copy;
        }
        if (deeper && value instanceof List<?> list && !list.isEmpty()) {
            final List<Object> copy = new ArrayList<>(list);
            final int at = random.nextInt(copy.size());
            copy.set(at, spoilt(copy.get(at), random));
            return copy;
        }
        return switch (random.nextInt(9)) {
            case 0 -> null;
            case 1 -> -1;
            case 2 -> Long.MAX_VALUE;
            case 3 -> "";
            case 4 -> "x:y\n%s";
            case 5 -> true;
            case 6 -> List.of(List.of(), Map.of(), 1, "ring:0");
            case 7 -> Map.of("port", 7, "id", List.of());
            default -> 0.5;
        };
    }
}
