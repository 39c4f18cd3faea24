package io.jspp.controller.rest;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.eclipse.jetty.io.Connection;

/**
 * Keeps room for who has something to say: beyond a number of connections the one that has waited longest for its client's next
 * byte is closed, so that a crowd of silent ones keeps nobody out. Those whose request is being answered stay. Thread-safe.
 */
final class ConnectionRoom implements Connection.Listener {
    private final int max;
    private final Set<Connection> connections = new LinkedHashSet<>();

    ConnectionRoom(final int max) {
        this.max = max;
    }

    @Override
    public void onOpened(final Connection connection) {
        final List<Connection> surplus = new ArrayList<>();
        synchronized (connections) {
            connections.add(connection);
            for (final Connection oldest : connections) {
                if (connections.size() - surplus.size() <= max) {
                    break;
                }
                if (oldest != connection && oldest.getEndPoint().isFillInterested()) {
                    surplus.add(oldest);
                }
            }
            surplus.forEach(connections::remove);
        }
        surplus.forEach(silent -> silent.getEndPoint().close());
    }

    @Override
    public void onClosed(final Connection connection) {
        synchronized (connections) {
            connections.remove(connection);
        }
    }
}
