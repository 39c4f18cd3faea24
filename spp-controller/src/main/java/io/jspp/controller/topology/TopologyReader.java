package io.jspp.controller.topology;

import io.jspp.control.ProcessKind;
import io.jspp.controller.json.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads the graph from status objects as REST shows them. As SPP, patches and components become edges between ports; unlike
 * SPP, the primary's forwarder is shown when it has patches, and components with many ports on both sides are boxes.
 * Members of the wrong type, as a foreign process may send, are passed over. One use, one thread.
 */
public final class TopologyReader {
    /** Components that SPP draws as edges from each rx to each tx port, and what SPP's labels call them. */
    private static final Map<String, String> EDGE_COMPONENTS =
            Map.of("classifier", ":c", "forward", ":f", "merge", ":m", "mirror", "");

    private static final List<String> TYPE_ORDER =
            List.of("phy", "ring", "vhost", "tap", "nullpmd", "pcap", "memif", "pipe", "spppcap", "component");

    private static final Set<String> STANDING = Set.of("idling", "idle");
    private static final String COMPONENT = "component";

    private final Map<String, Topology.Node> nodes = new TreeMap<>(TopologyReader::compareNames);
    private final List<Topology.Edge> edges = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    /** Adds what a process's status tells. */
    public void add(final ProcessKind kind, final Map<String, Object> status) {
        final int clientId = status.get("client-id") instanceof Integer id ? id : 0;
        switch (kind) {
            case PRIMARY -> {
                final Map<String, Object> forwarder = Json.asObject(status.get("forwarder"));
                if (forwarder != null) {
                    addPatches(forwarder, "primary", 0);
                }
            }
            case NFV -> {
                names(status.get("ports")).forEach(this::addPort);
                addPatches(status, "nfv:" + clientId, clientId);
            }
            case VF, MIRROR -> {
                names(status.get("ports")).forEach(this::addPort);
                Json.objects(status.get("components"))
                        .forEach(component -> addComponent(kind.wireName() + ':' + clientId, clientId, component));
            }
            case PCAP -> addCapture(status, clientId);
        }
    }

    /** Says that a process is not in the graph, and why. */
    public void addMissing(final String process, final String reason) {
        notes.add(process + " is missing: " + reason);
    }

    /** The graph of what was added. */
    public Topology read(final Map<String, List<String>> subgraphs) {
        return new Topology(List.copyOf(nodes.values()), edges, subgraphs, notes);
    }

    private void addPatches(final Map<String, Object> status, final String label, final int clientId) {
        final boolean running = !STANDING.contains(String.valueOf(status.get("status")));
        for (final Map<String, Object> patch : Json.objects(status.get("patches"))) {
            if (patch.get("src") instanceof String from && patch.get("dst") instanceof String to) {
                addPort(from);
                addPort(to);
                edges.add(new Topology.Edge(from, to, label, clientId, running, false));
            }
        }
    }

    private void addComponent(final String process, final int clientId, final Map<String, Object> component) {
        final String type = String.valueOf(component.get("type"));
        final List<String> rx = portNames(component.get("rx_port"));
        final List<String> tx = portNames(component.get("tx_port"));
        rx.forEach(this::addPort);
        tx.forEach(this::addPort);
        final String letter = EDGE_COMPONENTS.get(type);
        if (letter != null) {
            for (final String from : rx) {
                for (final String to : tx) {
                    edges.add(new Topology.Edge(from, to, process + letter, clientId, true, false));
                }
            }
        } else if (component.get("name") instanceof String name && !(rx.isEmpty() && tx.isEmpty())) {
            final String box = process + ':' + name;
            nodes.put(box, new Topology.Node(box, COMPONENT, type));
            rx.forEach(port -> edges.add(new Topology.Edge(port, box, "", clientId, true, false)));
            tx.forEach(port -> edges.add(new Topology.Edge(box, port, "", clientId, true, false)));
        }
    }

    private void addCapture(final Map<String, Object> status, final int clientId) {
        final String sink = "spppcap:" + clientId;
        final boolean running = !STANDING.contains(String.valueOf(status.get("status")));
        for (final Map<String, Object> core : Json.objects(status.get("core"))) {
            for (final String port : portNames(core.get("rx_port"))) {
                addPort(port);
                nodes.put(sink, new Topology.Node(sink, "spppcap", ""));
                edges.add(new Topology.Edge(port, sink, "pcap:" + clientId, clientId, running, false));
            }
        }
    }

    private void addPort(final String name) {
        nodes.computeIfAbsent(name, port -> new Topology.Node(port, port.replaceFirst("[^A-Za-z].*", ""), ""));
    }

    private static List<String> portNames(final Object ports) {
        final List<Object> names = new ArrayList<>();
        Json.objects(ports).forEach(port -> names.add(port.get("port")));
        return names(names);
    }

    private static List<String> names(final Object list) {
        return Json.asArray(list).stream()
                .filter(String.class::isInstance)
                .map(String.class::cast)
                .toList();
    }

    /** By type in the order of {@link #TYPE_ORDER}, then by number, then by text. */
    static int compareNames(final String a, final String b) {
        return Comparator.comparingInt(TopologyReader::typeRank)
                .thenComparing(TopologyReader::padNumbers)
                .thenComparing(Comparator.naturalOrder())
                .compare(a, b);
    }

    private static int typeRank(final String name) {
        final String type = name.replaceFirst(":.*", "");
        final int rank = TYPE_ORDER.indexOf(type);
        return rank < 0 ? TYPE_ORDER.size() : rank;
    }

    /** So that {@code ring:10} follows {@code ring:9}. */
    private static String padNumbers(final String name) {
        final StringBuilder padded = new StringBuilder();
        int digits = 0;
        for (int i = name.length() - 1; i >= 0; i--) {
            final char c = name.charAt(i);
            final boolean digit = c >= '0' && c <= '9';
            if (!digit && digits > 0) {
                padded.append("0".repeat(Math.max(0, 9 - digits)));
            }
            digits = digit ? digits + 1 : 0;
            padded.append(c);
        }
        return padded.reverse().toString();
    }
}
