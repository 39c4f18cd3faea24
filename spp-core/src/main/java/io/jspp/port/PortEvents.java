package io.jspp.port;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The latest changes of the states of a process's ports: {@link #KEPT} of them, each also a line of the log. Any thread, not workers.
 */
public final class PortEvents {
    /** How many are remembered. */
    public static final int KEPT = 32;

    private static final Logger LOG = LoggerFactory.getLogger(PortEvents.class);

    /**
     * A port came into a state.
     *
     * @param epochMs when, milliseconds since 1970
     */
    public record Event(long epochMs, PortId port, PortState state) {}

    private final Map<PortId, PortState> last = new HashMap<>();
    private final Deque<Event> events = new ArrayDeque<>();
    private Consumer<Event> listener = event -> {};

    /** Remembers the state when it is another one than that port's last. */
    public synchronized void observe(PortId port, PortState state) {
        PortState before = last.put(port, state);
        if (state.equals(before)) {
            return;
        }
        LOG.info("{}: {}", port, state);
        if (events.size() == KEPT) {
            events.removeFirst();
        }
        Event event = new Event(System.currentTimeMillis(), port, state);
        events.addLast(event);
        listener.accept(event);
    }

    /** Whom to tell each event as it happens; must neither block nor ask here. */
    public synchronized void listen(Consumer<Event> told) {
        listener = told;
    }

    /** The port is no more; when one of its name comes again, its first state is an event. */
    public synchronized void forget(PortId port) {
        last.remove(port);
    }

    /** Oldest first. */
    public synchronized List<Event> recent() {
        return new ArrayList<>(events);
    }
}
