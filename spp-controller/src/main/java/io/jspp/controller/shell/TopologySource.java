package io.jspp.controller.shell;

import io.jspp.control.CommandCodec;
import io.jspp.control.CommandRegistry;
import io.jspp.control.ProcessKind;
import io.jspp.controller.topology.Subgraphs;
import io.jspp.controller.topology.Topology;
import io.jspp.controller.topology.TopologyReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Asks a controller how its ports are wired now. Any thread. */
final class TopologySource {
    private final CommandRegistry registry = CommandRegistry.standard();
    private final Subgraphs subgraphs;

    TopologySource(final Subgraphs subgraphs) {
        this.subgraphs = subgraphs;
    }

    /**
     * What a process told about itself.
     *
     * @param process {@code nfv 1}
     * @param members empty when it told nothing
     * @param failure why it told nothing, else null
     */
    record Status(ProcessKind kind, String process, Map<String, Object> members, ShellException failure) {}

    /** The first failure, or null. */
    static ShellException failure(final List<Status> statuses) {
        return statuses.stream()
                .map(Status::failure)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

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
        for (final Status status : statuses) {
            if (status.failure() == null) {
                reader.add(status.kind(), status.members());
            } else {
                reader.addMissing(
                        status.process(),
                        CommandCodec.printable(status.failure().getMessage(), 200));
            }
        }
        return reader.read(subgraphs.all());
    }

    /** Status objects of all processes, those that have ended meanwhile left out; one that is silent is named and why. */
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
                        final String name =
                                kind.isSecondary() ? kind.wireName() + ' ' + process.get("client-id") : kind.wireName();
                        statuses.add(read(kind, name, reply));
                    }
                }
            }
        }
        if (!secondaries) {
            throw new ShellException("No secondary process exist!");
        }
        return statuses;
    }

    private static Status read(final ProcessKind kind, final String process, final RestReply reply) {
        try {
            return new Status(kind, process, reply.orFail().object(), null);
        } catch (final ShellException noStatus) {
            return new Status(kind, process, Map.of(), noStatus);
        }
    }
}
