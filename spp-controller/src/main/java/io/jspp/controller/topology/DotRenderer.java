package io.jspp.controller.topology;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The graph as graphviz reads it, with SPP's names, colours, ranks and clusters. */
public final class DotRenderer {
    private final Topology topology;
    private final Names names = new Names();
    private final StringBuilder text = new StringBuilder();

    private DotRenderer(final Topology topology) {
        this.topology = topology;
    }

    public static String render(final Topology topology) {
        final DotRenderer renderer = new DotRenderer(topology);
        renderer.write();
        return renderer.text.toString();
    }

    private void write() {
        text.append("digraph spp{\nnewrank=true;\nnode[shape=\"rectangle\", style=\"filled\"];\n");
        for (final Topology.Node node : topology.nodes()) {
            text.append(names.id(node.name())).append("[label=").append(quoted(node.name()));
            text.append(", fillcolor=\"").append(Palette.sppFill(node.type())).append("\"];\n");
        }
        final Map<String, List<String>> types = topology.nodes().stream()
                .collect(Collectors.groupingBy(
                        Topology.Node::type,
                        LinkedHashMap::new,
                        Collectors.mapping(node -> names.id(node.name()), Collectors.toList())));
        types.values()
                .forEach(ids -> text.append("{rank=same; ")
                        .append(String.join("; ", ids))
                        .append("}\n"));
        final List<String> last = types.getOrDefault("phy", types.getOrDefault("vhost", List.of()));
        if (!last.isEmpty()) {
            text.append("{rank=max; ").append(last.get(last.size() - 1)).append("}\n");
        }
        writeClusters();
        for (final Topology.Edge edge : topology.edges()) {
            text.append(names.id(edge.from())).append(" -> ").append(names.id(edge.to()));
            text.append("[label=").append(quoted(edge.label()));
            text.append(", color=\"").append(Palette.sppLine(edge.clientId()));
            text.append("\", style=\"")
                    .append(edge.running() ? "solid" : "dashed")
                    .append("\"];\n");
        }
        text.append("}\n");
        topology.notes().forEach(note -> text.append("// ").append(note).append('\n'));
    }

    private void writeClusters() {
        text.append("subgraph cluster0 {label=\"Host\" ");
        text.append(topology.nodes().stream().map(node -> names.id(node.name())).collect(Collectors.joining("; ")));
        int number = 1;
        for (final Map.Entry<String, List<String>> subgraph :
                topology.subgraphs().entrySet()) {
            text.append("; subgraph cluster").append(number++).append(" {label=");
            text.append(quoted(subgraph.getKey())).append(' ');
            text.append(subgraph.getValue().stream().map(names::id).collect(Collectors.joining(";")));
            text.append('}');
        }
        text.append("}\n");
    }

    private static String quoted(final String label) {
        return '"' + label.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
