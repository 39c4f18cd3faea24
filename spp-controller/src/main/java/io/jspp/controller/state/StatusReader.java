package io.jspp.controller.state;

import io.jspp.control.ProcessKind;
import io.jspp.controller.json.Json;
import io.jspp.flow.FlowException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Makes a {@link SwitchState} of what the processes tell in their statuses. One thread. */
public final class StatusReader {
    private static final String NAME = "name";
    private static final String PORT = "port";
    private static final String TYPE = "type";

    private final Map<ProcessKind, Map<Integer, Map<String, Object>>> statuses = new TreeMap<>();

    /**
     * Takes a status.
     *
     * @param id client id, 0 for the primary
     */
    public void add(final ProcessKind kind, final int id, final Map<String, Object> status) {
        statuses.computeIfAbsent(kind, key -> new TreeMap<>()).put(id, status);
    }

    /** Only a primary knows which ports nobody added. */
    private boolean hasPrimary() {
        return statuses.containsKey(ProcessKind.PRIMARY);
    }

    /** Why the state can't be told, though all have answered: a status does not show everything. Null when it can. */
    public String incomplete() {
        if (!hasPrimary()) {
            return "No spp_primary is running.";
        }
        for (final Map<Integer, Map<String, Object>> all : statuses.values()) {
            for (final Map.Entry<Integer, Map<String, Object>> status : all.entrySet()) {
                final int shown =
                        Json.asArray(status.getValue().get("classifier_table")).size();
                if (number(status.getValue().get("classifier_entries")) > shown) {
                    return "client " + status.getKey() + " has "
                            + status.getValue().get("classifier_entries")
                            + " classifier entries, of which its status shows " + shown
                            + ": its state can't be told";
                }
            }
        }
        return null;
    }

    /** The state. */
    public SwitchState read() {
        final Map<String, Object> primary =
                statuses.getOrDefault(ProcessKind.PRIMARY, Map.of()).get(0);
        final Set<String> devices = new HashSet<>();
        if (primary != null) {
            Json.objects(primary, "devices").forEach(device -> devices.add(String.valueOf(device.get(PORT))));
        }
        final SortedMap<Integer, SecondaryState> secondaries = new TreeMap<>();
        statuses.forEach((kind, all) -> {
            if (kind.isSecondary()) {
                all.forEach((id, status) -> secondaries.put(id, secondary(kind, status, devices)));
            }
        });
        return new SwitchState(primary == null ? null : primary(primary, devices), secondaries);
    }

    private static PrimaryState primary(final Map<String, Object> status, final Set<String> devices) {
        final Map<String, Object> forwarder = Json.asObject(status.get("forwarder"));
        final SortedMap<String, PrimaryState.Pipe> pipes = new TreeMap<>();
        for (final Map<String, Object> pipe : Json.objects(status, "pipes")) {
            pipes.put(
                    "pipe:" + pipe.get("id"),
                    new PrimaryState.Pipe("ring:" + pipe.get("rx"), "ring:" + pipe.get("tx")));
        }
        final SortedMap<String, List<PrimaryState.Flow>> flows = new TreeMap<>();
        for (final Map<String, Object> port : Json.objects(status, "phy_ports")) {
            final List<PrimaryState.Flow> rules = new ArrayList<>();
            for (final Map<String, Object> rule : Json.objects(port, "flow")) {
                try {
                    rules.add(new PrimaryState.Flow(number(rule.get("rule_id")), FlowWords.ofStatus(rule)));
                } catch (final FlowException unknownForm) {
                    rules.add(new PrimaryState.Flow(
                            number(rule.get("rule_id")), "not known: " + unknownForm.getMessage()));
                }
            }
            if (!rules.isEmpty()) {
                flows.put("phy:" + port.get("id"), rules);
            }
        }
        return new PrimaryState(forwarder == null ? null : panel(forwarder, devices), pipes, flows);
    }

    private static int number(final Object value) {
        return value instanceof Number number ? number.intValue() : -1;
    }

    private static PanelState panel(final Map<String, Object> status, final Set<String> devices) {
        final SortedSet<String> ports = new TreeSet<>();
        for (final Object port : Json.asArray(status.get("ports"))) {
            final String whole = String.valueOf(port).replaceFirst(" ?nq.*", "");
            if (!devices.contains(whole) && !whole.startsWith("phy:") && !whole.startsWith("pipe:")) {
                ports.add(whole);
            }
        }
        final SortedMap<String, String> patches = new TreeMap<>();
        for (final Map<String, Object> patch : Json.objects(status, "patches")) {
            patches.put(String.valueOf(patch.get("src")), String.valueOf(patch.get("dst")));
        }
        return new PanelState("running".equals(status.get("status")), ports, patches);
    }

    private static SecondaryState secondary(
            final ProcessKind kind, final Map<String, Object> status, final Set<String> devices) {
        return switch (kind) {
            case NFV -> new SecondaryState.Nfv(lcores(status, status.get("lcores")), panel(status, devices));
            case PCAP -> pcap(status);
            default -> graph(kind, status);
        };
    }

    /** The main one first, none twice. */
    private static String lcores(final Map<String, Object> status, final Object workers) {
        final List<String> lcores = new ArrayList<>();
        if (status.get("master-lcore") != null) {
            lcores.add(String.valueOf(status.get("master-lcore")));
        }
        for (final Object worker : Json.asArray(workers)) {
            if (!lcores.contains(String.valueOf(worker))) {
                lcores.add(String.valueOf(worker));
            }
        }
        return String.join(",", lcores);
    }

    private static String coresOf(final Map<String, Object> status) {
        return lcores(
                status,
                Json.objects(status, "core").stream()
                        .map(core -> core.get("core"))
                        .toList());
    }

    private static SecondaryState pcap(final Map<String, Object> status) {
        String port = "";
        for (final Map<String, Object> core : Json.objects(status, "core")) {
            for (final Map<String, Object> rx : Json.objects(core, "rx_port")) {
                port = String.valueOf(rx.get(PORT));
            }
        }
        return new SecondaryState.Pcap(coresOf(status), port, "running".equals(status.get("status")));
    }

    private static SecondaryState graph(final ProcessKind kind, final Map<String, Object> status) {
        final SortedMap<String, ComponentState> components = new TreeMap<>();
        for (final Map<String, Object> core : Json.objects(status, "core")) {
            if (core.get(NAME) != null) {
                final ComponentState component = component(core, status);
                components.put(component.name(), component);
            }
        }
        final SortedSet<String> entries = new TreeSet<>();
        for (final Map<String, Object> entry : Json.objects(status, "classifier_table")) {
            final String value = String.valueOf(entry.get("value")).toLowerCase(Locale.ROOT);
            entries.add(entry.get(TYPE) + " " + value.replace('/', ' ') + ' ' + entry.get(PORT));
        }
        return new SecondaryState.Graph(kind, coresOf(status), components, entries);
    }

    private static ComponentState component(final Map<String, Object> core, final Map<String, Object> status) {
        final String name = String.valueOf(core.get(NAME));
        final SortedMap<String, String> addresses = new TreeMap<>();
        boolean print = false;
        for (final Map<String, Object> responder : Json.objects(status, "responders")) {
            if (name.equals(responder.get(NAME))) {
                print = "on".equals(responder.get("print"));
                for (final Map<String, Object> address : Json.objects(responder, "addresses")) {
                    final boolean own = Objects.equals(responder.get("mac_address"), address.get("mac_address"));
                    addresses.put(
                            String.valueOf(address.get("address")),
                            own ? "" : String.valueOf(address.get("mac_address")));
                }
            }
        }
        return new ComponentState(
                name,
                number(core.get("core")),
                String.valueOf(core.get(TYPE)),
                uses(core, "rx_port"),
                uses(core, "tx_port"),
                addresses,
                print);
    }

    private static List<ComponentState.Use> uses(final Map<String, Object> core, final String member) {
        final List<ComponentState.Use> uses = new ArrayList<>();
        for (final Map<String, Object> port : Json.objects(core, member)) {
            final Map<String, Object> vlan = Json.asObject(port.get("vlan"));
            final Object operation = vlan == null ? "none" : vlan.get("operation");
            uses.add(new ComponentState.Use(
                    String.valueOf(port.get(PORT)),
                    "add".equals(operation)
                            ? "add_vlantag " + vlan.get("id") + ' ' + vlan.get("pcp")
                            : "del".equals(operation) ? "del_vlantag" : ""));
        }
        return uses;
    }
}
