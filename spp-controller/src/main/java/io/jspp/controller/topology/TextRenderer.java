package io.jspp.controller.topology;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The graph as a tree for terminals: every way appears once, every port with its ways where it is first met. */
public final class TextRenderer {
    private final Topology topology;
    private final Map<String, List<Topology.Edge>> ways = new LinkedHashMap<>();
    private final Map<String, String> details = new HashMap<>();
    private final Set<String> reached = new HashSet<>();
    private final Set<String> shown = new HashSet<>();
    private final Set<Topology.Edge> written = new HashSet<>();
    private final StringBuilder text = new StringBuilder();

    private TextRenderer(final Topology topology) {
        this.topology = topology.merged();
    }

    public static String render(final Topology topology) {
        final TextRenderer renderer = new TextRenderer(topology);
        renderer.write();
        return renderer.text.toString();
    }

    private void write() {
        final Set<String> connected = new HashSet<>();
        for (final Topology.Node node : topology.nodes()) {
            ways.put(node.name(), new ArrayList<>());
            details.put(node.name(), node.detail());
        }
        for (final Topology.Edge edge : topology.edges()) {
            connected.add(edge.from());
            connected.add(edge.to());
            ways.get(edge.from()).add(edge);
            if (edge.bothWays()) {
                ways.get(edge.to()).add(back(edge));
            } else {
                reached.add(edge.to());
            }
        }
        // Beginnings first, then what is left of circles.
        for (final boolean beginning : new boolean[] {true, false}) {
            for (final Topology.Node node : topology.nodes()) {
                final String name = node.name();
                if (connected.contains(name) && !shown.contains(name) && (!beginning || !reached.contains(name))) {
                    text.append(title(name)).append('\n');
                    writeWays(name);
                }
            }
        }
        final List<String> rest = topology.nodes().stream()
                .map(Topology.Node::name)
                .filter(name -> !connected.contains(name))
                .map(this::title)
                .toList();
        if (!rest.isEmpty()) {
            text.append("not connected: ").append(String.join(", ", rest)).append('\n');
        }
        if (topology.nodes().isEmpty()) {
            text.append("no ports\n");
        }
        topology.notes().forEach(note -> text.append(note).append('\n'));
    }

    /** A way that waits to be written, with what stands left of it. */
    private record Step(Topology.Edge edge, String indent, boolean last) {}

    /** Depth first without recursion: a chain may be long. */
    private void writeWays(final String root) {
        final List<Step> stack = new ArrayList<>();
        push(stack, root, "");
        while (!stack.isEmpty()) {
            final Step step = stack.remove(stack.size() - 1);
            final Topology.Edge edge = step.edge();
            text.append(step.indent()).append(step.last() ? "└─ " : "├─ ");
            text.append(edge.label())
                    .append(edge.running() ? "" : " (idle)")
                    .append(edge.label().isEmpty() ? "" : " ");
            text.append(edge.bothWays() ? "<-> " : "-> ").append(title(edge.to()));
            final boolean again = shown.contains(edge.to());
            text.append(again && !ways.get(edge.to()).isEmpty() ? " (above)\n" : "\n");
            if (!again) {
                push(stack, edge.to(), step.indent() + (step.last() ? "   " : "│  "));
            }
        }
    }

    private void push(final List<Step> stack, final String node, final String indent) {
        shown.add(node);
        final List<Topology.Edge> next = new ArrayList<>();
        for (final Topology.Edge edge : ways.get(node)) {
            // A way for both directions is written from the end that is met first.
            if (!edge.bothWays() || written.add(edge)) {
                written.add(back(edge));
                next.add(edge);
            }
        }
        for (int i = next.size() - 1; i >= 0; i--) {
            stack.add(new Step(next.get(i), indent, i == next.size() - 1));
        }
    }

    private static Topology.Edge back(final Topology.Edge edge) {
        return new Topology.Edge(
                edge.to(), edge.from(), edge.label(), edge.clientId(), edge.running(), edge.bothWays());
    }

    private String title(final String name) {
        final String subgraph = topology.subgraphOf(name);
        final String detail = details.getOrDefault(name, "");
        return name + (detail.isEmpty() ? "" : " (" + detail + ')') + (subgraph == null ? "" : " [" + subgraph + ']');
    }
}
