package io.jspp.controller.rest;

import io.jspp.controller.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Processes, components and ports as a graph: nodes with an {@code id}, edges in the direction in which packets go. Port names
 * are the same in all processes, so a ring that two of them use is one node. The shell draws SPP's picture of it, in which most
 * components are edges ({@code io.jspp.controller.topology}). Not thread-safe.
 */
final class SwitchGraph {
    private final Map<String, Map<String, Object>> nodes = new LinkedHashMap<>();
    private final List<Map<String, Object>> edges = new ArrayList<>();

    static Map<String, Object> of(final List<StatusCollector.Answer> answers) {
        final SwitchGraph graph = new SwitchGraph();
        answers.forEach(graph::add);
        final Map<String, Object> object = new LinkedHashMap<>();
        object.put("nodes", List.copyOf(graph.nodes.values()));
        object.put("edges", graph.edges);
        return object;
    }

    private void add(final StatusCollector.Answer answer) {
        final String process = answer.entry().label();
        final Map<String, Object> node =
                node(process, "process", answer.entry().kind().wireName());
        if (answer.status() == null) {
            node.put("error", answer.error());
            return;
        }
        final Map<String, Object> forwarder = Json.asObject(answer.status().get("forwarder"));
        final Map<String, Object> patching = forwarder == null ? answer.status() : forwarder;
        if (patching.get("status") != null) {
            node.put("status", patching.get("status"));
        }
        Json.asArray(patching.get("ports")).forEach(port -> port(String.valueOf(port)));
        for (final Map<String, Object> patch : Json.objects(patching, "patches")) {
            if (patch.get("src") instanceof String src && patch.get("dst") instanceof String dst) {
                edge(port(src), port(dst), "patch", process);
            }
        }
        for (final Map<String, Object> component : answer.objects("core")) {
            addComponent(process, component);
        }
        for (final Map<String, Object> row : PortRows.of(answer)) {
            if (row.get("state") != null) {
                nodes.get(port(String.valueOf(row.get("port")))).put("state", row.get("state"));
            }
        }
    }

    private void addComponent(final String process, final Map<String, Object> component) {
        final Object name = component.getOrDefault("name", component.get("role"));
        if (name == null) {
            return;
        }
        final String id = process + '/' + name;
        final Map<String, Object> node =
                node(id, "component", String.valueOf(component.getOrDefault("type", component.get("role"))));
        node.put("process", process);
        node.put("lcore", component.get("core"));
        if (component.get("filename") != null) {
            node.put("filename", component.get("filename"));
        }
        for (final Map<String, Object> rx : Json.objects(component, "rx_port")) {
            withVlan(edge(port(String.valueOf(rx.get("port"))), id, "rx", process), rx);
        }
        for (final Map<String, Object> tx : Json.objects(component, "tx_port")) {
            withVlan(edge(id, port(String.valueOf(tx.get("port"))), "tx", process), tx);
        }
    }

    private static void withVlan(final Map<String, Object> edge, final Map<String, Object> port) {
        final Map<String, Object> vlan = Json.asObject(port.get("vlan"));
        if (vlan != null && !"none".equals(vlan.get("operation"))) {
            edge.put("vlan", vlan);
        }
    }

    /** The node of a port, or of one of its queues ({@code phy:0 nq 1}). */
    private String port(final String name) {
        final int colon = name.indexOf(':');
        node(name, "port", colon < 0 ? name : name.substring(0, colon));
        return name;
    }

    private Map<String, Object> node(final String id, final String kind, final String type) {
        return nodes.computeIfAbsent(id, key -> {
            final Map<String, Object> node = new LinkedHashMap<>();
            node.put("id", id);
            node.put("kind", kind);
            node.put("type", type);
            return node;
        });
    }

    private Map<String, Object> edge(final String from, final String to, final String kind, final String process) {
        final Map<String, Object> edge = new LinkedHashMap<>();
        edge.put("from", from);
        edge.put("to", to);
        edge.put("kind", kind);
        edge.put("process", process);
        edges.add(edge);
        return edge;
    }
}
