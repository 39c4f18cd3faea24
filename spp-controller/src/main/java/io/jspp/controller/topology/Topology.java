package io.jspp.controller.topology;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Ports, what moves packets between them, and the user's subgraphs. Immutable.
 *
 * @param nodes ports, and components that are drawn as boxes; sorted by type and number
 * @param edges one for each way that packets can take
 * @param subgraphs port names by label, as {@code topo_subgraph} put them together; may name ports that do not exist
 * @param notes what is missing from the graph, one sentence each; every form shows them
 */
public record Topology(List<Node> nodes, List<Edge> edges, Map<String, List<String>> subgraphs, List<String> notes) {
    public Topology {
        nodes = List.copyOf(nodes);
        edges = List.copyOf(edges);
        subgraphs = new LinkedHashMap<>(subgraphs);
        notes = List.copyOf(notes);
    }

    /**
     * A box.
     *
     * @param name unique, such as {@code phy:0}, {@code phy:1 nq 1}, {@code vf:1:br0}
     * @param type port type, {@code spppcap}, or {@code component}
     * @param detail second row of the box, empty for none
     */
    public record Node(String name, String type, String detail) {}

    /**
     * A way from one box to another.
     *
     * @param label who moves the packets, such as {@code nfv:1}, {@code vf:2:c}; empty where a box of its own says it
     * @param clientId of that process, 0 for the primary
     * @param running false when it is known to stand still
     * @param bothWays packets also go back in the same way
     */
    public record Edge(String from, String to, String label, int clientId, boolean running, boolean bothWays) {}

    /** The same with each pair of opposite edges of one process as a single edge for both ways. */
    public Topology merged() {
        final Set<Edge> left = new LinkedHashSet<>(edges);
        final List<Edge> result = new ArrayList<>();
        for (final Edge edge : edges) {
            if (!left.remove(edge)) {
                continue;
            }
            final Edge back = new Edge(edge.to, edge.from, edge.label, edge.clientId, edge.running, edge.bothWays);
            final boolean both = left.remove(back);
            result.add(both ? new Edge(edge.from, edge.to, edge.label, edge.clientId, edge.running, true) : edge);
        }
        return new Topology(nodes, result, subgraphs, notes);
    }

    /** Label of the first subgraph that has this port, or null. */
    public String subgraphOf(final String port) {
        for (final Map.Entry<String, List<String>> subgraph : subgraphs.entrySet()) {
            if (subgraph.getValue().contains(port)) {
                return subgraph.getKey();
            }
        }
        return null;
    }

    /** As JSON values: {@code {"nodes": […], "edges": […], "subgraphs": […]}}. */
    public Map<String, Object> toJson() {
        final List<Object> nodeList = new ArrayList<>();
        for (final Node node : nodes) {
            nodeList.add(
                    node.detail.isEmpty()
                            ? object("name", node.name, "type", node.type)
                            : object("name", node.name, "type", node.type, "detail", node.detail));
        }
        final List<Object> edgeList = new ArrayList<>();
        for (final Edge edge : edges) {
            edgeList.add(object("from", edge.from, "to", edge.to, "label", edge.label, "running", edge.running));
        }
        final List<Object> subgraphList = new ArrayList<>();
        subgraphs.forEach((label, ports) -> subgraphList.add(object("label", label, "ports", ports)));
        final Map<String, Object> json = object("nodes", nodeList, "edges", edgeList, "subgraphs", subgraphList);
        if (!notes.isEmpty()) {
            json.put("notes", notes);
        }
        return json;
    }

    private static Map<String, Object> object(final Object... namesAndValues) {
        final Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            object.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return object;
    }
}
