package io.jspp.controller.shell;

import io.jspp.control.ProcessKind;
import io.jspp.controller.json.Json;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collector;
import java.util.stream.Collectors;

/** Prints the status objects of processes in SPP's layouts. */
final class StatusPrinter {
    /** Seen from the missing arrow. */
    private static final String UNUSED = "unused";

    private static final Collector<CharSequence, ?, String> LIST = Collectors.joining(", ", "[", "]");

    private final OutputFormat format;
    private final PrintStream out;

    StatusPrinter(final OutputFormat format, final PrintStream out) {
        this.format = format;
        this.out = out;
    }

    void print(final ProcessKind kind, final Map<String, Object> status) {
        if (format.print(out, status)) {
            return;
        }
        switch (kind) {
            case PRIMARY -> printPrimary(status);
            case NFV -> printNfv(status);
            case VF -> new ComponentStatusPrinter(out).printVf(status);
            case MIRROR -> new ComponentStatusPrinter(out).printMirror(status);
            case PCAP -> printPcap(status);
        }
    }

    void printBridgeTable(final Map<String, Object> table) {
        if (!format.print(out, table)) {
            new ComponentStatusPrinter(out).printBridgeTable(table);
        }
    }

    private void printPcap(final Map<String, Object> status) {
        final List<Map<String, Object>> cores = Json.objects(status, "core");
        out.println("Basic Information:");
        out.println("  - client-id: " + status.get("client-id"));
        out.println("  - status: " + status.get("status"));
        out.println("  - lcore_ids:");
        out.println("    - master: " + status.get("master-lcore"));
        out.println("    - slaves: "
                + cores.stream().map(core -> String.valueOf(core.get("core"))).collect(LIST));
        out.println("Components:");
        for (final Map<String, Object> core : cores) {
            out.println("  - core:" + core.get("core") + ' ' + core.get("role"));
            Json.objects(core, "rx_port").forEach(port -> out.println("    - rx: " + port.get("port")));
            if (core.containsKey("filename")) {
                out.println("    - filename: " + core.get("filename"));
            }
        }
    }

    private void printNfv(final Map<String, Object> status) {
        out.println("- status: " + status.get("status"));
        final Object master = status.get("master-lcore");
        final List<?> workers = Json.asArray(status.get("lcores")).stream()
                .filter(lcore -> !Objects.equals(lcore, master))
                .toList();
        printLcores(master, workers);
        out.println("- ports:");
        printPorts("  ", status);
        printQueues(status);
        printStates(status);
    }

    /** Ports of which several queues have been in use: who polls each, and what it has moved; SPP's own processes tell nothing of it. */
    private void printQueues(final Map<String, Object> status) {
        final Map<Object, Map<Integer, StringBuilder>> ports = new LinkedHashMap<>();
        for (final Map<String, Object> row : Json.objects(status, "counters")) {
            final StringBuilder line = ports.computeIfAbsent(row.get("port"), port -> new TreeMap<>())
                    .computeIfAbsent(
                            row.get("queue") instanceof Integer number ? number : 0, queue -> new StringBuilder());
            line.append(line.isEmpty() ? "" : "; ")
                    .append(row.get("direction"))
                    .append(' ')
                    .append(row.get("packets"));
            final List<?> lcores = Json.asArray(row.get("lcores"));
            if (!Boolean.TRUE.equals(row.get("live"))) {
                line.append(", off");
            } else if (!lcores.isEmpty()) {
                line.append(lcores.size() == 1 ? ", lcore " : ", lcores ")
                        .append(lcores.stream().map(String::valueOf).collect(Collectors.joining(", ")));
            }
        }
        ports.values().removeIf(queues -> queues.size() == 1);
        if (ports.isEmpty()) {
            return;
        }
        out.println("- queues:");
        ports.forEach((port, queues) ->
                queues.forEach((queue, line) -> out.println("  - " + port + " nq " + queue + ": " + line)));
    }

    /** Ports about whose state there is something to say; SPP's own processes tell none. */
    private void printStates(final Map<String, Object> status) {
        final List<Map<String, Object>> remarkable = Json.objects(status, "port_states").stream()
                .filter(state ->
                        !String.valueOf(state.getOrDefault("cause", "")).isEmpty())
                .filter(state -> !UNUSED.equals(state.get("code")))
                .toList();
        if (remarkable.isEmpty()) {
            return;
        }
        out.println("- states:");
        for (final Map<String, Object> state : remarkable) {
            out.println("  - " + state.get("port") + ' ' + state.get("state") + ": " + state.get("cause"));
            final String next = String.valueOf(state.getOrDefault("next", ""));
            if (!next.isEmpty()) {
                out.println("    -> " + next);
            }
        }
    }

    private void printPrimary(final Map<String, Object> status) {
        final List<?> lcores = Json.asArray(status.get("lcores"));
        if (!lcores.isEmpty()) {
            printLcores(lcores.get(0), lcores.subList(1, lcores.size()));
        }
        final Map<String, Object> forwarder = Json.asObject(status.get("forwarder"));
        if (forwarder != null) {
            out.println("- forwarder:");
            out.println("  - status: " + forwarder.get("status"));
            out.println("  - ports:");
            printPorts("    ", forwarder);
        }
        if (status.containsKey("pipes")) {
            out.println("- pipes:");
            for (final Map<String, Object> pipe : Json.objects(status, "pipes")) {
                out.println("  - pipe:" + pipe.get("id") + " ring:" + pipe.get("rx") + " ring:" + pipe.get("tx"));
            }
        }
        if (status.containsKey("phy_ports") || status.containsKey("ring_ports")) {
            out.println("- stats");
        }
        if (status.containsKey("phy_ports")) {
            printPhysicalPorts(Json.objects(status, "phy_ports"));
        }
        if (status.containsKey("ring_ports")) {
            printRings(Json.objects(status, "ring_ports"));
        }
        printLaunched(Json.objects(status, "launched"));
    }

    /** What became of each {@code launch}; SPP's own primary tells nothing of it. */
    private void printLaunched(final List<Map<String, Object>> launched) {
        if (launched.isEmpty()) {
            return;
        }
        out.println("- launched:");
        for (final Map<String, Object> process : launched) {
            out.println("  - " + String.valueOf(process.get("name")).replaceFirst("^spp_", "") + ':' + process.get("id")
                    + ' ' + process.get("state") + " (pid " + process.get("pid") + "), restarts: "
                    + process.get("restarts")
                    + (process.get("last_exit") == null ? "" : ", last exit status: " + process.get("last_exit")));
            out.println("    - log: " + process.get("log"));
        }
    }

    private void printPhysicalPorts(final List<Map<String, Object>> ports) {
        out.println("  - physical ports:");
        out.println("      ID          rx          tx     tx_drop  rxq  txq mac_addr");
        for (final Map<String, Object> port : ports) {
            final Map<String, Object> queues = Json.asObject(port.get("nof_queues"));
            out.printf(
                    "      %2s  %10s  %10s  %10s %4s %4s %s%n",
                    port.get("id"),
                    port.get("rx"),
                    port.get("tx"),
                    port.get("tx_drop"),
                    queues == null ? "" : queues.get("rx"),
                    queues == null ? "" : queues.get("tx"),
                    port.get("eth"));
        }
    }

    private void printRings(final List<Map<String, Object>> rings) {
        out.println("  - ring ports:");
        out.println("      ID          rx          tx     rx_drop     tx_drop");
        for (final Map<String, Object> ring : rings) {
            out.printf(
                    "      %2s  %10s  %10s  %10s  %10s%n",
                    ring.get("id"), ring.get("rx"), ring.get("tx"), ring.get("rx_drop"), ring.get("tx_drop"));
        }
    }

    private void printLcores(final Object master, final List<?> workers) {
        out.println("- lcore_ids:");
        out.println("  - master: " + master);
        if (workers.size() == 1) {
            out.println("  - slave: " + workers.get(0));
        } else if (workers.size() > 1) {
            out.println("  - slaves: " + workers.stream().map(String::valueOf).collect(LIST));
        }
    }

    private void printPorts(final String indent, final Map<String, Object> status) {
        for (final Object port : Json.asArray(status.get("ports"))) {
            Object destination = null;
            for (final Map<String, Object> patch : Json.objects(status, "patches")) {
                if (Objects.equals(port, patch.get("src"))) {
                    destination = patch.get("dst");
                }
            }
            out.println(indent + "- " + port + (destination == null ? "" : " -> " + destination));
        }
    }
}
