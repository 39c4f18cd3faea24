package io.jspp.controller.state;

import io.jspp.control.ProcessKind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** States that a switch with two nfvs, a vf, a mirror and a pcap can have: no end of a port belongs to two. */
final class RandomStates {
    private static final List<String> RULES = List.of(
            "ingress pattern eth / end actions queue index 0 / end",
            "ingress pattern eth dst is 52:54:00:00:00:01 / end actions queue index 1 / end",
            "priority 2 ingress pattern eth / vlan tci spec 0x0064 tci mask 0x0fff / end actions queue index 1 / end");

    private final Random random;
    private final Set<String> taken = new HashSet<>();
    private final SortedMap<String, PrimaryState.Pipe> pipes = new TreeMap<>();

    private RandomStates(Random random) {
        this.random = random;
    }

    static SwitchState next(Random random) {
        return new RandomStates(random).make();
    }

    private SwitchState make() {
        if (random.nextBoolean()) {
            pipes.put("pipe:0", new PrimaryState.Pipe("ring:" + random.nextInt(2), "ring:" + (2 + random.nextInt(2))));
        }
        SortedMap<Integer, SecondaryState> all = new TreeMap<>();
        PanelState forwarder = panel("pri");
        all.put(1, new SecondaryState.Nfv("0,1", panel("nfv1")));
        all.put(2, new SecondaryState.Nfv("0,1", panel("nfv2")));
        all.put(3, graph(ProcessKind.VF));
        all.put(4, graph(ProcessKind.MIRROR));
        all.put(5, new SecondaryState.Pcap("0,1,2", "ring:7", taken.add("ring:7rx") && random.nextBoolean()));
        SortedMap<String, List<PrimaryState.Flow>> flows = new TreeMap<>();
        List<PrimaryState.Flow> rules = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            rules.add(new PrimaryState.Flow(-1, RULES.get(random.nextInt(RULES.size()))));
        }
        if (!rules.isEmpty()) {
            flows.put("phy:0", rules);
        }
        return new SwitchState(new PrimaryState(forwarder, pipes, flows), all);
    }

    /** A free port's end, which is taken then, or null. */
    private String take(String direction, String process) {
        for (int attempt = 0; attempt < 4; attempt++) {
            int kind = random.nextInt(10);
            String port = kind < 6
                    ? "ring:" + random.nextInt(9)
                    : kind < 8 ? "vhost:" + random.nextInt(4) : kind < 9 ? "phy:" + random.nextInt(2) : "pipe:0";
            PrimaryState.Pipe pipe = pipes.get(port);
            if (port.startsWith("pipe") && pipe == null) {
                continue;
            }
            String end = pipe == null ? port : direction.equals("rx") ? pipe.rx() : pipe.tx();
            boolean guest = port.startsWith("vhost");
            if (guest && (taken.stream().anyMatch(t -> t.startsWith(port + ' ') && !t.equals(port + ' ' + process)))) {
                continue;
            }
            if (taken.add(end + direction)) {
                if (guest) {
                    taken.add(port + ' ' + process);
                }
                return port;
            }
        }
        return null;
    }

    private PanelState panel(String process) {
        SortedSet<String> ports = new TreeSet<>();
        SortedMap<String, String> patches = new TreeMap<>();
        List<String> destinations = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            String source = take("rx", process);
            String destination =
                    !destinations.isEmpty() && random.nextInt(3) == 0 ? destinations.get(0) : take("tx", process);
            if (destination != null) {
                destinations.add(destination);
                note(destination, ports);
            }
            if (source != null) {
                note(source, ports);
                if (destination != null) {
                    patches.put(source, destination);
                }
            }
        }
        return new PanelState(random.nextBoolean(), ports, patches);
    }

    private static void note(String port, Set<String> ports) {
        if (port.startsWith("ring") || port.startsWith("vhost")) {
            ports.add(port);
        }
    }

    private SecondaryState graph(ProcessKind kind) {
        SortedMap<String, ComponentState> components = new TreeMap<>();
        SortedSet<String> entries = new TreeSet<>();
        List<String> types = kind == ProcessKind.VF
                ? List.of("forward", "merge", "classifier", "bridge", "responder")
                : List.of("mirror");
        for (String name : List.of("a", "b", "c")) {
            if (random.nextInt(4) == 0) {
                continue;
            }
            String type = types.get(random.nextInt(types.size()));
            List<ComponentState.Use> rx = uses(kind, "rx", type.matches("merge|bridge") ? 3 : 1);
            List<ComponentState.Use> tx =
                    uses(kind, "tx", type.matches("classifier|bridge") ? 3 : kind == ProcessKind.MIRROR ? 2 : 1);
            SortedMap<String, String> addresses = new TreeMap<>();
            if (type.equals("responder") && random.nextBoolean()) {
                addresses.put("10.0.0." + random.nextInt(2), random.nextBoolean() ? "" : "02:00:00:00:00:01");
            }
            if (type.equals("classifier")) {
                for (ComponentState.Use use : tx) {
                    for (int i = random.nextInt(3); i > 0; i--) {
                        entries.add((random.nextBoolean() ? "mac " : "vlan 7 ")
                                + (random.nextBoolean() ? "default " : "02:00:00:00:00:02 ")
                                + use.port());
                    }
                }
            }
            components.put(
                    name,
                    new ComponentState(
                            name,
                            2 + random.nextInt(2),
                            type,
                            rx,
                            tx,
                            addresses,
                            type.equals("responder") && random.nextBoolean()));
        }
        return new SecondaryState.Graph(kind, "0,2,3", components, entries);
    }

    private List<ComponentState.Use> uses(ProcessKind kind, String direction, int most) {
        List<ComponentState.Use> uses = new ArrayList<>();
        for (int i = random.nextInt(most + 1); i > 0; i--) {
            String port = take(direction, kind.wireName());
            if (port != null) {
                String vlan = switch (kind == ProcessKind.VF ? random.nextInt(6) : 0) {
                    case 1 -> "add_vlantag " + random.nextInt(3) + " 0";
                    case 2 -> "del_vlantag";
                    default -> "";
                };
                uses.add(new ComponentState.Use(port, vlan));
            }
        }
        return uses;
    }
}
