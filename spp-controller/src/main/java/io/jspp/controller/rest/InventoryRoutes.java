package io.jspp.controller.rest;

import io.jspp.controller.inventory.Inventory;
import io.jspp.controller.inventory.ProcessEntry;
import io.jspp.controller.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** {@code /v1/processes}, {@code /v1/cpu_usage} and {@code /v1/cpu_layout}: what the controller knows or reads itself. */
final class InventoryRoutes {
    private final Inventory inventory;
    private final Supplier<List<Object>> cpuLayout;
    private final StatusCollector statuses;

    InventoryRoutes(final Inventory inventory, final Supplier<List<Object>> cpuLayout, final StatusCollector statuses) {
        this.inventory = inventory;
        this.cpuLayout = cpuLayout;
        this.statuses = statuses;
    }

    List<Route> all() {
        return List.of(
                new Route("GET", new PathTemplate("/v1/processes"), request -> processes(false)),
                new Route("GET", new PathTemplate("/v2/processes"), request -> processes(true)),
                new Route("GET", new PathTemplate("/v1/cpu_usage"), request -> cpuUsage()),
                new Route("GET", new PathTemplate("/v1/cpu_layout"), request -> cpuLayout()));
    }

    /** SPP's list, or ours which also says what ports a process can open. */
    private CompletableFuture<RestResponse> processes(final boolean withPortTypes) {
        final List<Object> list = new ArrayList<>();
        for (final ProcessEntry entry : inventory.all()) {
            final Map<String, Object> process = StatusCollector.describe("type", entry);
            if (withPortTypes) {
                process.put("port-types", entry.portTypes().isEmpty() ? inventory.portTypes() : entry.portTypes());
            }
            list.add(process);
        }
        return CompletableFuture.completedFuture(RestResponse.json(list));
    }

    private CompletableFuture<RestResponse> cpuLayout() {
        final List<Object> layout = cpuLayout.get();
        return CompletableFuture.completedFuture(
                layout.isEmpty() ? RestResponse.NO_CONTENT : RestResponse.json(layout));
    }

    /** One that does not answer is left out. */
    private CompletableFuture<RestResponse> cpuUsage() {
        return statuses.all()
                .thenApply(answers -> RestResponse.json(answers.stream()
                        .filter(answer ->
                                answer.status() != null && answer.status().get("master-lcore") != null)
                        .map(InventoryRoutes::usage)
                        .toList()));
    }

    private static Map<String, Object> usage(final StatusCollector.Answer answer) {
        final Map<String, Object> usage = StatusCollector.describe("proc-type", answer.entry());
        usage.put("master-lcore", answer.status().get("master-lcore"));
        usage.put("lcores", lcores(answer.entry(), answer.status()));
        return usage;
    }

    private static Object lcores(final ProcessEntry entry, final Map<String, Object> status) {
        if (!entry.kind().listsResults()) {
            return status.getOrDefault("lcores", List.of());
        }
        final Set<Object> lcores = new LinkedHashSet<>();
        lcores.add(status.get("master-lcore"));
        for (final Object component : Json.asArray(status.get("core"))) {
            final Map<String, Object> object = Json.asObject(component);
            if (object != null && object.get("core") != null) {
                lcores.add(object.get("core"));
            }
        }
        return lcores;
    }
}
