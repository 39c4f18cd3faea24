package io.jspp.controller.rest;

import io.jspp.controller.inventory.Inventory;
import io.jspp.controller.inventory.ProcessEntry;
import io.jspp.controller.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What changes, as server-sent events: processes that connect and go, port states with their causes. While somebody listens, the
 * inventory is compared every {@link #TICK_MS}, and every process is asked for its status once a second. One thread of its own.
 */
final class EventHub implements AutoCloseable {
    static final int MAX_STREAMS = 16;

    private static final Logger LOG = LoggerFactory.getLogger(EventHub.class);
    private static final int TICK_MS = 200;
    private static final int TICKS_PER_STATUS = 5;
    /** Less than the server's idle time-out; a comment line, so that a client that is gone is noticed. */
    private static final int TICKS_PER_SIGN_OF_LIFE = 15;

    private final Inventory inventory;
    private final StatusCollector statuses;
    private final ScheduledExecutorService thread;
    private final Set<ResponseStream> streams = new LinkedHashSet<>();
    private final Map<String, Map<String, Object>> ports = new LinkedHashMap<>();
    private List<ProcessEntry> processes = List.of();
    private boolean asking;
    /** All processes were asked since somebody listens: what ports change from now on is told. */
    private boolean watching;

    private boolean ticking;
    private long ticks;
    private long nextId;

    EventHub(final Inventory inventory, final StatusCollector statuses) {
        this.inventory = inventory;
        this.statuses = statuses;
        thread = Executors.newSingleThreadScheduledExecutor(task -> {
            final Thread created = new Thread(task, "events");
            created.setDaemon(true);
            return created;
        });
    }

    /** The answer to {@code GET /v2/events}. */
    RestResponse subscribe() {
        return RestResponse.streamed("text/event-stream", stream -> execute(() -> add(stream)));
    }

    @Override
    public void close() {
        execute(() -> List.copyOf(streams).forEach(ResponseStream::end));
        thread.shutdown();
    }

    private void execute(final Runnable task) {
        try {
            thread.execute(task);
        } catch (final RejectedExecutionException closed) {
            LOG.debug("the event thread has ended");
        }
    }

    private void add(final ResponseStream stream) {
        stream.attach(this::execute, () -> streams.remove(stream));
        final boolean first = streams.isEmpty();
        streams.add(stream);
        if (streams.size() > MAX_STREAMS) {
            stream.send(event("error", Map.of("message", MAX_STREAMS + " clients listen already, try again later")));
            stream.end();
            return;
        }
        if (first) {
            processes = inventory.all();
            ports.clear();
            watching = false;
            ticks = 0;
            // The tick of listeners who have gone meanwhile may still be to come.
            if (!ticking) {
                ticking = true;
                thread.schedule(this::tick, TICK_MS, TimeUnit.MILLISECONDS);
            }
        }
        stream.send(event(
                "processes",
                processes.stream()
                        .map(entry -> StatusCollector.describe("type", entry))
                        .toList()));
        if (watching) {
            stream.send(watched());
        }
    }

    private String watched() {
        final long known =
                ports.keySet().stream().filter(key -> !key.endsWith(" ")).count();
        return event("watching", Map.of("ports", known));
    }

    private void tick() {
        if (streams.isEmpty()) {
            ticking = false;
            return;
        }
        try {
            compareProcesses(inventory.all());
            if (ticks % TICKS_PER_STATUS == 0 && !asking) {
                ask();
            }
            ticks++;
            if (ticks % TICKS_PER_SIGN_OF_LIFE == 0) {
                List.copyOf(streams).forEach(stream -> stream.send(": still here\n\n"));
            }
        } catch (final RuntimeException failure) {
            LOG.error("events go on after a failure", failure);
        }
        thread.schedule(this::tick, TICK_MS, TimeUnit.MILLISECONDS);
    }

    private void ask() {
        final CompletableFuture<List<StatusCollector.Answer>> asked = statuses.all();
        asking = true;
        asked.whenComplete((answers, failure) -> execute(() -> {
            asking = false;
            if (failure == null) {
                answers.forEach(this::comparePorts);
                if (!watching) {
                    watching = true;
                    publish(watched());
                }
            }
        }));
    }

    private void compareProcesses(final List<ProcessEntry> now) {
        for (final ProcessEntry entry : processes) {
            if (!now.contains(entry)) {
                publish("process", changed(entry, "gone"));
                ports.keySet().removeIf(key -> key.startsWith(entry.label() + ' '));
            }
        }
        for (final ProcessEntry entry : now) {
            if (!processes.contains(entry)) {
                publish("process", changed(entry, "connected"));
            }
        }
        processes = now;
    }

    private static Map<String, Object> changed(final ProcessEntry entry, final String change) {
        final Map<String, Object> object = StatusCollector.describe("type", entry);
        object.put("change", change);
        return object;
    }

    private void comparePorts(final StatusCollector.Answer answer) {
        if (answer.status() == null) {
            return;
        }
        final String prefix = answer.entry().label() + ' ';
        final boolean known = ports.containsKey(prefix);
        final Set<String> present = new LinkedHashSet<>();
        for (final Map<String, Object> port : PortRows.of(answer)) {
            final String key = prefix + port.get("port");
            present.add(key);
            final Map<String, Object> before = ports.put(key, port);
            if (known && (before == null || !sameState(before, port))) {
                final Map<String, Object> event = new LinkedHashMap<>(port);
                event.put("before", before == null ? "absent" : before.get("state"));
                publish("port", event);
            }
        }
        final List<String> gone = new ArrayList<>();
        ports.forEach((key, port) -> {
            if (key.startsWith(prefix) && key.length() > prefix.length() && !present.contains(key)) {
                gone.add(key);
            }
        });
        for (final String key : gone) {
            final Map<String, Object> event = new LinkedHashMap<>(ports.remove(key));
            event.put("before", event.put("state", "absent"));
            event.keySet().removeAll(Set.of("code", "cause", "next"));
            publish("port", event);
        }
        ports.put(prefix, Map.of());
    }

    private static boolean sameState(final Map<String, Object> one, final Map<String, Object> other) {
        return Objects.equals(one.get("state"), other.get("state"))
                && Objects.equals(one.get("code"), other.get("code"));
    }

    private void publish(final String name, final Object data) {
        publish(event(name, data));
    }

    private void publish(final String text) {
        List.copyOf(streams).forEach(stream -> stream.send(text));
    }

    private String event(final String name, final Object data) {
        return "id: " + nextId++ + "\nevent: " + name + "\ndata: " + Json.write(data) + "\n\n";
    }
}
