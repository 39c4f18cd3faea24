package io.jspp.controller.shell;

import io.jspp.controller.json.Json;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Prints the status of processes with components in SPP's layouts. */
final class ComponentStatusPrinter {
    private final PrintStream out;

    ComponentStatusPrinter(final PrintStream out) {
        this.out = out;
    }

    void printVf(final Map<String, Object> status) {
        final List<Map<String, Object>> components = Json.objects(status, "components");
        printBasics(status, components, true);
        out.println("Classifier Table:");
        final List<Map<String, Object>> entries = Json.objects(status, "classifier_table");
        if (entries.isEmpty()) {
            out.println("  No entries.");
        }
        for (final Map<String, Object> entry : entries) {
            out.println("  - " + entry.get("value") + ", " + entry.get("port"));
        }
        printResponders(Json.objects(status, "responders"));
        out.println("Components:");
        for (final Map<String, Object> component : components) {
            printHead(component);
            Json.objects(component, "rx_port").forEach(port -> printPort("rx", port));
            Json.objects(component, "tx_port").forEach(port -> printPort("tx", port));
        }
    }

    /** A section that SPP does not have, so only where there is a responder. */
    private void printResponders(final List<Map<String, Object>> responders) {
        if (!responders.isEmpty()) {
            out.println("Responders:");
        }
        for (final Map<String, Object> responder : responders) {
            out.println("  - '" + responder.get("name") + "' (print: " + responder.get("print") + ')');
            Json.objects(responder, "addresses")
                    .forEach(host -> out.println("    - " + host.get("address") + ", " + host.get("mac_address")));
        }
    }

    /** Like a classifier's table: VLAN 0 is none. */
    void printBridgeTable(final Map<String, Object> table) {
        out.println("Bridge Table (" + table.get("addresses") + " of " + table.get("capacity") + " addresses):");
        final List<Map<String, Object>> entries = Json.objects(table, "table");
        if (entries.isEmpty()) {
            out.println("  No entries.");
        }
        for (final Map<String, Object> entry : entries) {
            final String vlan = Integer.valueOf(0).equals(entry.get("vlan")) ? "" : entry.get("vlan") + "/";
            out.println("  - " + vlan + entry.get("address") + ", " + entry.get("port") + " (" + entry.get("age")
                    + " s ago)");
        }
    }

    /** As SPP's shell: one rx line, all tx ports in one line, {@code slave} for a single lcore. */
    void printMirror(final Map<String, Object> status) {
        final List<Map<String, Object>> components = Json.objects(status, "components");
        printBasics(status, components, false);
        out.println("Components:");
        for (final Map<String, Object> component : components) {
            printHead(component);
            if (component.get("name") == null) {
                continue;
            }
            final List<Object> rx = names(component, "rx_port");
            final List<Object> tx = names(component, "tx_port");
            out.println("    - rx: " + (rx.isEmpty() ? "" : rx.get(0)));
            out.println("    - tx: " + (tx.isEmpty() ? "" : list(tx)));
        }
    }

    private static List<Object> names(final Map<String, Object> component, final String ports) {
        return Json.objects(component, ports).stream()
                .map(port -> port.get("port"))
                .toList();
    }

    private void printBasics(
            final Map<String, Object> status, final List<Map<String, Object>> components, final boolean alwaysPlural) {
        out.println("Basic Information:");
        out.println("  - client-id: " + status.get("client-id"));
        out.println("  - ports: " + list(Json.asArray(status.get("ports"))));
        out.println("  - lcore_ids:");
        out.println("    - master: " + status.get("master-lcore"));
        final Set<Object> lcores = new LinkedHashSet<>();
        components.forEach(component -> lcores.add(component.get("core")));
        out.println(
                alwaysPlural || lcores.size() != 1
                        ? "    - slaves: " + list(new ArrayList<>(lcores))
                        : "    - slave: " + lcores.iterator().next());
    }

    private void printHead(final Map<String, Object> component) {
        final Object name = component.get("name");
        out.println("  - core:" + component.get("core") + " '" + (name == null ? "" : name) + "' (type: "
                + component.get("type") + ')');
    }

    private void printPort(final String direction, final Map<String, Object> port) {
        final Map<String, Object> vlan = Json.asObject(port.get("vlan"));
        final Object operation = vlan == null ? "none" : vlan.get("operation");
        String text = "";
        if ("add".equals(operation)) {
            text = " (vlan operation: add, id: " + vlan.get("id") + ", pcp: " + vlan.get("pcp") + ')';
        } else if ("del".equals(operation)) {
            text = " (vlan operation: del)";
        }
        out.println("    - " + direction + ": " + port.get("port") + text);
    }

    private static String list(final List<?> values) {
        return values.stream().map(String::valueOf).collect(Collectors.joining(", ", "[", "]"));
    }
}
