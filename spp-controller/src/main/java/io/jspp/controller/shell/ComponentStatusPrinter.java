package io.jspp.controller.shell;

import io.jspp.controller.json.Json;
import java.io.PrintStream;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Prints the status of a vf in SPP's layout. */
final class ComponentStatusPrinter {
    private final PrintStream out;

    ComponentStatusPrinter(final PrintStream out) {
        this.out = out;
    }

    void print(final Map<String, Object> status) {
        final List<Map<String, Object>> components = StatusPrinter.objects(status, "components");
        out.println("Basic Information:");
        out.println("  - client-id: " + status.get("client-id"));
        out.println("  - ports: " + list(Json.asArray(status.get("ports"))));
        out.println("  - lcore_ids:");
        out.println("    - master: " + status.get("master-lcore"));
        final Set<Object> lcores = new LinkedHashSet<>();
        components.forEach(component -> lcores.add(component.get("core")));
        out.println("    - slaves: " + list(List.copyOf(lcores)));
        out.println("Classifier Table:");
        final List<Map<String, Object>> entries = StatusPrinter.objects(status, "classifier_table");
        if (entries.isEmpty()) {
            out.println("  No entries.");
        }
        for (final Map<String, Object> entry : entries) {
            out.println("  - " + entry.get("value") + ", " + entry.get("port"));
        }
        out.println("Components:");
        components.forEach(this::printComponent);
    }

    private void printComponent(final Map<String, Object> component) {
        final Object name = component.get("name");
        out.println("  - core:" + component.get("core") + " '" + (name == null ? "" : name) + "' (type: "
                + component.get("type") + ')');
        StatusPrinter.objects(component, "rx_port").forEach(port -> printPort("rx", port));
        StatusPrinter.objects(component, "tx_port").forEach(port -> printPort("tx", port));
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
        return values.stream().map(Object::toString).collect(Collectors.joining(", ", "[", "]"));
    }
}
