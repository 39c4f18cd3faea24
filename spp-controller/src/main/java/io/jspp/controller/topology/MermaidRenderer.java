package io.jspp.controller.topology;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The graph as a Mermaid flowchart, which wikis and code hosts draw. */
public final class MermaidRenderer {
    private final Topology topology;
    private final Names names = new Names();
    private final StringBuilder text = new StringBuilder();

    private MermaidRenderer(final Topology topology) {
        this.topology = topology.merged();
    }

    public static String render(final Topology topology) {
        final MermaidRenderer renderer = new MermaidRenderer(topology);
        renderer.write();
        return renderer.text.toString();
    }

    private void write() {
        text.append("flowchart LR\n");
        final Map<String, List<String>> subgraphs = topology.subgraphs();
        subgraphs.keySet().forEach(label -> {
            text.append("    subgraph ")
                    .append(names.id("subgraph " + label))
                    .append("[")
                    .append(quoted(label));
            text.append("]\n");
            topology.nodes().stream()
                    .filter(node -> label.equals(topology.subgraphOf(node.name())))
                    .forEach(node -> writeNode("        ", node));
            text.append("    end\n");
        });
        topology.nodes().stream()
                .filter(node -> topology.subgraphOf(node.name()) == null)
                .forEach(node -> writeNode("    ", node));
        final List<String> styles = new ArrayList<>();
        for (final Topology.Edge edge : topology.edges()) {
            styles.add("    linkStyle " + styles.size() + " stroke:" + Palette.hex(Palette.line(edge.clientId())));
            text.append("    ").append(names.id(edge.from())).append(' ').append(edge.bothWays() ? "<" : "");
            text.append(edge.running() ? "-->" : "-.->");
            text.append(edge.label().isEmpty() ? "" : '|' + quoted(edge.label()) + '|');
            text.append(' ').append(names.id(edge.to())).append('\n');
        }
        final Set<String> types = new LinkedHashSet<>();
        topology.nodes().forEach(node -> types.add(node.type()));
        for (final String type : types) {
            text.append("    classDef ").append(type).append(" fill:").append(Palette.hex(Palette.fill(type)));
            text.append(",stroke:").append(Palette.hex(Palette.BORDER)).append(",color:");
            text.append(Palette.hex(Palette.TEXT)).append('\n');
        }
        styles.forEach(style -> text.append(style).append('\n'));
        topology.notes().forEach(note -> text.append("    %% ").append(note).append('\n'));
    }

    private void writeNode(final String indent, final Topology.Node node) {
        text.append(indent).append(names.id(node.name())).append('[').append(quoted(node.name()));
        text.append("]:::").append(node.type()).append('\n');
    }

    private static String quoted(final String label) {
        return '"' + label.replace("\"", "#quot;") + '"';
    }
}
