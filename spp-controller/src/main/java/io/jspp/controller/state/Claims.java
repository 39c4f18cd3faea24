package io.jspp.controller.state;

import io.jspp.control.ProcessKind;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Who uses which port in which direction, by the shell's names of the processes. */
final class Claims {
    private static final String VHOST = "vhost:";

    private final SwitchState state;
    /** {@code ring:0 tx} to its users. */
    private final Map<String, Set<String>> users = new HashMap<>();

    Claims(final SwitchState state) {
        this.state = state;
        if (state.primary() != null && state.primary().forwarder() != null) {
            panel(SwitchState.target(ProcessKind.PRIMARY, 0), state.primary().forwarder());
        }
        state.secondaries().forEach((id, secondary) -> {
            final String who = SwitchState.target(secondary.kind(), id);
            if (secondary instanceof SecondaryState.Nfv nfv) {
                panel(who, nfv.panel());
            } else if (secondary instanceof SecondaryState.Graph graph) {
                graph.components().values().forEach(component -> {
                    component.rx().forEach(use -> use(who, use.port(), "rx"));
                    component.tx().forEach(use -> use(who, use.port(), "tx"));
                });
            } else if (secondary instanceof SecondaryState.Pcap pcap && pcap.capturing()) {
                use(who, pcap.port(), "rx");
            }
        });
    }

    private void panel(final String who, final PanelState panel) {
        // A guest's port listens from the moment it is added; others are claimed by what uses them.
        panel.ports().stream().filter(port -> port.startsWith(VHOST)).forEach(port -> {
            use(who, port, "rx");
            use(who, port, "tx");
        });
        panel.patches().forEach((source, destination) -> {
            use(who, source, "rx");
            use(who, destination, "tx");
        });
    }

    private void use(final String who, final String port, final String direction) {
        users.computeIfAbsent(key(port, direction), key -> new HashSet<>()).add(who);
    }

    /** A pipe is two rings; of a guest's port one process has both directions. */
    private String key(final String port, final String direction) {
        final PrimaryState.Pipe pipe =
                state.primary() == null ? null : state.primary().pipes().get(port);
        if (pipe != null) {
            return (direction.equals("rx") ? pipe.rx() : pipe.tx()) + ' ' + direction;
        }
        return port.startsWith(VHOST) ? port.replaceFirst(" nq.*", "") : port + ' ' + direction;
    }

    /** Whether somebody else uses a port. */
    boolean usedByOthers(final String who, final String port, final String direction) {
        return users.getOrDefault(key(port, direction), Set.of()).stream().anyMatch(user -> !user.equals(who));
    }
}
