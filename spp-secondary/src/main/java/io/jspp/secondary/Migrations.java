package io.jspp.secondary;

import io.jspp.patch.PatchPanel;
import io.jspp.port.PortEvents;
import io.jspp.port.PortException;
import io.jspp.port.PortId;
import io.jspp.port.PortState;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
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
    private final Executor mover;
    private final Runnable endMover;
    private boolean closed;

    /** @param commit stores the configuration after a move */
    Migrations(PatchPanel panel, PortEvents events, Runnable commit) {
        this(panel, events, commit, Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "migration");
            thread.setDaemon(true);
            return thread;
        }));
    }

    private Migrations(PatchPanel panel, PortEvents events, Runnable commit, ExecutorService thread) {
        this(panel, events, commit, thread, thread::shutdown);
    }

    /**
     * @param mover runs moves, one at a time, not on the thread of the event
     * @param endMover called when no move begins any more
     */
    Migrations(PatchPanel panel, PortEvents events, Runnable commit, Executor mover, Runnable endMover) {
        this.panel = panel;
        this.events = events;
        this.commit = commit;
        this.mover = mover;
        this.endMover = endMover;
        events.listen(event -> {
            if (event.state().phase() == PortState.Phase.UP) {
                later(event.port());
            }
        });
    }

    private void later(PortId at) {
        try {
            mover.execute(() -> arrived(at));
        } catch (RejectedExecutionException ended) {
            LOG.debug("{} came up while this process ends", at);
        }
    }

    /**
     * Expects the guest of one port on another; replaces what was expected of the former.
     *
     * @throws PortException when the ports' patches could not be moved, or a guest is there already or expected there from elsewhere
     */
    synchronized void arm(PortId from, PortId to) {
        panel.requireMovable(from, to);
        if (up(to)) {
            throw new PortException("port " + to + " has a guest already: one that waits for a migration expected");
        }
        destinations.forEach((other, expected) -> {
            if (expected.equals(to) && !other.equals(from)) {
                throw new PortException("port " + to + " waits for the guest of " + other
                        + " already: another one, or migrate reset first");
            }
        });
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
        if (closed) {
            return;
        }
        // At most one: arm lets no second wait for the same port.
        destinations.entrySet().stream()
                .filter(move -> move.getValue().equals(at))
                .map(Map.Entry::getKey)
                .findFirst()
                .ifPresent(from -> move(from, at));
    }

    private void move(PortId from, PortId to) {
        try {
            if (!up(to)) {
                LOG.warn("migration {} to {}: the guest has gone again, patches stay", from, to);
                return;
            }
            if (up(from)) {
                LOG.warn("migration {} to {}: both have a running guest, patches stay", from, to);
                return;
            }
            panel.move(from, to);
            destinations.remove(from);
            commit.run();
            LOG.info("migration {} to {}: patches moved", from, to);
        } catch (RuntimeException e) {
            destinations.remove(from);
            LOG.warn("migration {} to {}: patches not moved, and no longer expected: {}", from, to, e.getMessage());
        }
    }

    /** Moves nothing any more; a move that has begun is completed first, since what it works on is closed next. */
    @Override
    public void close() {
        events.listen(event -> {});
        synchronized (this) {
            closed = true;
        }
        endMover.run();
    }
}
