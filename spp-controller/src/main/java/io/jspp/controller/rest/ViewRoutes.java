package io.jspp.controller.rest;

import io.jspp.controller.vmargs.VmArguments;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** {@code /v2}: what all processes together look like, made of their statuses at each call. */
final class ViewRoutes {
    /** Members of a status that count. */
    private static final List<String> COUNTING = List.of(
            "counters", "component_counters", "capture", "workers", "devices", "phy_ports", "ring_ports", "mempool");

    private static final int MAX_MEMORY_MIB = 1 << 24;
    private static final int MIN_MEMORY_MIB = 32;
    private static final int DEFAULT_MEMORY_MIB = 1024;
    private static final int MAX_QUEUES = 16;

    private final StatusCollector statuses;
    private final EventHub events;

    ViewRoutes(final StatusCollector statuses, final EventHub events) {
        this.statuses = statuses;
        this.events = events;
    }

    List<Route> all() {
        return List.of(
                view("/v2/counters", answer -> List.of(counters(answer))),
                view("/v2/ports", PortRows::of),
                view("/v2/lcores", LcoreRows::of),
                new Route(
                        "GET",
                        new PathTemplate("/v2/topology"),
                        request -> statuses.all().thenApply(answers -> RestResponse.json(SwitchGraph.of(answers)))),
                new Route("GET", new PathTemplate("/v2/vm-args"), this::vmArguments),
                new Route(
                        "GET",
                        new PathTemplate("/v2/events"),
                        request -> CompletableFuture.completedFuture(events.subscribe())));
    }

    /** Rows of every process; of one that does not answer a row that says so. */
    private Route view(final String path, final Function<StatusCollector.Answer, List<Map<String, Object>>> rowsOf) {
        return new Route(
                "GET",
                new PathTemplate(path),
                request -> statuses.all().thenApply(answers -> {
                    final List<Object> rows = new ArrayList<>();
                    for (final StatusCollector.Answer answer : answers) {
                        if (answer.status() == null) {
                            final Map<String, Object> row = answer.head();
                            row.put("error", answer.error());
                            rows.add(row);
                        } else {
                            rows.addAll(rowsOf.apply(answer));
                        }
                    }
                    return RestResponse.json(rows);
                }));
    }

    private static Map<String, Object> counters(final StatusCollector.Answer answer) {
        final Map<String, Object> row = answer.head();
        for (final String member : COUNTING) {
            if (answer.status().get(member) != null) {
                row.put(member, answer.status().get(member));
            }
        }
        return row;
    }

    private CompletableFuture<RestResponse> vmArguments(final RestRequest request) throws RestException {
        final String port = request.query().get("port");
        if (port != null && !port.matches("vhost:[0-9]{1,4}")) {
            throw RestException.keyInvalid("port", RestException.show(port), "vhost:NUMBER");
        }
        final int memory = request.number("memory", DEFAULT_MEMORY_MIB, MIN_MEMORY_MIB, MAX_MEMORY_MIB);
        final int queues = request.number("queues", 1, 1, MAX_QUEUES);
        final boolean packed = request.number("packed", 0, 0, 1) == 1;
        final boolean tcg = request.number("tcg", 0, 0, 1) == 1;
        return statuses.all().thenApply(answers -> {
            final Map<String, Map<String, Object>> running = new LinkedHashMap<>();
            for (final StatusCollector.Answer answer : answers) {
                if (answer.status() != null) {
                    running.put(answer.entry().label(), answer.status());
                }
            }
            final List<Map<String, Object>> rows = VmArguments.of(running, port, memory, queues, packed, tcg);
            return port != null && rows.isEmpty()
                    ? RestResponse.error(404, "no running process has " + port + '.')
                    : RestResponse.json(rows);
        });
    }
}
