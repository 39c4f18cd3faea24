package io.jspp.controller.rest;

import io.jspp.controller.inventory.Inventory;
import io.jspp.controller.inventory.ProcessEntry;
import io.jspp.controller.json.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** {@code /v1/processes}, {@code /v1/cpu_usage} and {@code /v1/cpu_layout}: what the controller knows or reads itself. */
final class InventoryRoutes {
    private final Inventory inventory;
    private final Supplier<List<Object>> cpuLayout;
    private final Duration timeout;

    InventoryRoutes(final Inventory inventory, final Supplier<List<Object>> cpuLayout, final Duration timeout) {
        this.inventory = inventory;
        this.cpuLayout = cpuLayout;
        this.timeout = timeout;
    }

    List<Route> all() {
        return List.of(
                new Route("GET", new PathTemplate("/v1/processes"), (path, body) -> processes(false)),
                new Route("GET", new PathTemplate("/v2/processes"), (path, body) -> processes(true)),
                new Route("GET", new PathTemplate("/v1/cpu_usage"), (path, body) -> cpuUsage()),
                new Route("GET", new PathTemplate("/v1/cpu_layout"), (path, body) -> cpuLayout()));
    }

    /** SPP's list, or ours which also says what ports a process can open. */
    private CompletableFuture<RestResponse> processes(final boolean withPortTypes) {
        final List<Object> list = new ArrayList<>();
        for (final ProcessEntry entry : inventory.all()) {
            final Map<String, Object> process = describe("type", entry);
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

    /** Asks all at once; one that does not answer is left out. */
    private CompletableFuture<RestResponse> cpuUsage() {
        final List<CompletableFuture<Map<String, Object>>> answers = new ArrayList<>();
        for (final ProcessEntry entry : inventory.all()) {
            answers.add(entry.link()
                    .request("status", timeout)
                    .handle((reply, failure) -> failure == null ? usage(entry, reply) : null));
        }
        return CompletableFuture.allOf(answers.toArray(new CompletableFuture<?>[0]))
                .thenApply(done -> RestResponse.json(answers.stream()
                        .map(CompletableFuture::join)
                        .filter(Objects::nonNull)
                        .toList()));
    }

    private static Map<String, Object> usage(final ProcessEntry entry, final String reply) {
        final Map<String, Object> status;
        try {
            final Map<String, Object> object = Json.asObject(Json.parse(reply));
            status = object != null && entry.kind().listsResults() ? Json.asObject(object.get("info")) : object;
        } catch (final IOException noJson) {
            return null;
        }
        if (status == null || status.get("master-lcore") == null) {
            return null;
        }
        final Map<String, Object> usage = describe("proc-type", entry);
        usage.put("master-lcore", status.get("master-lcore"));
        usage.put("lcores", lcores(entry, status));
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

    private static Map<String, Object> describe(final String typeKey, final ProcessEntry entry) {
        final Map<String, Object> object = new LinkedHashMap<>();
        object.put(typeKey, entry.kind().wireName());
        if (entry.kind().isSecondary()) {
            object.put("client-id", entry.clientId());
        }
        return object;
    }
}
