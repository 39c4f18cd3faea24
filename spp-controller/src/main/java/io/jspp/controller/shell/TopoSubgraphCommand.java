package io.jspp.controller.shell;

import io.jspp.control.CommandCodec;
import io.jspp.controller.topology.Subgraphs;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code topo_subgraph}: ports that pictures show in a frame, a guest's for instance. */
final class TopoSubgraphCommand implements ShellCommand {
    private static final List<String> REMOVERS = List.of("del", "delete", "remove");

    private final Subgraphs subgraphs;
    private final OutputFormat format;
    private final PrintStream out;

    TopoSubgraphCommand(final Subgraphs subgraphs, final OutputFormat format, final PrintStream out) {
        this.subgraphs = subgraphs;
        this.format = format;
        this.out = out;
    }

    @Override
    public String name() {
        return "topo_subgraph";
    }

    @Override
    public String help() {
        return """
            Edit subgraph for topo command.

                    Subgraph is a group of ports that is shown as a frame in a picture of 'topo',
                    such as the ports of a guest or a container.

                        spp > topo_subgraph add guest1 vhost:1,vhost:2   # or vhost:1;vhost:2
                        Add subgraph 'guest1'

                        spp > topo_subgraph
                        label: guest1	subgraph: "vhost:1,vhost:2"

                        spp > topo_subgraph del guest1
                        Delete subgraph 'guest1'
            """;
    }

    @Override
    public List<String> complete(final String arguments) {
        final List<String> words = CommandCodec.words(arguments);
        if (words.isEmpty() || (words.size() == 1 && !arguments.endsWith(" "))) {
            return List.of("add", "del");
        }
        return REMOVERS.contains(words.get(0)) ? List.copyOf(subgraphs.all().keySet()) : List.of();
    }

    @Override
    public void run(final String arguments) throws ShellException {
        final List<String> words = CommandCodec.words(arguments);
        if (words.isEmpty()) {
            list();
        } else if (words.get(0).equals("add")) {
            add(words);
        } else if (REMOVERS.contains(words.get(0))) {
            if (words.size() != 2) {
                throw new ShellException("Error: topo_subgraph del wants one label.");
            }
            if (!subgraphs.remove(words.get(1))) {
                throw new ShellException("Error: there is no subgraph '" + CommandCodec.printable(words.get(1)) + "'.");
            }
            out.println("Delete subgraph '" + words.get(1) + '\'');
        } else {
            throw new ShellException("Error: topo_subgraph takes add, del or nothing, not \""
                    + CommandCodec.printable(words.get(0)) + "\".");
        }
    }

    private void list() {
        final List<Object> json = new ArrayList<>();
        final Map<String, List<String>> all = subgraphs.all();
        all.forEach((label, ports) -> {
            final Map<String, Object> subgraph = new LinkedHashMap<>();
            subgraph.put("label", label);
            subgraph.put("ports", ports);
            json.add(subgraph);
        });
        if (!format.print(out, json)) {
            if (all.isEmpty()) {
                out.println("No subgraph.");
            }
            all.forEach((label, ports) ->
                    out.println("label: " + label + "\tsubgraph: \"" + String.join(";", ports) + '"'));
        }
    }

    private void add(final List<String> words) throws ShellException {
        if (words.size() < 3) {
            throw new ShellException(
                    "Error: topo_subgraph add wants a label and ports, such as guest1 vhost:1,vhost:2.");
        }
        final List<String> ports = new ArrayList<>();
        for (final String port :
                String.join(" ", words.subList(2, words.size())).split("[,;]")) {
            if (!port.isBlank()) {
                ports.add(port.strip());
            }
        }
        try {
            subgraphs.put(words.get(1), ports);
        } catch (final IllegalArgumentException wrong) {
            throw new ShellException("Error: " + wrong.getMessage() + '.');
        }
        out.println("Add subgraph '" + words.get(1) + '\'');
    }
}
