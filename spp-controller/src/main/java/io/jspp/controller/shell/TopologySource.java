package io.jspp.controller.shell;

import io.jspp.control.CommandRegistry;
import io.jspp.control.ProcessKind;
import io.jspp.controller.topology.Subgraphs;
import io.jspp.controller.topology.Topology;
import io.jspp.controller.topology.TopologyReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Asks a controller how its ports are wired now. Any thread. */
final class TopologySource {
    private final CommandRegistry registry = CommandRegistry.standard();
    private final Subgraphs subgraphs;

    TopologySource(final Subgraphs subgraphs) {
        this.subgraphs = subgraphs;
    }

    /** What a process told about itself. */
    record Status(ProcessKind kind, Map<String, Object> members) {}

    /**
     * The graph.
     *
     * @throws ShellException when there is no secondary, in SPP's words, or no controller
     */
    Topology read(final RestClient server) throws ShellException {
        return graph(statuses(server));
    }

    Topology graph(final List<Status> statuses) {
        final TopologyReader reader = new TopologyReader();
        statuses.forEach(status -> reader.add(status.kind(), status.members()));
        return reader.read(subgraphs.all());
    }

    /** Status objects of all processes, those that have ended meanwhile left out. */
    List<Status> statuses(final RestClient server) throws ShellException {
        final List<Map<String, Object>> processes = server.processes();
        final List<Status> statuses = new ArrayList<>();
        boolean secondaries = false;
        for (final ProcessKind kind : ProcessKind.values()) {
            for (final Map<String, Object> process : processes) {
                if (kind.wireName().equals(process.get("type"))) {
                    final String root =
                            kind.isSecondary() ? kind.restPath() + '/' + process.get("client-id") : kind.restPath();
                    secondaries |= kind.isSecondary();
                    final RestReply reply = server.get(
                            root + registry.find(kind, "status").rest().path());
                    if (!reply.isNotFound()) {
                        statuses.add(new Status(kind, reply.orFail().object()));
                    }
                }
            }
        }
        if (!secondaries) {
            throw new ShellException("No secondary process exist!");
        }
        return statuses;
    }
}
