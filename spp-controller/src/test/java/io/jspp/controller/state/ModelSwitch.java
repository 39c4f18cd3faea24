package io.jspp.controller.state;

import io.jspp.control.ProcessKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** A switch that does shell lines by the rules of the real processes, and refuses what they refuse. */
final class ModelSwitch {
    private final Map<String, Panel> panels = new TreeMap<>();
    private final Map<String, Graph> graphs = new TreeMap<>();
    private final Map<String, PcapModel> pcaps = new TreeMap<>();
    private final Map<String, PrimaryState.Pipe> pipes = new TreeMap<>();
    private final Map<String, List<PrimaryState.Flow>> flows = new TreeMap<>();
    private int nextRule;

    /** A line that a process refuses. */
    static final class RefusedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        RefusedException(String what) {
            super(what);
        }
    }

    private static final class Panel {
        boolean running;
        final Set<String> ports = new TreeSet<>();
        final SortedMap<String, String> patches = new TreeMap<>();
    }

    private static final class Part {
        final int core;
        final String type;
        final Map<String, String> rx = new LinkedHashMap<>();
        final Map<String, String> tx = new LinkedHashMap<>();
        final SortedMap<String, String> addresses = new TreeMap<>();
        boolean print;

        Part(int core, String type) {
            this.core = core;
            this.type = type;
        }
    }

    private static final class Graph {
        final ProcessKind kind;
        final SortedMap<String, Part> parts = new TreeMap<>();
        final Set<String> entries = new TreeSet<>();

        Graph(ProcessKind kind) {
            this.kind = kind;
        }
    }

    private static final class PcapModel {
        final String port;
        boolean capturing;

        PcapModel(String port) {
            this.port = port;
        }
    }

    /** The processes of a state, none of which does anything yet. */
    ModelSwitch(SwitchState state) {
        panels.put("pri", new Panel());
        state.secondaries().forEach((id, one) -> {
            String who = SwitchState.target(one.kind(), id);
            if (one instanceof SecondaryState.Nfv) {
                panels.put(who, new Panel());
            } else if (one instanceof SecondaryState.Pcap pcap) {
                pcaps.put(who, new PcapModel(pcap.port()));
            } else {
                graphs.put(who, new Graph(one.kind()));
            }
        });
    }

    private static void require(boolean condition, String line) {
        if (!condition) {
            throw new RefusedException("refused: " + line);
        }
    }

    void run(String line) {
        String[] halves = line.split("; ", 2);
        List<String> words = new ArrayList<>(Arrays.asList(halves[1].split(" ")));
        String who = halves[0];
        if (who.equals("pri")
                && (words.get(0).equals("flow")
                        || line.contains(" pipe:") && !words.get(0).equals("patch"))) {
            primary(words, line);
        } else if (panels.containsKey(who)) {
            panel(panels.get(who), words, line);
        } else if (graphs.containsKey(who)) {
            graph(graphs.get(who), words, line);
        } else {
            require(pcaps.containsKey(who), line);
            require(pcaps.get(who).capturing != words.get(0).equals("start"), line);
            pcaps.get(who).capturing = words.get(0).equals("start");
        }
        checkClaims(line);
    }

    private void primary(List<String> words, String line) {
        if (words.get(0).equals("flow")) {
            List<PrimaryState.Flow> rules = flows.computeIfAbsent(words.get(2), port -> new ArrayList<>());
            if (words.get(1).equals("create")) {
                rules.add(new PrimaryState.Flow(nextRule++, String.join(" ", words.subList(3, words.size()))));
            } else {
                require(rules.removeIf(rule -> rule.id() == Integer.parseInt(words.get(3))), line);
            }
        } else if (words.get(0).equals("add")) {
            require(!pipes.containsKey(words.get(1)), line);
            PrimaryState.Pipe fresh = new PrimaryState.Pipe(words.get(2), words.get(3));
            require(
                    pipes.values().stream()
                            .noneMatch(pipe ->
                                    pipe.rx().equals(fresh.rx()) || pipe.tx().equals(fresh.tx())),
                    line);
            pipes.put(words.get(1), fresh);
        } else {
            require(pipes.remove(words.get(1)) != null && !usesPort(words.get(1)), line);
        }
    }

    private boolean usesPort(String port) {
        return panels.values().stream()
                        .anyMatch(panel -> panel.patches.containsKey(port) || panel.patches.containsValue(port))
                || graphs.values().stream()
                        .flatMap(graph -> graph.parts.values().stream())
                        .anyMatch(part -> part.rx.containsKey(port) || part.tx.containsKey(port));
    }

    private boolean known(Panel panel, String port) {
        return port.startsWith("phy:") || panel.ports.contains(port) || pipes.containsKey(port);
    }

    private void panel(Panel panel, List<String> words, String line) {
        switch (words.get(0)) {
            case "forward" -> panel.running = true;
            case "stop" -> panel.running = false;
            case "add" -> panel.ports.add(words.get(1));
            case "del" -> {
                String port = words.get(1);
                require(panel.ports.remove(port), line);
                panel.patches
                        .entrySet()
                        .removeIf(patch ->
                                patch.getKey().equals(port) || patch.getValue().equals(port));
            }
            default -> {
                if (words.get(1).equals("del")) {
                    require(panel.patches.remove(words.get(2)) != null, line);
                } else {
                    require(known(panel, words.get(1)) && known(panel, words.get(2)), line);
                    panel.patches.put(words.get(1), words.get(2));
                }
            }
        }
    }

    private void graph(Graph graph, List<String> words, String line) {
        switch (words.get(0) + ' ' + words.get(1)) {
            case "component start" ->
                require(
                        graph.parts.put(words.get(2), new Part(Integer.parseInt(words.get(3)), words.get(4))) == null,
                        line);
            case "component stop" -> {
                Part part = graph.parts.remove(words.get(2));
                require(part != null, line);
                if (part.type.equals("classifier")) {
                    graph.entries.removeIf(entry -> part.tx.containsKey(entry.substring(entry.lastIndexOf(' ') + 1)));
                }
            }
            case "port add" -> addPort(graph, words, line);
            case "port del" -> {
                Part part = Objects.requireNonNull(graph.parts.get(words.get(4)), line);
                require((words.get(3).equals("rx") ? part.rx : part.tx).remove(words.get(2)) != null, line);
            }
            case "classifier_table add" -> {
                String port = words.get(words.size() - 1);
                require(graph.parts.values().stream().anyMatch(part -> part.tx.containsKey(port)), line);
                require(graph.entries.add(String.join(" ", words.subList(2, words.size()))), line);
            }
            case "classifier_table del" ->
                require(graph.entries.remove(String.join(" ", words.subList(2, words.size()))), line);
            case "responder add" ->
                require(
                        graph.parts.get(words.get(2)).addresses.put(words.get(3), words.size() > 4 ? words.get(4) : "")
                                == null,
                        line);
            case "responder del" ->
                require(graph.parts.get(words.get(2)).addresses.remove(words.get(3)) != null, line);
            case "responder print" ->
                graph.parts.get(words.get(2)).print = words.get(3).equals("on");
            default -> throw new RefusedException("what is " + line);
        }
    }

    private static void addPort(Graph graph, List<String> words, String line) {
        Part part = Objects.requireNonNull(graph.parts.get(words.get(4)), line);
        boolean rx = words.get(3).equals("rx");
        Map<String, String> uses = rx ? part.rx : part.tx;
        String vlan = String.join(" ", words.subList(5, words.size()));
        if (uses.containsKey(words.get(2)) && !vlan.isEmpty()) {
            uses.put(words.get(2), vlan);
            return;
        }
        require(
                graph.parts.values().stream().noneMatch(other -> (rx ? other.rx : other.tx).containsKey(words.get(2))),
                line);
        int most = part.type.equals("mirror") && !rx
                ? 2
                : rx && !part.type.matches("merge|bridge") || !rx && !part.type.matches("classifier|bridge") ? 1 : 99;
        require(uses.size() < most, line);
        uses.put(words.get(2), vlan);
    }

    /** A ring's end, or a guest's port, belongs to one process. */
    private void checkClaims(String line) {
        Map<String, String> holders = new HashMap<>();
        panels.forEach((who, panel) -> {
            panel.ports.stream()
                    .filter(port -> port.startsWith("vhost"))
                    .forEach(port -> claim(holders, port, "", who, line));
            panel.patches.forEach((source, destination) -> {
                claim(holders, source, "rx", who, line);
                claim(holders, destination, "tx", who, line);
            });
        });
        graphs.forEach((who, graph) -> graph.parts.values().forEach(part -> {
            part.rx.keySet().forEach(port -> claim(holders, port, "rx", who, line));
            part.tx.keySet().forEach(port -> claim(holders, port, "tx", who, line));
        }));
        pcaps.forEach((who, pcap) -> {
            if (pcap.capturing) {
                claim(holders, pcap.port, "rx", who, line);
            }
        });
    }

    private void claim(Map<String, String> holders, String port, String direction, String who, String line) {
        PrimaryState.Pipe pipe = pipes.get(port);
        String end = pipe == null ? port : direction.equals("rx") ? pipe.rx() : pipe.tx();
        String before = holders.put(port.startsWith("vhost") ? port : end + direction, who);
        require(before == null || before.equals(who), line + " (" + before + " has it)");
    }

    SwitchState state() {
        SortedMap<Integer, SecondaryState> secondaries = new TreeMap<>();
        panels.forEach((who, panel) -> {
            if (!who.equals("pri")) {
                secondaries.put(id(who), new SecondaryState.Nfv("", panel(panel)));
            }
        });
        pcaps.forEach((who, pcap) -> secondaries.put(id(who), new SecondaryState.Pcap("", pcap.port, pcap.capturing)));
        graphs.forEach((who, graph) -> {
            SortedMap<String, ComponentState> parts = new TreeMap<>();
            graph.parts.forEach((name, part) -> parts.put(
                    name,
                    new ComponentState(
                            name, part.core, part.type, uses(part.rx), uses(part.tx), part.addresses, part.print)));
            secondaries.put(id(who), new SecondaryState.Graph(graph.kind, "", parts, new TreeSet<>(graph.entries)));
        });
        SortedMap<String, List<PrimaryState.Flow>> rules = new TreeMap<>();
        flows.forEach((port, list) -> {
            if (!list.isEmpty()) {
                rules.put(port, List.copyOf(list));
            }
        });
        return new SwitchState(new PrimaryState(panel(panels.get("pri")), new TreeMap<>(pipes), rules), secondaries);
    }

    private static int id(String who) {
        return Integer.parseInt(who.substring(who.indexOf(' ') + 1));
    }

    private static PanelState panel(Panel panel) {
        return new PanelState(panel.running, new TreeSet<>(panel.ports), panel.patches);
    }

    private static List<ComponentState.Use> uses(Map<String, String> ports) {
        List<ComponentState.Use> uses = new ArrayList<>();
        ports.forEach((port, vlan) -> uses.add(new ComponentState.Use(port, vlan)));
        return uses;
    }
}
