package io.jspp.controller.topology;

import io.jspp.control.ProcessKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Topologies to draw, built from status objects as REST shows them. */
final class Graphs {
    private Graphs() {}

    /** SPP's classify_icmp recipe, as in the recorded dot file. */
    static Topology classifyIcmp() {
        final TopologyReader reader = new TopologyReader();
        reader.add(
                ProcessKind.VF,
                vf(
                        1,
                        List.of(
                                component("cls", "classifier", List.of("phy:0"), List.of("ring:0", "ring:1")),
                                component("fwd1", "forward", List.of("ring:0"), List.of("ring:2")),
                                component("fwd2", "forward", List.of("ring:1"), List.of("ring:3")),
                                component("mgr", "merge", List.of("ring:2", "ring:3"), List.of("phy:1")),
                                Map.of("core", 7, "type", "unuse"))));
        return reader.read(Map.of());
    }

    /** SPP's recipe with four nfvs and two subgraphs, as in the recorded dot file. */
    static Topology twoSubgraphs(final boolean lastRuns) {
        final TopologyReader reader = new TopologyReader();
        reader.add(ProcessKind.NFV, nfv(1, true, "ring:1", "vhost:1"));
        reader.add(ProcessKind.NFV, nfv(2, true, "vhost:2", "ring:0"));
        reader.add(ProcessKind.NFV, nfv(3, true, "ring:0", "vhost:3"));
        reader.add(ProcessKind.NFV, nfv(4, lastRuns, "vhost:4", "ring:1"));
        final Map<String, List<String>> subgraphs = new LinkedHashMap<>();
        subgraphs.put("c1", List.of("vhost:1", "vhost:2"));
        subgraphs.put("c2", List.of("vhost:3", "vhost:4"));
        return reader.read(subgraphs);
    }

    /** The lab of conf/labs/six-networks.yaml: four routers, three guests and a test host, each network a bridge. */
    static Topology sixNetworks() {
        final String[][] networks = {
            {"vhost:0", "vhost:10", "vhost:12", "phy:0"},
            {"vhost:1", "vhost:3"},
            {"vhost:2", "vhost:5"},
            {"vhost:7", "vhost:4"},
            {"vhost:8", "vhost:6"},
            {"vhost:9", "vhost:11"},
        };
        final List<Map<String, Object>> bridges = new ArrayList<>();
        for (final String[] ports : networks) {
            bridges.add(component("br" + (bridges.size() + 1), "bridge", List.of(ports), List.of(ports)));
        }
        final TopologyReader reader = new TopologyReader();
        reader.add(ProcessKind.VF, Map.of("client-id", 1, "ports", List.of("phy:0"), "components", bridges));
        final Map<String, List<String>> machines = new LinkedHashMap<>();
        machines.put("rt1", List.of("vhost:0", "vhost:1", "vhost:2"));
        machines.put("rt2", List.of("vhost:3", "vhost:4"));
        machines.put("rt3", List.of("vhost:5", "vhost:6"));
        machines.put("rt4", List.of("vhost:7", "vhost:8", "vhost:9"));
        machines.put("h1", List.of("vhost:10"));
        machines.put("h2", List.of("vhost:11"));
        machines.put("htest", List.of("vhost:12"));
        machines.put("host", List.of("phy:0"));
        return reader.read(machines);
    }

    /** Anything: circles, ways both ways and back to the same port, subgraphs with edges inside. */
    static Topology random(final long seed) {
        final Random random = new Random(seed);
        final String[] types = {"phy:", "ring:", "vhost:", "tap:", "memif:"};
        final List<String> ports = new ArrayList<>();
        final int count = 1 + random.nextInt(30);
        for (int i = 0; i < count; i++) {
            ports.add(types[random.nextInt(types.length)] + i);
        }
        final TopologyReader reader = new TopologyReader();
        for (int id = 1; id <= 1 + random.nextInt(6); id++) {
            final String[] patches = new String[2 * random.nextInt(8)];
            for (int i = 0; i < patches.length; i++) {
                patches[i] = ports.get(random.nextInt(count));
            }
            final Map<String, Object> status = new LinkedHashMap<>(nfv(id, random.nextBoolean(), patches));
            status.put("ports", ports);
            reader.add(ProcessKind.NFV, status);
        }
        reader.add(
                ProcessKind.VF,
                vf(
                        9,
                        List.of(
                                component("a", "classifier", some(ports, random), some(ports, random)),
                                component("b", "bridge", some(ports, random), some(ports, random)))));
        final Map<String, List<String>> subgraphs = new LinkedHashMap<>();
        for (int i = 0; i < random.nextInt(4); i++) {
            subgraphs.put("machine-" + i, some(ports, random));
        }
        return reader.read(subgraphs);
    }

    private static List<String> some(final List<String> ports, final Random random) {
        final List<String> some = new ArrayList<>(ports);
        some.removeIf(port -> random.nextInt(6) > 0);
        return some;
    }

    static Map<String, Object> nfv(final int id, final boolean running, final String... patches) {
        final List<Object> list = new ArrayList<>();
        final List<String> ports = new ArrayList<>(List.of("phy:0", "phy:1"));
        for (int i = 0; i < patches.length; i += 2) {
            list.add(Map.of("src", patches[i], "dst", patches[i + 1]));
        }
        return Map.of("client-id", id, "status", running ? "running" : "idling", "ports", ports, "patches", list);
    }

    private static Map<String, Object> vf(final int id, final List<Map<String, Object>> components) {
        return Map.of("client-id", id, "ports", List.of("phy:0", "phy:1"), "components", components);
    }

    private static Map<String, Object> component(
            final String name, final String type, final List<String> rx, final List<String> tx) {
        return Map.of("core", 2, "name", name, "type", type, "rx_port", ports(rx), "tx_port", ports(tx));
    }

    private static List<Map<String, Object>> ports(final List<String> names) {
        return names.stream().map(name -> Map.<String, Object>of("port", name)).toList();
    }
}
