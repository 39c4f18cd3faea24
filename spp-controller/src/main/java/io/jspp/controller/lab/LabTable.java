package io.jspp.controller.lab;

import io.jspp.controller.json.Json;
import io.jspp.controller.lab.Lab.Card;
import io.jspp.controller.lab.Lab.Node;
import io.jspp.controller.process.DetachedProcess;
import io.jspp.controller.shell.RestClient;
import io.jspp.controller.shell.ShellException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A lab that is up as a table: nodes, their addresses, ports and states, and the processes of the switch. */
final class LabTable {
    private static final List<String> HEAD = List.of("node", "kind", "card", "addresses", "port", "state");

    private final Lab lab;
    private final LabDirectory directory;

    LabTable(Lab lab, LabDirectory directory) {
        this.lab = lab;
        this.directory = directory;
    }

    /** @return whether all of its processes run */
    boolean print(PrintStream out) {
        Map<String, String> states = states();
        List<List<String>> rows = new ArrayList<>(List.of(HEAD));
        for (Node node : lab.nodes()) {
            boolean alive =
                    directory.process(node.name()).map(DetachedProcess::isAlive).orElse(false);
            String name = node.name();
            String kind = node.kind().name().toLowerCase(Locale.ROOT);
            for (Card card : node.cards()) {
                String state = alive ? states.getOrDefault(card.port(), "not patched") : "node has ended";
                rows.add(List.of(name, kind, card.name(), String.join(" ", card.addresses()), card.port(), state));
                name = "";
                kind = "";
            }
        }
        columns(rows).forEach(out::println);
        List<String> dead = new ArrayList<>();
        List<String> alive = new ArrayList<>();
        for (DetachedProcess process : directory.processes()) {
            (process.isAlive() ? alive : dead).add(process.name() + " (pid " + process.pid() + ")");
        }
        out.println("processes: " + String.join(", ", alive));
        if (!dead.isEmpty()) {
            out.println("ended:     " + String.join(", ", dead) + "; their logs are in " + directory);
        }
        return dead.isEmpty();
    }

    private static List<String> columns(List<List<String>> rows) {
        int[] widths = new int[HEAD.size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    /** Port → state, as the processes that use it say; empty when nobody can be asked. */
    private Map<String, String> states() {
        Map<String, String> states = new LinkedHashMap<>();
        try {
            RestClient controller = RestClient.at(LabTarget.restAddress(directory));
            controller.secondaries().values().forEach(status -> learn(states, status));
        } catch (ShellException | RuntimeException e) {
            states.clear(); // the processes' line below tells who has ended
        }
        return states;
    }

    private static void learn(Map<String, String> states, Map<String, Object> status) {
        for (Map<String, Object> state : Json.objects(status, "port_states")) {
            if (state.get("port") instanceof String port) {
                Object cause = state.getOrDefault("cause", "");
                String text = state.get("state") + ("".equals(cause) ? "" : " (" + cause + ")");
                states.merge(port, text, (a, b) -> a.startsWith("up") ? a : b);
            }
        }
    }
}
