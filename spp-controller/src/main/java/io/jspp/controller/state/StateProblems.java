package io.jspp.controller.state;

import io.jspp.control.ProcessKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What no command of a running process can mend, with what to do instead. */
public final class StateProblems {
    private StateProblems() {}

    /** Sentences; none when {@link StateDiff} leads to the wanted state. */
    public static List<String> between(final SwitchState present, final SwitchState wanted) {
        final List<String> problems = new ArrayList<>();
        if (wanted.primary() != null
                && wanted.primary().forwarder() != null
                && present.primary() != null
                && present.primary().forwarder() == null) {
            problems.add("the primary has no forwarder: start it with two lcores or more, as in -l 0,1");
        }
        wanted.secondaries().forEach((id, state) -> {
            final SecondaryState now = present.secondaries().get(id);
            final String who = state.kind().wireName() + ' ' + id;
            if (now == null) {
                problems.add(who + " is not running: " + startIt(id, state));
            } else if (now.kind() != state.kind()) {
                problems.add(who + " is not running, client id " + id + " is a "
                        + now.kind().wireName() + "'s: end that first, or choose another id");
            } else if (now instanceof SecondaryState.Pcap from
                    && state instanceof SecondaryState.Pcap pcap
                    && !from.port().equals(pcap.port())) {
                problems.add(who + " was started for " + from.port() + ", not for " + pcap.port() + ": end it, then "
                        + startIt(id, state));
            } else if (now instanceof SecondaryState.Graph from && state instanceof SecondaryState.Graph graph) {
                lcores(who, from, graph, problems);
            }
        });
        return problems;
    }

    private static void lcores(
            final String who,
            final SecondaryState.Graph from,
            final SecondaryState.Graph to,
            final List<String> problems) {
        final List<String> all = Arrays.asList(from.lcores().split(","));
        final List<String> workers = all.subList(Math.min(1, all.size()), all.size());
        for (final ComponentState component : to.components().values()) {
            if (!workers.contains(Integer.toString(component.core()))) {
                problems.add(who + " has no worker on lcore " + component.core() + " for " + component.name()
                        + ", only " + String.join(", ", workers) + ": start it with more in -l");
            }
        }
    }

    private static String startIt(final int id, final SecondaryState state) {
        final ProcessKind kind = state.kind();
        final StringBuilder lcores = new StringBuilder(state.lcores().isEmpty() ? "0" : state.lcores());
        if (state.lcores().isEmpty()) {
            if (state instanceof SecondaryState.Graph graph) {
                graph.components().values().stream()
                        .mapToInt(ComponentState::core)
                        .distinct()
                        .sorted()
                        .forEach(core -> lcores.append(',').append(core));
            } else {
                lcores.append(kind == ProcessKind.PCAP ? ",1,2" : ",1");
            }
        }
        final String options = " -l " + lcores + " -- --client-id " + id + " -s 127.0.0.1:6666"
                + (state instanceof SecondaryState.Pcap pcap ? " -c " + pcap.port() : "");
        return "./spp " + kind.wireName() + options + ", or in the shell: pri; launch " + kind.wireName() + ' ' + id
                + options;
    }
}
