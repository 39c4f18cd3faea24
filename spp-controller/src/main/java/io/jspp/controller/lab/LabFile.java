package io.jspp.controller.lab;

import io.jspp.config.UsageException;
import io.jspp.controller.lab.Lab.Card;
import io.jspp.controller.lab.Lab.Check;
import io.jspp.controller.lab.Lab.Kind;
import io.jspp.controller.lab.Lab.Link;
import io.jspp.controller.lab.Lab.Node;
import io.jspp.controller.yaml.YamlNode;
import io.jspp.net.MacAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Reads a lab file; docs/labs.md describes each key. Anything it does not know is an error that names file and line. */
final class LabFile {
    private static final int MAX_NODES = 64;
    private static final int MAX_CARDS = 8;
    private static final int MAX_LINES = 1000;
    private static final String NODE_NAME = "[a-z][a-z0-9-]{0,14}";

    /** Programs that a guest may have, and where this machine has them. */
    private static final Map<String, String> PROGRAMS =
            Map.of("iperf3", "/usr/bin/iperf3", "ethtool", "/usr/sbin/ethtool");

    private LabFile() {}

    /** The lab's name alone: of a file whose other parts need not be right. */
    static String nameOf(Path file) {
        YamlNode name = YamlNode.read(file).map().get("name");
        if (name == null) {
            throw new UsageException(file + " has no name: is it a lab file?");
        }
        return name(name);
    }

    /**
     * Reads it.
     *
     * @param variant one of its variants, or empty
     * @throws UsageException with file and line
     */
    static Lab read(Path file, String variant) {
        return read(YamlNode.read(file), variant);
    }

    static Lab read(YamlNode root, String variant) {
        Map<String, YamlNode> keys = root.map(
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
        for (String needed : List.of("name", "primary", "secondaries", "nodes")) {
            if (!keys.containsKey(needed)) {
                throw root.error("the key " + needed + " is missing");
            }
        }
        String name = name(keys.get("name"));
        Map<String, Kind> kinds = kinds(root, keys, variant);
        List<NodeDraft> drafts = new ArrayList<>();
        Map<String, YamlNode> nodes = keys.get("nodes").map();
        if (nodes.isEmpty() || nodes.size() > MAX_NODES) {
            throw keys.get("nodes").error("1 to " + MAX_NODES + " nodes expected");
        }
        nodes.forEach((key, value) -> drafts.add(node(key, value, kinds)));
        List<String> primary = words(keys.get("primary"), List.of("--file-prefix", "-s", "--sock-dir"));
        PortAssignment ports = new PortAssignment(primary);
        List<Node> built = ports.assign(drafts);
        return new Lab(
                name,
                keys.containsKey("about") ? keys.get("about").text() : "",
                ports(keys.get("ports")),
                keys.containsKey("prefix")
                        ? keys.get("prefix").text("[A-Za-z0-9._-]{1,40}", "a word for --file-prefix")
                        : "lab-" + name,
                keys.containsKey("sockets")
                        ? keys.get("sockets").text("/[^\\p{Cntrl}]{0,80}", "an absolute path of a directory")
                        : "",
                primary,
                secondaries(keys.get("secondaries"), ports),
                built,
                lines(keys.get("commands")).stream().map(ports::fill).toList(),
                checks(keys.get("checks"), ports, nodes));
    }

    private static String name(YamlNode value) {
        return value.text("[a-z][a-z0-9-]{0,30}", "a name of small letters, digits and hyphens");
    }

    private static Map<String, Kind> kinds(YamlNode root, Map<String, YamlNode> keys, String variant) {
        Map<String, YamlNode> variants =
                keys.containsKey("variants") ? keys.get("variants").map() : Map.of();
        Map<String, Kind> chosen = null;
        for (Map.Entry<String, YamlNode> one : variants.entrySet()) {
            Map<String, Kind> kinds = new LinkedHashMap<>();
            one.getValue().map().forEach((node, kind) -> {
                if (!keys.get("nodes").map().containsKey(node)) {
                    throw kind.error("there is no node " + UsageException.quoted(node));
                }
                kinds.put(node, kind(kind));
            });
            chosen = one.getKey().equals(variant) ? kinds : chosen;
        }
        if (chosen == null && !variant.isEmpty()) {
            throw root.error("no variant " + UsageException.quoted(variant) + ": "
                    + (variants.isEmpty() ? "it has none" : String.join(", ", variants.keySet())));
        }
        return chosen == null ? Map.of() : chosen;
    }

    private static Kind kind(YamlNode value) {
        return value.word(List.of("vm", "namespace")).equals("vm") ? Kind.VM : Kind.NAMESPACE;
    }

    /** A node whose cards may have no port yet. */
    record NodeDraft(YamlNode place, Node node) {}

    private static NodeDraft node(String name, YamlNode value, Map<String, Kind> kinds) {
        Map<String, YamlNode> keys = value.map("kind", "memory", "cpus", "programs", "cards", "routes", "forward");
        if (!name.matches(NODE_NAME)) {
            throw value.error("a node's name has small letters, digits and hyphens, 15 at most");
        }
        if (!keys.containsKey("kind") || !keys.containsKey("cards")) {
            throw value.error("a node has kind and cards");
        }
        Kind kind = kinds.getOrDefault(name, kind(keys.get("kind")));
        List<Card> cards = new ArrayList<>();
        for (YamlNode card : keys.get("cards").list(MAX_CARDS)) {
            cards.add(card("eth" + cards.size(), card, kind));
        }
        if (cards.isEmpty()) {
            throw keys.get("cards").error("a node has a card at least");
        }
        List<String> routes = new ArrayList<>();
        for (YamlNode route : entries(keys.get("routes"))) {
            routes.add(Addresses.route(route));
        }
        List<String> programs = new ArrayList<>();
        for (YamlNode program : entries(keys.get("programs"))) {
            programs.add(PROGRAMS.get(
                    program.word(PROGRAMS.keySet().stream().sorted().toList())));
        }
        return new NodeDraft(
                value,
                new Node(
                        name,
                        kind,
                        keys.containsKey("memory") ? keys.get("memory").number(64, 65536) : 96,
                        keys.containsKey("cpus") ? keys.get("cpus").number(1, 16) : 1,
                        programs,
                        cards,
                        routes,
                        keys.containsKey("forward") && keys.get("forward").flag()));
    }

    /** The card, with an empty port unless the file names one. */
    private static Card card(String name, YamlNode value, Kind kind) {
        Map<String, YamlNode> keys = value.map("mac", "address", "port", "link", "queues", "listen");
        Link link = Link.VETH;
        if (keys.containsKey("link")) {
            link = keys.get("link").word(List.of("veth", "tap")).equals("tap") ? Link.TAP : Link.VETH;
        }
        link = kind == Kind.VM ? Link.VHOST : link;
        String port = "";
        if (keys.containsKey("port")) {
            port = keys.get("port")
                    .text(link.portType() + ":[0-9]{1,2}", "a port " + link.portType() + ":N of this kind of node");
        }
        List<String> addresses = new ArrayList<>();
        for (YamlNode address : entries(keys.get("address"))) {
            addresses.add(Addresses.withPrefix(address));
        }
        String mac = "";
        if (keys.containsKey("mac")) {
            try {
                mac = MacAddress.format(MacAddress.parse(keys.get("mac").text()));
            } catch (IllegalArgumentException e) {
                throw keys.get("mac").error(e.getMessage());
            }
        }
        return new Card(
                name,
                link,
                port,
                mac,
                addresses,
                keys.containsKey("queues") ? keys.get("queues").number(1, 16) : 1,
                keys.containsKey("listen") && keys.get("listen").flag());
    }

    private static List<Integer> ports(YamlNode value) {
        if (value == null) {
            return List.of(0, 0, 0);
        }
        Map<String, YamlNode> keys = value.map("primary", "secondary", "rest");
        List<Integer> ports = new ArrayList<>();
        for (String key : List.of("primary", "secondary", "rest")) {
            ports.add(keys.containsKey(key) ? keys.get(key).number(0, 65535) : 0);
        }
        return ports;
    }

    private static List<List<String>> secondaries(YamlNode value, PortAssignment ports) {
        List<List<String>> secondaries = new ArrayList<>();
        for (YamlNode entry : value.list(32)) {
            List<String> words = words(entry, List.of("--file-prefix", "-s", "--sock-dir"));
            if (!List.of("nfv", "vf", "mirror", "pcap").contains(words.get(0)) || !words.contains("--")) {
                throw entry.error("nfv, vf, mirror or pcap with its words expected, as in: nfv -l 0,1 -- -n 1");
            }
            secondaries.add(words.stream().map(ports::fill).toList());
        }
        return secondaries;
    }

    private static List<String> words(YamlNode value, List<String> ours) {
        List<String> words = List.of(value.text().strip().split("\\s+"));
        for (String word : words) {
            if (ours.contains(word)) {
                throw value.error("the lab gives " + word + " itself: the keys ports, prefix and sockets change it");
            }
        }
        return words;
    }

    private static List<Check> checks(YamlNode value, PortAssignment ports, Map<String, YamlNode> nodes) {
        List<Check> checks = new ArrayList<>();
        if (value == null) {
            return checks;
        }
        for (YamlNode entry : value.list(MAX_LINES)) {
            Map<String, YamlNode> keys =
                    entry.map("from", "limit", "ping", "count", "answered", "hops", "path", "run", "expect");
            if (!keys.containsKey("from") || !nodes.containsKey(keys.get("from").text())) {
                throw entry.error("from: NODE expected, one of " + String.join(", ", nodes.keySet()));
            }
            String from = keys.get("from").text();
            Duration limit = Duration.ofSeconds(
                    keys.containsKey("limit") ? keys.get("limit").number(1, 600) : 30);
            if (keys.containsKey("ping")) {
                only(entry, keys, "ping", "count", "answered", "hops");
                int count = keys.containsKey("count") ? keys.get("count").number(1, 1000) : 3;
                checks.add(new Lab.Ping(
                        from,
                        limit,
                        Addresses.plain(keys.get("ping")),
                        count,
                        keys.containsKey("answered") ? keys.get("answered").number(0, count) : count,
                        keys.containsKey("hops") ? keys.get("hops").number(0, 63) : -1));
            } else if (keys.containsKey("path")) {
                only(entry, keys, "path");
                List<String> hops = new ArrayList<>();
                keys.get("path").list(30).forEach(hop -> hops.add(Addresses.plain(hop)));
                if (hops.isEmpty()) {
                    throw entry.error("a path has an address at least");
                }
                checks.add(new Lab.Route(from, limit, hops));
            } else if (keys.containsKey("run")) {
                only(entry, keys, "run", "expect");
                checks.add(new Lab.Run(from, limit, line(keys.get("run"), ports), pattern(keys.get("expect"))));
            } else {
                throw entry.error("a check has ping, path or run");
            }
        }
        return checks;
    }

    private static void only(YamlNode entry, Map<String, YamlNode> keys, String kind, String... more) {
        for (String key : keys.keySet()) {
            if (!List.of("from", "limit", kind).contains(key) && !List.of(more).contains(key)) {
                throw entry.error(key + " does not go with " + kind);
            }
        }
    }

    private static String line(YamlNode value, PortAssignment ports) {
        return ports.fill(value.text("[\\x20-\\x7e]{1,1000}", "a line of printable ASCII characters"));
    }

    private static Pattern pattern(YamlNode value) {
        try {
            return Pattern.compile(value == null ? "" : value.text(), Pattern.MULTILINE);
        } catch (PatternSyntaxException e) {
            throw value.error("no regular expression: " + e.getDescription());
        }
    }

    private static List<String> lines(YamlNode value) {
        List<String> lines = new ArrayList<>();
        if (value != null) {
            value.list(MAX_LINES).forEach(line -> lines.add(line.text("[^\\p{Cntrl}]{1,1000}", "a shell line")));
        }
        return lines;
    }

    /** One value or a list of values. */
    private static List<YamlNode> entries(YamlNode value) {
        if (value == null) {
            return List.of();
        }
        return value.isList() ? value.list(MAX_NODES) : List.of(value);
    }
}
