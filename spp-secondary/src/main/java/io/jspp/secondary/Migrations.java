package io.jspp.secondary;

import io.jspp.patch.PatchPanel;
import io.jspp.port.PortEvents;
import io.jspp.port.PortException;
import io.jspp.port.PortId;
import io.jspp.port.PortState;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Live migrations that the operator expects: a guest on one port will go on on another. When the queues of the second port come up while those of
 * the first are down, the guest has arrived, and all patches of the first move to the second in one step. That is before the guest announces
 * itself, so its gratuitous ARP, or the RARP that the front-end has us send, leaves by the new path. A move that was armed once happens once.
 *
 * <p>Armed by control threads; port events come from any thread, and the panel is changed by an own one.
 */
final class Migrations implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Migrations.class);

    private final PatchPanel panel;
    private final PortEvents events;
    private final Runnable commit;
    private final Map<PortId, PortId> destinations = new HashMap<>();
    private final ExecutorService mover = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "migration");
        thread.setDaemon(true);
        return thread;
    });

    /** @param commit stores the configuration after a move */
    Migrations(PatchPanel panel, PortEvents events, Runnable commit) {
        this.panel = panel;
        this.events = events;
        this.commit = commit;
        events.listen(event -> {
            if (event.state().phase() == PortState.Phase.UP) {
                mover.execute(() -> arrived(event.port()));
            }
        });
    }

    /**
     * Expects the guest of one port on another; replaces what was expected of the former.
     *
     * @throws PortException when the ports' patches could not be moved, or a guest is there already
     */
    synchronized void arm(PortId from, PortId to) {
        panel.requireMovable(from, to);
        if (up(to)) {
            throw new PortException("port " + to + " has a guest already: one that waits for a migration expected");
        }
        destinations.put(from, to);
    }

    /** Expects nothing any more. */
    synchronized void reset() {
        destinations.clear();
    }

    private boolean up(PortId port) {
        return panel.state(port).phase() == PortState.Phase.UP;
    }

    private synchronized void arrived(PortId at) {
        destinations.entrySet().stream()
                .filter(move -> move.getValue().equals(at))
                .map(Map.Entry::getKey)
                .toList()
                .forEach(from -> move(from, at));
    }

    private void move(PortId from, PortId to) {
        try {
            if (up(from)) {
                LOG.warn("migration {} to {}: both have a running guest, patches stay", from, to);
                return;
            }
            destinations.remove(from);
            panel.move(from, to);
            commit.run();
            LOG.info("migration {} to {}: patches moved", from, to);
        } catch (RuntimeException e) {
            LOG.warn("migration {} to {}: patches not moved: {}", from, to, e.getMessage());
        }
    }

    /** Moves nothing any more. */
    @Override
    public void close() {
        events.listen(event -> {});
        mover.shutdownNow();
    }
}
