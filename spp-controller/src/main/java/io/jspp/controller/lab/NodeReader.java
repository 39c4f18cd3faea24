package io.jspp.controller.lab;

import io.jspp.control.CommandCodec;
import io.jspp.controller.lab.Lab.Card;
import io.jspp.controller.lab.Lab.Kind;
import io.jspp.controller.lab.Lab.Link;
import io.jspp.controller.lab.Lab.Node;
import io.jspp.controller.yaml.YamlException;
import io.jspp.controller.yaml.YamlMap;
import io.jspp.controller.yaml.YamlText;
import io.jspp.net.MacAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads what a lab file says of a node. */
final class NodeReader {
    private static final int MAX_CARDS = 8;
    private static final int MAX_ENTRIES = 64;
    private static final int MEMORY_MIB = 96;

    /** Programs that a guest may have, and where this machine has them. */
    private static final Map<String, String> PROGRAMS =
            Map.of("iperf3", "/usr/bin/iperf3", "ethtool", "/usr/sbin/ethtool");

    private NodeReader() {}

    /** {@code vm} or {@code namespace}. */
    static Kind kind(YamlMap map, String key) throws YamlException {
        return switch (map.text(key)) {
            case "vm" -> Kind.VM;
            case "namespace" -> Kind.NAMESPACE;
            default -> throw map.wrong(key, "vm or namespace is expected");
        };
    }

    /** @param variant the kind that a variant chooses, or null */
    static Node read(String name, YamlMap map, Kind variant) throws YamlException {
        map.only("kind", "memory", "cpus", "programs", "cards", "routes", "forward");
        if (!name.matches("[a-z][a-z0-9-]{0,14}")) {
            throw new YamlException(map.place(), "a node's name has small letters, digits and hyphens, 15 at most");
        }
        Kind own = kind(map, "kind");
        Kind kind = variant == null ? own : variant;
        List<YamlMap> rows = map.maps("cards");
        if (rows.isEmpty() || rows.size() > MAX_CARDS) {
            throw map.wrong("cards", "1 to " + MAX_CARDS + " cards are expected");
        }
        List<Card> cards = new ArrayList<>();
        for (YamlMap row : rows) {
            cards.add(card("eth" + cards.size(), row, kind));
        }
        List<String> routes = new ArrayList<>();
        for (YamlText route : entries(map, "routes")) {
            routes.add(Addresses.route(route));
        }
        List<String> programs = new ArrayList<>();
        for (YamlText program : entries(map, "programs")) {
            if (!PROGRAMS.containsKey(program.text())) {
                throw new YamlException(program.place(), "iperf3 or ethtool is expected");
            }
            programs.add(PROGRAMS.get(program.text()));
        }
        return new Node(
                name,
                kind,
                map.integer("memory", 64, 65536, MEMORY_MIB),
                map.integer("cpus", 1, 16, 1),
                programs,
                cards,
                routes,
                map.flag("forward", false));
    }

    private static List<YamlText> entries(YamlMap map, String key) throws YamlException {
        if (map.size(key) > MAX_ENTRIES) {
            throw map.wrong(key, "more than " + MAX_ENTRIES + " entries");
        }
        return map.textOrTexts(key);
    }

    /** The card, with an empty port unless the file names one. */
    private static Card card(String name, YamlMap map, Kind kind) throws YamlException {
        map.only("mac", "address", "port", "link", "queues", "listen");
        Link link = switch (map.text("link", "veth")) {
            case "veth" -> Link.VETH;
            case "tap" -> Link.TAP;
            default -> throw map.wrong("link", "veth or tap is expected");
        };
        link = kind == Kind.VM ? Link.VHOST : link;
        String port = map.text("port", "");
        if (!port.isEmpty() && !port.matches(link.portType() + ":[0-9]{1,2}")) {
            throw map.wrong(
                    "port",
                    '"' + CommandCodec.printable(port) + "\" is given, this card's is " + link.portType() + ":N");
        }
        List<String> addresses = new ArrayList<>();
        for (YamlText address : entries(map, "address")) {
            addresses.add(Addresses.withPrefix(address));
        }
        return new Card(
                name, link, port, mac(map), addresses, map.integer("queues", 1, 16, 1), map.flag("listen", false));
    }

    private static String mac(YamlMap map) throws YamlException {
        if (!map.has("mac")) {
            return "";
        }
        try {
            return MacAddress.format(MacAddress.parse(map.text("mac")));
        } catch (IllegalArgumentException e) {
            throw map.wrong("mac", e.getMessage());
        }
    }
}
