package io.jspp.controller.state;

import io.jspp.control.ProcessKind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The shell lines that lead from one state to another. They come in phases, so that a port is released before another process takes it, a way is open at
 * its end before anything enters it, and what stays the same is not touched. Processes that the wanted state does not name are left alone. Pure.
 */
public final class StateDiff {
    /** In the order in which they happen. */
    private enum Phase {
        STOP,
        /** Nothing enters a way that changes. */
        RELEASE_RX,
        RELEASE,
        END,
        /** When nobody uses them any more. */
        END_PIPES,
        MAKE,
        TX,
        TABLE,
        RX,
        CLEAN,
        START
    }

    private static final PanelState EMPTY = new PanelState(false, new TreeSet<>(), new TreeMap<>());

    private final Map<Phase, List<String>> lines = new EnumMap<>(Phase.class);
    private final Claims wanted;
    private final Set<String> changedPipes = new HashSet<>();

    private StateDiff(final SwitchState to) {
        wanted = new Claims(to);
        for (final Phase phase : Phase.values()) {
            lines.put(phase, new ArrayList<>());
        }
    }

    /**
     * Compares.
     *
     * @param present of running processes
     * @param to every process of it must be among the present ones, see {@link StateProblems}
     */
    public static List<String> between(final SwitchState present, final SwitchState to) {
        final StateDiff diff = new StateDiff(to);
        if (to.primary() != null && present.primary() != null) {
            diff.pipes(present.primary().pipes(), to.primary().pipes());
            diff.flows(present.primary().flows(), to.primary().flows());
            if (present.primary().forwarder() != null) {
                final PanelState forwarder = to.primary().forwarder();
                diff.panel(
                        SwitchState.target(ProcessKind.PRIMARY, 0),
                        present.primary().forwarder(),
                        forwarder == null ? EMPTY : forwarder);
            }
        }
        to.secondaries().forEach((id, target) -> {
            final SecondaryState now = present.secondaries().get(id);
            final String who = SwitchState.target(target.kind(), id);
            if (now instanceof SecondaryState.Nfv from && target instanceof SecondaryState.Nfv nfv) {
                diff.panel(who, from.panel(), nfv.panel());
            } else if (now instanceof SecondaryState.Graph from && target instanceof SecondaryState.Graph graph) {
                diff.graph(who, from, graph);
            } else if (now instanceof SecondaryState.Pcap from && target instanceof SecondaryState.Pcap pcap) {
                diff.capture(who, from.capturing(), pcap.capturing());
            }
        });
        final List<String> all = new ArrayList<>();
        diff.lines.values().forEach(all::addAll);
        return all;
    }

    private void line(final Phase phase, final String who, final String command) {
        lines.get(phase).add(who + "; " + command);
    }

    private void capture(final String who, final boolean from, final boolean to) {
        if (from && !to) {
            line(Phase.STOP, who, "stop");
        } else if (!from && to) {
            line(Phase.START, who, "start");
        }
    }

    private void pipes(final SortedMap<String, PrimaryState.Pipe> from, final SortedMap<String, PrimaryState.Pipe> to) {
        final String who = SwitchState.target(ProcessKind.PRIMARY, 0);
        from.forEach((name, pipe) -> {
            if (!pipe.equals(to.get(name))) {
                line(Phase.END_PIPES, who, "del " + name);
                changedPipes.add(name);
            }
        });
        to.forEach((name, pipe) -> {
            if (!pipe.equals(from.get(name))) {
                line(Phase.MAKE, who, "add " + name + ' ' + pipe.rx() + ' ' + pipe.tx());
            }
        });
    }

    /** Rules stay up to the first that differs: their order may decide which one a frame meets. */
    private void flows(
            final SortedMap<String, List<PrimaryState.Flow>> from,
            final SortedMap<String, List<PrimaryState.Flow>> to) {
        final String who = SwitchState.target(ProcessKind.PRIMARY, 0);
        final Set<String> ports = new TreeSet<>(from.keySet());
        ports.addAll(to.keySet());
        for (final String port : ports) {
            final List<PrimaryState.Flow> now = from.getOrDefault(port, List.of());
            final List<PrimaryState.Flow> then = to.getOrDefault(port, List.of());
            int same = 0;
            while (same < now.size()
                    && same < then.size()
                    && now.get(same).words().equals(then.get(same).words())) {
                same++;
            }
            now.subList(same, now.size())
                    .forEach(rule -> line(Phase.RELEASE, who, "flow destroy " + port + ' ' + rule.id()));
            then.subList(same, then.size())
                    .forEach(rule -> line(Phase.TABLE, who, "flow create " + port + ' ' + rule.words()));
        }
    }

    /** Whether what uses a port now must let it go before others can have it, or before it can be made anew. */
    private boolean mustRelease(final String who, final String port, final String direction) {
        return wanted.usedByOthers(who, port, direction) || changedPipes.contains(port);
    }

    private void panel(final String who, final PanelState from, final PanelState to) {
        if (from.running() && !to.running()) {
            line(Phase.STOP, who, "stop");
        }
        final Set<String> unpatched = new HashSet<>();
        from.patches().forEach((source, destination) -> {
            final String next = to.patches().get(source);
            final boolean stays =
                    destination.equals(next) && !changedPipes.contains(source) && !changedPipes.contains(destination);
            if (!stays && (next == null || mustRelease(who, source, "rx") || mustRelease(who, destination, "tx"))) {
                line(Phase.RELEASE_RX, who, "patch del " + source);
                unpatched.add(source);
            }
        });
        from.ports().forEach(port -> {
            if (!to.ports().contains(port)) {
                line(mustRelease(who, port, "rx") ? Phase.END : Phase.CLEAN, who, "del " + port);
            }
        });
        to.ports().forEach(port -> {
            if (!from.ports().contains(port)) {
                line(Phase.MAKE, who, "add " + port);
            }
        });
        to.patches().forEach((source, destination) -> {
            if (unpatched.contains(source) || !destination.equals(from.patches().get(source))) {
                line(Phase.RX, who, "patch " + source + ' ' + destination);
            }
        });
        if (!from.running() && to.running()) {
            line(Phase.START, who, "forward");
        }
    }

    private void graph(final String who, final SecondaryState.Graph from, final SecondaryState.Graph to) {
        final Set<String> entries = new TreeSet<>(from.entries());
        from.components().forEach((name, now) -> {
            final ComponentState next = to.components().get(name);
            if (!stays(now, next)) {
                line(Phase.END, who, "component stop " + name);
                if (now.type().equals(ComponentState.CLASSIFIER)) {
                    now.tx().forEach(use -> entries.removeIf(entry -> entry.endsWith(' ' + use.port())));
                }
            }
        });
        to.components().forEach((name, next) -> {
            final ComponentState now = from.components().get(name);
            if (stays(now, next)) {
                uses(who, name, "rx", now.rx(), next.rx(), false);
                uses(who, name, "tx", now.tx(), next.tx(), next.ordered());
                responder(who, now, next);
            } else {
                line(Phase.MAKE, who, "component start " + name + ' ' + next.core() + ' ' + next.type());
                uses(who, name, "rx", List.of(), next.rx(), false);
                uses(who, name, "tx", List.of(), next.tx(), false);
                responder(who, null, next);
            }
        });
        entries(who, entries, to.entries());
    }

    private static boolean stays(final ComponentState now, final ComponentState next) {
        return now != null
                && next != null
                && now.core() == next.core()
                && now.type().equals(next.type());
    }

    private void uses(
            final String who,
            final String component,
            final String direction,
            final List<ComponentState.Use> from,
            final List<ComponentState.Use> to,
            final boolean ordered) {
        final boolean rx = direction.equals("rx");
        final Map<String, String> now = new TreeMap<>();
        from.forEach(use -> now.put(use.port(), use.vlan()));
        final Map<String, String> next = new TreeMap<>();
        to.forEach(use -> next.put(use.port(), use.vlan()));
        final boolean all = ordered && !from.equals(to);
        for (final ComponentState.Use use : from) {
            final String vlan = next.get(use.port());
            // A VLAN operation is changed by naming another, but taken away only together with the port.
            final boolean operationGone =
                    vlan != null && vlan.isEmpty() && !use.vlan().isEmpty();
            if (all || vlan == null || operationGone || changedPipes.contains(use.port())) {
                line(
                        rx ? Phase.RELEASE_RX : Phase.RELEASE,
                        who,
                        "port del " + use.port() + ' ' + direction + ' ' + component);
                now.remove(use.port());
            }
        }
        for (final ComponentState.Use use : to) {
            if (!use.vlan().equals(now.get(use.port()))) {
                line(
                        rx ? Phase.RX : Phase.TX,
                        who,
                        ("port add " + use.port() + ' ' + direction + ' ' + component + ' ' + use.vlan()).strip());
            }
        }
    }

    /** @param now null for one that is new */
    private void responder(final String who, final ComponentState now, final ComponentState next) {
        final SortedMap<String, String> from = now == null ? new TreeMap<>() : now.addresses();
        from.forEach((address, mac) -> {
            if (!mac.equals(next.addresses().get(address))) {
                line(Phase.RELEASE, who, "responder del " + next.name() + ' ' + address);
            }
        });
        next.addresses().forEach((address, mac) -> {
            if (!mac.equals(from.get(address))) {
                line(Phase.TABLE, who, ("responder add " + next.name() + ' ' + address + ' ' + mac).strip());
            }
        });
        if (next.print() != (now != null && now.print())) {
            line(Phase.TABLE, who, "responder print " + next.name() + (next.print() ? " on" : " off"));
        }
    }

    /** An entry that goes to another port is away for as short as possible. */
    private void entries(final String who, final Set<String> from, final Set<String> to) {
        final Map<String, List<String>> moved = new TreeMap<>();
        final Set<String> made = new HashSet<>();
        to.stream().filter(entry -> !from.contains(entry)).forEach(entry -> made.add(key(entry)));
        for (final String entry : from) {
            if (!to.contains(entry)) {
                if (made.contains(key(entry))) {
                    moved.computeIfAbsent(key(entry), key -> new ArrayList<>()).add(entry);
                } else {
                    line(Phase.RELEASE, who, "classifier_table del " + entry);
                }
            }
        }
        for (final String entry : to) {
            if (!from.contains(entry)) {
                final List<String> before = moved.remove(key(entry));
                if (before != null) {
                    before.forEach(old -> line(Phase.TABLE, who, "classifier_table del " + old));
                }
                line(Phase.TABLE, who, "classifier_table add " + entry);
            }
        }
    }

    /** Entry without port: {@code mac MAC}, {@code vlan VID MAC}. */
    private static String key(final String entry) {
        final String[] words = entry.split(" ");
        return words[0].equals("vlan") ? words[0] + ' ' + words[1] + ' ' + words[2] : words[0] + ' ' + words[1];
    }
}
