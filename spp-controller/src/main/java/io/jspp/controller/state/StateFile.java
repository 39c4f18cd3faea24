package io.jspp.controller.state;

import io.jspp.control.ArgumentType;
import io.jspp.control.CommandCodec;
import io.jspp.control.ProcessKind;
import io.jspp.controller.yaml.YamlException;
import io.jspp.controller.yaml.YamlFile;
import io.jspp.controller.yaml.YamlMap;
import io.jspp.controller.yaml.YamlText;
import io.jspp.flow.FlowException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Reads a state file, and the JSON of {@code GET /v2/state}, which has the same form. {@code docs/state.md} describes it. */
public final class StateFile {
    private static final int MAX_ID = 127;
    private static final int MAX_LCORE = 1023;
    private static final String ARROW = " -> ";
    private static final String PORTS = "ports";
    private static final String PATCHES = "patches";
    private static final String RUNNING = "running";
    private static final String LCORES = "lcores";

    private StateFile() {}

    /**
     * Reads a state.
     *
     * @param source what complaints call the text
     * @throws YamlException {@code SOURCE:LINE: sentence}
     */
    public static SwitchState parse(final String source, final String text) throws YamlException {
        final YamlMap map = YamlFile.parse(source, text);
        map.only("version", "primary", "secondaries");
        map.text("version");
        if (map.integer("version", 0, Integer.MAX_VALUE, 0) != SwitchState.VERSION) {
            throw map.wrong(
                    "version", map.text("version") + " is not " + SwitchState.VERSION + ", which this program knows");
        }
        final SortedMap<Integer, SecondaryState> secondaries = new TreeMap<>();
        for (final YamlMap one : map.maps("secondaries")) {
            one.text("id");
            final int id = one.integer("id", 1, MAX_ID, 1);
            if (secondaries.put(id, secondary(one)) != null) {
                throw one.wrong("id", id + " is another secondary's: ids are shared by all types");
            }
        }
        final YamlMap primary = map.map("primary");
        return new SwitchState(primary == null ? null : primary(primary), secondaries);
    }

    private static PrimaryState primary(final YamlMap map) throws YamlException {
        map.only("forwarder", "pipes", "flows", "flow-ids");
        final YamlMap forwarder = map.map("forwarder");
        if (forwarder != null) {
            forwarder.only(RUNNING, PORTS, PATCHES);
        }
        final SortedMap<String, PrimaryState.Pipe> pipes = new TreeMap<>();
        for (final YamlMap pipe : map.maps("pipes")) {
            pipe.only("pipe", "rx", "tx");
            final String name = canonical(ArgumentType.PIPE, pipe.text("pipe"), pipe.place("pipe"));
            final PrimaryState.Pipe rings = new PrimaryState.Pipe(
                    canonical(ArgumentType.RING, pipe.text("rx"), pipe.place("rx")),
                    canonical(ArgumentType.RING, pipe.text("tx"), pipe.place("tx")));
            once(pipes.put(name, rings) == null, name, pipe.place());
        }
        return new PrimaryState(forwarder == null ? null : panel(forwarder), pipes, flows(map));
    }

    private static SortedMap<String, List<PrimaryState.Flow>> flows(final YamlMap map) throws YamlException {
        final SortedMap<String, List<PrimaryState.Flow>> flows = new TreeMap<>();
        final YamlMap rules = map.map("flows");
        final YamlMap ids = map.map("flow-ids");
        for (final String key : rules == null ? Set.<String>of() : rules.keys()) {
            final List<YamlText> numbers = ids == null ? List.of() : ids.texts(key);
            final List<PrimaryState.Flow> list = new ArrayList<>();
            for (final YamlText text : rules.texts(key)) {
                final String id =
                        list.size() < numbers.size() ? numbers.get(list.size()).text() : "";
                try {
                    list.add(new PrimaryState.Flow(
                            id.matches("[0-9]{1,9}") ? Integer.parseInt(id) : -1, FlowWords.canonical(text.text())));
                } catch (final FlowException wrong) {
                    throw new YamlException(text.place(), "flow rule: " + wrong.getMessage());
                }
            }
            if (!list.isEmpty()) {
                flows.put(canonical(ArgumentType.PHYSICAL_PORT, key, rules.place(key)), list);
            }
        }
        return flows;
    }

    private static String canonical(final ArgumentType type, final String text, final String place)
            throws YamlException {
        try {
            return type.display(type.parse(text));
        } catch (final IllegalArgumentException wrong) {
            throw new YamlException(place, '"' + CommandCodec.printable(text) + "\" is not " + wrong.getMessage());
        }
    }

    /** A list says nothing twice: the second one is a mistake of who wrote it, who may have meant something else. */
    private static void once(final boolean isNew, final String what, final String place) throws YamlException {
        if (!isNew) {
            throw new YamlException(place, what + " is there twice");
        }
    }

    private static PanelState panel(final YamlMap map) throws YamlException {
        final SortedSet<String> ports = new TreeSet<>();
        for (final YamlText port : map.texts(PORTS)) {
            final String name = canonical(ArgumentType.PLAIN_PORT, port.text(), port.place());
            once(ports.add(name), name, port.place());
        }
        final SortedMap<String, String> patches = new TreeMap<>();
        for (final YamlText patch : map.texts(PATCHES)) {
            final String[] ends = patch.text().strip().split("\\s*->\\s*", -1);
            if (ends.length != 2) {
                throw new YamlException(
                        patch.place(), '"' + CommandCodec.printable(patch.text()) + "\" is not SOURCE -> DESTINATION");
            }
            final String source = canonical(ArgumentType.PORT, ends[0], patch.place());
            if (patches.put(source, canonical(ArgumentType.PORT, ends[1], patch.place())) != null) {
                throw new YamlException(patch.place(), source + " is patched twice: a source has one destination");
            }
        }
        return new PanelState(map.flag(RUNNING, false), ports, patches);
    }

    private static SecondaryState secondary(final YamlMap map) throws YamlException {
        final ProcessKind kind = ProcessKind.ofWireName(map.text("type"));
        if (kind == null || !kind.isSecondary()) {
            throw map.wrong(
                    "type", '"' + CommandCodec.printable(map.text("type")) + "\" is none of nfv, vf, mirror, pcap");
        }
        final String lcores = map.text(LCORES, "");
        if (!lcores.matches("([0-9]{1,4}(,[0-9]{1,4}){0,255})?")) {
            throw map.wrong(LCORES, "numbers with commas between them are expected, as in 0,1");
        }
        final Set<String> seen = new HashSet<>();
        for (final String lcore : lcores.split(",")) {
            once(seen.add(lcore), LCORES + ": " + lcore, map.place(LCORES));
        }
        switch (kind) {
            case NFV -> {
                map.only("type", "id", LCORES, RUNNING, PORTS, PATCHES);
                return new SecondaryState.Nfv(lcores, panel(map));
            }
            case PCAP -> {
                map.only("type", "id", LCORES, "port", "capturing");
                return new SecondaryState.Pcap(
                        lcores,
                        canonical(ArgumentType.PORT, map.text("port"), map.place("port")),
                        map.flag("capturing", false));
            }
            default -> {
                return graph(kind, lcores, map);
            }
        }
    }

    private static SecondaryState graph(final ProcessKind kind, final String lcores, final YamlMap map)
            throws YamlException {
        if (kind == ProcessKind.VF) {
            map.only("type", "id", LCORES, "components", "classifier_table");
        } else {
            map.only("type", "id", LCORES, "components");
        }
        final SortedMap<String, ComponentState> components = new TreeMap<>();
        final Map<String, String> users = new HashMap<>();
        for (final YamlMap one : map.maps("components")) {
            final ComponentState component = component(kind, one, users);
            if (components.put(component.name(), component) != null) {
                throw one.wrong("name", "a component " + component.name() + " is there already");
            }
        }
        final SortedSet<String> entries = new TreeSet<>();
        for (final YamlText text : map.texts("classifier_table")) {
            final String entry = entry(text);
            once(entries.add(entry), entry, text.place());
        }
        return new SecondaryState.Graph(kind, lcores, components, entries);
    }

    private static ComponentState component(final ProcessKind kind, final YamlMap map, final Map<String, String> users)
            throws YamlException {
        final String type = map.text("type");
        final List<String> types = kind == ProcessKind.MIRROR
                ? List.of(ComponentState.MIRROR)
                : List.of("forward", "merge", ComponentState.CLASSIFIER, "bridge", ComponentState.RESPONDER);
        if (!types.contains(type)) {
            throw map.wrong(
                    "type",
                    '"' + CommandCodec.printable(type) + "\" is no component of a " + kind.wireName() + ", those are "
                            + String.join(", ", types));
        }
        final boolean responder = type.equals(ComponentState.RESPONDER);
        if (responder) {
            map.only("name", "core", "type", "rx", "tx", "addresses", "print");
        } else {
            map.only("name", "core", "type", "rx", "tx");
        }
        map.text("core");
        final String name = canonical(ArgumentType.name(), map.text("name"), map.place("name"));
        final SortedMap<String, String> addresses = new TreeMap<>();
        for (final YamlText text : map.texts("addresses")) {
            final String[] words = text.text().strip().split("\\s+", 2);
            final String address = canonical(ArgumentType.HOST, words[0], text.place());
            final String station = words.length == 1 ? "" : canonical(ArgumentType.STATION, words[1], text.place());
            once(addresses.put(address, station) == null, address, text.place());
        }
        return new ComponentState(
                name,
                map.integer("core", 0, MAX_LCORE, 0),
                type,
                uses(kind, map, "rx", name, users),
                uses(kind, map, "tx", name, users),
                addresses,
                map.flag("print", false));
    }

    /** @param users who has which port in which direction already */
    private static List<ComponentState.Use> uses(
            final ProcessKind kind,
            final YamlMap map,
            final String direction,
            final String name,
            final Map<String, String> users)
            throws YamlException {
        final List<ComponentState.Use> uses = new ArrayList<>();
        for (final YamlText text : map.texts(direction)) {
            final List<String> words = CommandCodec.words(text.text());
            final int portWords = words.size() > 2 && words.get(1).equals("nq") ? 3 : 1;
            final String port = canonical(
                    ArgumentType.PORT,
                    String.join(" ", words.subList(0, Math.min(portWords, words.size()))),
                    text.place());
            final List<String> vlan = words.subList(Math.min(portWords, words.size()), words.size());
            final String other = users.put(direction + ' ' + port, name);
            if (other != null) {
                throw new YamlException(text.place(), port + " is " + direction + " port of " + other + " already");
            }
            uses.add(new ComponentState.Use(port, vlan(kind, vlan, text.place())));
        }
        return uses;
    }

    private static String vlan(final ProcessKind kind, final List<String> words, final String place)
            throws YamlException {
        if (words.isEmpty()) {
            return "";
        }
        if (kind == ProcessKind.VF && words.equals(List.of("del_vlantag"))) {
            return "del_vlantag";
        }
        if (kind == ProcessKind.VF && words.size() == 3 && words.get(0).equals("add_vlantag")) {
            return "add_vlantag " + canonical(ArgumentType.integer(0, 4095), words.get(1), place) + ' '
                    + canonical(ArgumentType.integer(0, 7), words.get(2), place);
        }
        throw new YamlException(
                place,
                kind == ProcessKind.VF
                        ? "behind a port add_vlantag VID PCP or del_vlantag is expected"
                        : "nothing is expected behind a port of a " + kind.wireName());
    }

    private static String entry(final YamlText text) throws YamlException {
        final List<String> words = CommandCodec.words(text.text());
        final boolean vlan = words.size() > 3 && words.get(0).equals("vlan");
        final int address = vlan ? 2 : 1;
        if (!vlan && (words.size() < 3 || !words.get(0).equals("mac"))) {
            throw new YamlException(text.place(), "mac MAC|default PORT or vlan VID MAC|default PORT is expected");
        }
        return (vlan ? "vlan " + canonical(ArgumentType.integer(0, 4095), words.get(1), text.place()) : "mac")
                + ' '
                + canonical(ArgumentType.MAC, words.get(address), text.place())
                + ' '
                + canonical(
                        ArgumentType.PORT, String.join(" ", words.subList(address + 1, words.size())), text.place());
    }

    /** {@code SOURCE -> DESTINATION}. */
    static String patch(final String source, final String destination) {
        return source + ARROW + destination;
    }
}
