package io.jspp.controller.lab;

import io.jspp.control.CommandCodec;
import io.jspp.controller.lab.Lab.Kind;
import io.jspp.controller.lab.Lab.Node;
import io.jspp.controller.yaml.YamlException;
import io.jspp.controller.yaml.YamlFile;
import io.jspp.controller.yaml.YamlMap;
import io.jspp.controller.yaml.YamlText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads a lab file; docs/labs.md describes each key. Anything it does not know is an error that names file and line. */
final class LabFile {
    private static final int MAX_NODES = 64;
    private static final int MAX_SECONDARIES = 32;
    private static final int MAX_LINES = 1000;
    private static final int MAX_PORT = 65535;

    private LabFile() {}

    /** The lab's name alone: of a file whose other parts need not be right. */
    static String nameOf(Path file) throws YamlException {
        return name(YamlFile.read(file));
    }

    /**
     * Reads it.
     *
     * @param variant one of its variants, or empty
     */
    static Lab read(Path file, String variant) throws YamlException {
        return read(YamlFile.read(file), variant);
    }

    static Lab read(YamlMap root, String variant) throws YamlException {
        root.only(
                "name",
                "about",
                "ports",
                "prefix",
                "sockets",
                "primary",
                "secondaries",
                "nodes",
                "commands",
                "checks",
                "variants");
        String name = name(root);
        YamlMap nodes = root.map("nodes");
        if (nodes == null || nodes.keys().isEmpty() || nodes.keys().size() > MAX_NODES) {
            throw root.wrong("nodes", "1 to " + MAX_NODES + " nodes are expected");
        }
        Map<String, Kind> kinds = kinds(root, nodes, variant);
        List<NodeDraft> drafts = new ArrayList<>();
        for (String node : nodes.keys()) {
            YamlMap map = nodes.map(node);
            if (map == null) {
                throw nodes.wrong(node, "kind and cards are expected below");
            }
            drafts.add(new NodeDraft(map, NodeReader.read(node, map, kinds.get(node))));
        }
        List<String> primary = words(new YamlText(root.text("primary"), root.place("primary")));
        PortAssignment ports = new PortAssignment(primary);
        List<Node> built = ports.assign(drafts);
        return new Lab(
                name,
                root.text("about", ""),
                ports(root.map("ports")),
                matching(root, "prefix", "lab-" + name, "[A-Za-z0-9_][A-Za-z0-9._-]{0,39}", "a word for --file-prefix"),
                matching(root, "sockets", "", "/.{0,80}", "an absolute path of a directory"),
                primary,
                secondaries(root, ports),
                built,
                commands(root, ports),
                CheckReader.read(limited(root, "checks").maps("checks"), nodes.keys(), ports));
    }

    private static String name(YamlMap root) throws YamlException {
        root.text("name");
        return matching(
                root, "name", "", "[a-z][a-z0-9-]{0,30}", "a name of small letters, digits and hyphens, 31 at most,");
    }

    private static String matching(YamlMap map, String key, String otherwise, String pattern, String expected)
            throws YamlException {
        String text = map.text(key, otherwise);
        if (map.has(key) && !text.matches(pattern)) {
            throw map.wrong(key, '"' + CommandCodec.printable(text) + "\" is given, " + expected + " is expected");
        }
        return text;
    }

    private static Map<String, Kind> kinds(YamlMap root, YamlMap nodes, String variant) throws YamlException {
        YamlMap variants = root.map("variants");
        Map<String, Kind> chosen = new HashMap<>();
        boolean found = variant.isEmpty();
        for (String name : variants == null ? List.<String>of() : variants.keys()) {
            YamlMap kinds = variants.map(name);
            for (String node : kinds == null ? List.<String>of() : kinds.keys()) {
                if (!nodes.has(node)) {
                    throw kinds.wrong(node, "there is no such node");
                }
                Kind kind = NodeReader.kind(kinds, node);
                if (name.equals(variant)) {
                    chosen.put(node, kind);
                }
            }
            found |= name.equals(variant);
        }
        if (!found) {
            throw new YamlException(
                    root.place("variants"),
                    "there is no variant \"" + CommandCodec.printable(variant) + "\": "
                            + (variants == null ? "it has none" : String.join(", ", variants.keys())));
        }
        return chosen;
    }

    /** A node whose cards may have no port yet. */
    record NodeDraft(YamlMap place, Node node) {}

    private static List<Integer> ports(YamlMap map) throws YamlException {
        if (map == null) {
            return List.of(0, 0, 0);
        }
        map.only("primary", "secondary", "rest");
        return List.of(
                map.integer("primary", 0, MAX_PORT, 0),
                map.integer("secondary", 0, MAX_PORT, 0),
                map.integer("rest", 0, MAX_PORT, 0));
    }

    private static List<List<String>> secondaries(YamlMap root, PortAssignment ports) throws YamlException {
        List<YamlText> entries = root.texts("secondaries");
        if (entries.size() > MAX_SECONDARIES) {
            throw root.wrong("secondaries", "more than " + MAX_SECONDARIES);
        }
        List<List<String>> secondaries = new ArrayList<>();
        for (YamlText entry : entries) {
            List<String> words = words(entry);
            if (!List.of("nfv", "vf", "mirror", "pcap").contains(words.get(0)) || !words.contains("--")) {
                throw new YamlException(
                        entry.place(), "nfv, vf, mirror or pcap with its words expected, as in: nfv -l 0,1 -- -n 1");
            }
            List<String> filled = new ArrayList<>();
            for (String word : words) {
                filled.add(ports.fill(word, entry.place()));
            }
            secondaries.add(filled);
        }
        return secondaries;
    }

    private static List<String> words(YamlText line) throws YamlException {
        List<String> words = List.of(line.text().strip().split("\\s+"));
        for (String word : words) {
            if (List.of("--file-prefix", "-s", "--sock-dir").contains(word)) {
                throw new YamlException(
                        line.place(),
                        "the lab gives " + word + " itself: the keys prefix, ports and sockets change it");
            }
        }
        return words;
    }

    private static List<String> commands(YamlMap root, PortAssignment ports) throws YamlException {
        List<String> lines = new ArrayList<>();
        for (YamlText line : limited(root, "commands").texts("commands")) {
            lines.add(ports.fill(line.text(), line.place()));
        }
        return lines;
    }

    /** Before anything is made of so many lines. */
    private static YamlMap limited(YamlMap root, String key) throws YamlException {
        if (root.size(key) > MAX_LINES) {
            throw root.wrong(key, "more than " + MAX_LINES + " entries");
        }
        return root;
    }
}
