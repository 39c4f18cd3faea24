package io.jspp.controller.state;

import io.jspp.control.ProcessKind;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a switch is configured to do. Immutable.
 *
 * @param primary null when nothing is said about it
 * @param secondaries by client id
 */
public record SwitchState(PrimaryState primary, SortedMap<Integer, SecondaryState> secondaries) {
    /** Of the form of state files. */
    public static final int VERSION = 1;

    public SwitchState {
        secondaries = Collections.unmodifiableSortedMap(new TreeMap<>(secondaries));
    }

    /** {@code nfv 1}, as a shell line begins. */
    static String target(final ProcessKind kind, final int id) {
        return kind.isSecondary() ? kind.shellName() + ' ' + id : kind.shellName();
    }

    /** What this says about the processes that another one names. */
    public SwitchState only(final SwitchState other) {
        final SortedMap<Integer, SecondaryState> some = new TreeMap<>(secondaries);
        some.keySet().retainAll(other.secondaries.keySet());
        return new SwitchState(other.primary == null ? null : primary, some);
    }

    /** Everything that is said, one line each; two states are equal when their facts are. */
    public SortedSet<String> facts() {
        final SortedSet<String> facts = new TreeSet<>();
        if (primary != null) {
            final String pri = target(ProcessKind.PRIMARY, 0) + ": ";
            if (primary.forwarder() != null) {
                panel(pri, primary.forwarder(), facts);
            }
            primary.pipes().forEach((name, pipe) -> facts.add(pri + name + " of " + pipe.rx() + " and " + pipe.tx()));
            primary.flows().forEach((port, rules) -> {
                for (int i = 0; i < rules.size(); i++) {
                    facts.add(pri + port + " flow " + (i + 1) + ": "
                            + rules.get(i).words());
                }
            });
        }
        secondaries.forEach((id, state) -> {
            final String who = target(state.kind(), id) + ": ";
            if (state instanceof SecondaryState.Nfv nfv) {
                panel(who, nfv.panel(), facts);
            } else if (state instanceof SecondaryState.Graph graph) {
                graph.components().values().forEach(component -> component(who, component, facts));
                graph.entries().forEach(entry -> facts.add(who + "classifier_table " + entry));
            } else if (state instanceof SecondaryState.Pcap pcap) {
                facts.add(who + "port " + pcap.port());
                facts.add(who + (pcap.capturing() ? "capturing" : "not capturing"));
            }
        });
        return facts;
    }

    private static void panel(final String who, final PanelState panel, final SortedSet<String> facts) {
        facts.add(who + (panel.running() ? "forwarding" : "stopped"));
        panel.ports().forEach(port -> facts.add(who + "port " + port));
        panel.patches().forEach((source, destination) -> facts.add(who + "patch " + source + " -> " + destination));
    }

    private static void component(final String who, final ComponentState component, final SortedSet<String> facts) {
        final String name = who + component.name() + ' ';
        facts.add(who + component.type() + ' ' + component.name() + " on lcore " + component.core());
        component.rx().forEach(use -> facts.add(name + "rx " + use));
        for (int i = 0; i < component.tx().size(); i++) {
            facts.add(name + "tx " + component.tx().get(i) + (component.ordered() ? " as number " + (i + 1) : ""));
        }
        component
                .addresses()
                .forEach((address, mac) -> facts.add(name + "answers for " + (address + ' ' + mac).strip()));
        if (component.print()) {
            facts.add(name + "prints");
        }
    }
}
