package io.jspp.controller.listen;

import io.jspp.control.CommandCodec;
import io.jspp.control.ControlConnection;
import io.jspp.control.ProcessKind;
import io.jspp.controller.inventory.Inventory;
import io.jspp.controller.inventory.ProcessEntry;
import io.jspp.controller.json.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which connection becomes which process. Runs on the listen thread only.
 *
 * <p>A secondary is asked for its id; one that comes with an id in use takes it over (SPP's rule: a restarted process is
 * faster than the notice of its old connection's end). A primary is registered by connecting. When one is there already, it
 * is asked for its status: if it answers, the newcomer is refused, else replaced.
 */
final class Registrar {
    static final int MIN_CLIENT_ID = 1;
    static final int MAX_CLIENT_ID = 127;

    private static final Logger LOG = LoggerFactory.getLogger(Registrar.class);
    private static final int MAX_PORT_TYPES = 64;

    private final Inventory inventory;
    private final Duration registrationTimeout;
    private final Duration probeTimeout;
    private final RateLimit refusals = new RateLimit(Duration.ofMinutes(1));
    private final Map<ProcessConnection, ProcessEntry> registered = new HashMap<>();
    private final Deque<ProcessConnection> primaryCandidates = new ArrayDeque<>();
    private boolean probing;

    Registrar(final Inventory inventory, final Duration registrationTimeout, final Duration probeTimeout) {
        this.inventory = inventory;
        this.registrationTimeout = registrationTimeout;
        this.probeTimeout = probeTimeout;
    }

    void onPrimaryConnected(final ProcessConnection connection) {
        primaryCandidates.add(connection);
        admitPrimary();
    }

    void onSecondaryConnected(final ProcessConnection connection) {
        connection
                .request(ControlConnection.REGISTRATION_REQUEST, registrationTimeout)
                .whenComplete((reply, failure) -> {
                    if (failure != null) {
                        connection.end("it did not register: " + failure.getMessage());
                    } else {
                        registerSecondary(connection, reply);
                    }
                });
    }

    void onClosed(final ProcessConnection connection) {
        primaryCandidates.remove(connection);
        final ProcessEntry entry = registered.remove(connection);
        if (entry != null && inventory.remove(entry)) {
            LOG.info("{} is gone", entry.label());
        }
    }

    /** True when the connection stands for a process, so that room for a new one is not made by closing it. */
    boolean isRegistered(final ProcessConnection connection) {
        return registered.containsKey(connection);
    }

    private void admitPrimary() {
        while (!probing && !primaryCandidates.isEmpty()) {
            final ProcessEntry current = inventory.primary();
            if (current == null) {
                register(primaryCandidates.poll(), ProcessKind.PRIMARY, 0, List.of());
            } else {
                probing = true;
                current.link().request("status", probeTimeout).whenComplete((reply, failure) -> {
                    probing = false;
                    onProbed(current, failure == null);
                    admitPrimary();
                });
                return;
            }
        }
    }

    private void onProbed(final ProcessEntry current, final boolean alive) {
        final ProcessConnection candidate = primaryCandidates.poll();
        if (candidate == null) {
            return;
        }
        if (alive && inventory.primary() == current) {
            final String peer = ((ProcessConnection) current.link()).peer();
            if (refusals.allows()) {
                LOG.warn(
                        "refused a second primary from {}: the one from {} is alive; end that one first",
                        candidate.peer(),
                        peer);
            }
            candidate.refuse(ControlConnection.REFUSAL + " another primary is connected from " + peer);
        } else {
            register(candidate, ProcessKind.PRIMARY, 0, List.of());
        }
    }

    private void registerSecondary(final ProcessConnection connection, final String reply) {
        final Map<String, Object> answer;
        try {
            answer = Json.asObject(Json.parse(reply));
        } catch (final IOException noJson) {
            connection.end("its registration is no JSON: " + CommandCodec.printable(reply));
            return;
        }
        final ProcessKind kind = answer != null && answer.get("process_type") instanceof String type
                ? ProcessKind.ofWireName(type)
                : null;
        if (kind == null || !kind.isSecondary()) {
            connection.end("its registration names no known process_type: " + CommandCodec.printable(reply));
            return;
        }
        if (!(answer.get("client_id") instanceof Integer id) || id < MIN_CLIENT_ID || id > MAX_CLIENT_ID) {
            connection.refuse(ControlConnection.REFUSAL + " a client id must be a number from " + MIN_CLIENT_ID + " to "
                    + MAX_CLIENT_ID);
            return;
        }
        register(connection, kind, id, announcedPortTypes(answer));
        if ("newline".equals(answer.get("framing"))) {
            connection.useNewlineFraming();
        }
    }

    private void register(
            final ProcessConnection connection, final ProcessKind kind, final int id, final List<String> portTypes) {
        if (connection.isClosed()) {
            return;
        }
        final ProcessEntry entry = new ProcessEntry(kind, id, portTypes, connection);
        connection.register(entry.label());
        registered.put(connection, entry);
        final ProcessEntry replaced = inventory.put(entry);
        if (replaced != null) {
            LOG.warn("{} from {} takes the place of {}", entry.label(), connection.peer(), replaced.label());
            ((ProcessConnection) replaced.link()).end("replaced by a new connection");
        } else {
            LOG.info("{} connected from {}", entry.label(), connection.peer());
        }
    }

    private static List<String> announcedPortTypes(final Map<String, Object> answer) {
        final List<String> types = new ArrayList<>();
        for (final Object type : Json.asArray(answer.get("port_types"))) {
            if (type instanceof String name && name.matches("[a-z][a-z0-9_]{0,15}") && types.size() < MAX_PORT_TYPES) {
                types.add(name);
            }
        }
        return types;
    }
}
