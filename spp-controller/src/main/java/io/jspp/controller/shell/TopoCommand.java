package io.jspp.controller.shell;

import io.jspp.control.CommandCodec;
import io.jspp.controller.json.Json;
import io.jspp.controller.topology.DotRenderer;
import io.jspp.controller.topology.ImageRenderer;
import io.jspp.controller.topology.MermaidRenderer;
import io.jspp.controller.topology.SixelRenderer;
import io.jspp.controller.topology.SvgRenderer;
import io.jspp.controller.topology.TextRenderer;
import io.jspp.controller.topology.Topology;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/** {@code topo}: how the ports are wired, on the terminal, in a file or as a page that follows the changes. */
final class TopoCommand implements ShellCommand {
    private static final int SPP_PORT = 8989;
    private static final List<String> TYPES = List.of(
            "dot", "json", "js", "yaml", "yml", "svg", "png", "jpg", "jpeg", "bmp", "mmd", "mermaid", "txt", "text");

    private final Servers servers;
    private final FileCommands files;
    private final TopologySource source;
    private final ShellConfig config;
    private final OutputFormat format;
    private final PrintStream out;
    private LivePage page;

    TopoCommand(
            final Servers servers,
            final FileCommands files,
            final TopologySource source,
            final ShellConfig config,
            final OutputFormat format,
            final PrintStream out) {
        this.servers = servers;
        this.files = files;
        this.source = source;
        this.config = config;
        this.format = format;
        this.out = out;
    }

    @Override
    public String name() {
        return "topo";
    }

    @Override
    public String help() {
        return """
            Output network topology.

                    Show it on the terminal, as a tree of ports.

                        spp > topo           # or 'topo term'

                    Draw it there, if the terminal has sixel graphics; as large as 'config topo_size' says.

                        spp > topo sixel

                    Write it to a file whose extension, or the second word, says the format: svg,
                    png, jpg, bmp, dot (graphviz), mmd (Mermaid), txt (the tree), and json or
                    yaml (the status of each secondary).

                        spp > topo network.svg
                        spp > topo network.conf dot

                    Serve a page for a browser of this machine that shows changes within a
                    second, for as long as this shell lives; 8989 unless told.

                        spp > topo http
                        spp > topo http 8080
            """;
    }

    @Override
    public List<String> complete(final String arguments) {
        final List<String> words = CommandCodec.words(arguments);
        if (words.size() > 1 || (words.size() == 1 && arguments.endsWith(" "))) {
            return TYPES;
        }
        final List<String> candidates = new ArrayList<>(List.of("term", "sixel", "http"));
        if (!arguments.isEmpty()) {
            candidates.addAll(files.completePath(arguments));
        }
        return candidates;
    }

    @Override
    public void run(final String arguments) throws ShellException {
        final List<String> words = CommandCodec.words(arguments);
        final String first = words.isEmpty() ? "term" : words.get(0);
        if (words.size() > 2) {
            throw new ShellException("Error: topo takes a file and its type, not " + words.size() + " words.");
        }
        if (first.equals("http")) {
            serve(words.size() == 1 ? SPP_PORT : port(words.get(1)));
        } else if (words.size() < 2 && (first.equals("term") || first.equals("text"))) {
            final List<TopologySource.Status> statuses = source.statuses(servers.current());
            final Topology topology = source.graph(statuses);
            if (!format.print(out, topology.toJson())) {
                out.print(TextRenderer.render(topology));
            }
            fail(statuses);
        } else if (words.size() < 2 && first.equals("sixel")) {
            draw();
        } else {
            final String type = words.size() == 2 ? words.get(1) : first.substring(first.lastIndexOf('.') + 1);
            write(first, type.toLowerCase(Locale.ROOT));
        }
    }

    /** Ends the page, if there is one. */
    void close() {
        if (page != null) {
            page.close();
            page = null;
        }
    }

    private void draw() throws ShellException {
        final List<TopologySource.Status> statuses = source.statuses(servers.current());
        try {
            out.print(SixelRenderer.render(source.graph(statuses), config.topologySize()));
        } catch (final IOException failure) {
            throw new ShellException("Error: " + reason(failure));
        }
        fail(statuses);
    }

    private void write(final String name, final String type) throws ShellException {
        if (!TYPES.contains(type)) {
            throw new ShellException("Invalid file type");
        }
        final Path file = files.resolve(name);
        final List<TopologySource.Status> statuses = source.statuses(servers.current());
        try {
            Files.write(file, content(statuses, type));
        } catch (final IOException failure) {
            throw new ShellException("Error: cannot write " + name + ": " + reason(failure));
        }
        out.println("Create topology: '" + name + '\'');
        fail(statuses);
    }

    /** A picture without some process is made, and is a failure. */
    private static void fail(final List<TopologySource.Status> statuses) throws ShellException {
        final ShellException failure = TopologySource.failure(statuses);
        if (failure != null) {
            throw failure;
        }
    }

    private static String reason(final IOException failure) {
        return failure.getClass() == IOException.class ? failure.getMessage() : failure.toString();
    }

    private byte[] content(final List<TopologySource.Status> statuses, final String type) throws IOException {
        final Topology topology = source.graph(statuses);
        final String text = switch (type) {
            case "dot" -> DotRenderer.render(topology);
            case "svg" -> SvgRenderer.render(topology);
            case "mmd", "mermaid" -> MermaidRenderer.render(topology);
            case "txt", "text" -> TextRenderer.render(topology);
            case "json", "js" -> Json.write(secondaries(statuses));
            case "yaml", "yml" -> yaml(secondaries(statuses));
            default -> null;
        };
        return text == null
                ? ImageRenderer.render(topology, type.equals("jpeg") ? "jpg" : type)
                : text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<Object> secondaries(final List<TopologySource.Status> statuses) {
        final List<Object> list = new ArrayList<>();
        for (final TopologySource.Status status : statuses) {
            if (status.kind().isSecondary() && status.failure() == null) {
                list.add(status.members());
            }
        }
        return list;
    }

    /** As PyYAML writes it: blocks, names sorted. */
    private static String yaml(final List<Object> statuses) {
        return new Dump(DumpSettings.builder()
                        .setDefaultFlowStyle(FlowStyle.BLOCK)
                        .setDereferenceAliases(true)
                        .build())
                .dumpToString(sorted(statuses));
    }

    private static Object sorted(final Object value) {
        final Map<String, Object> object = Json.asObject(value);
        if (object != null) {
            final Map<String, Object> result = new TreeMap<>();
            object.forEach((name, member) -> result.put(name, sorted(member)));
            return result;
        }
        return value instanceof List<?> list
                ? list.stream().map(TopoCommand::sorted).toList()
                : value;
    }

    private void serve(final int port) throws ShellException {
        if (page != null) {
            out.println("The page is already there: " + page.address());
            return;
        }
        try {
            page = new LivePage(port, source, servers.current());
        } catch (final IOException failure) {
            throw new ShellException("Error: cannot listen on 127.0.0.1:" + port + " (" + failure.getMessage()
                    + "): give another port, as in topo http 8080");
        }
        out.println("Topology of " + servers.current().endpoint() + " at " + page.address()
                + ", as long as this shell lives");
    }

    private static int port(final String text) throws ShellException {
        if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > 65535) {
            throw new ShellException("Error: Invalid port in \"" + CommandCodec.printable(text) + "\".");
        }
        return Integer.parseInt(text);
    }
}
