package io.jspp.controller.rest;

import io.jspp.control.CommandRegistry;
import io.jspp.control.CommandRequest;
import io.jspp.control.CommandSpec;
import io.jspp.control.ProcessKind;
import io.jspp.controller.inventory.Inventory;
import io.jspp.controller.inventory.ProcessEntry;
import io.jspp.controller.inventory.ProcessLostException;
import io.jspp.controller.inventory.ProcessTimeoutException;
import io.jspp.controller.json.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** The routes that send a command to a process: one for every method and path in the command model. */
final class CommandRoutes {
    private final Inventory inventory;
    private final Duration timeout;

    /** @param timeout how long a process may take for one command */
    CommandRoutes(final Inventory inventory, final Duration timeout) {
        this.inventory = inventory;
        this.timeout = timeout;
    }

    List<Route> of(final CommandRegistry registry) {
        final List<Route> routes = new ArrayList<>();
        for (final ProcessKind kind : ProcessKind.values()) {
            final String root = kind.isSecondary() ? kind.restPath() + "/{id}" : kind.restPath();
            final Map<String, List<CommandSpec>> byRoute = new LinkedHashMap<>();
            for (final CommandSpec spec : registry.of(kind)) {
                byRoute.computeIfAbsent(spec.rest().method() + ' ' + spec.rest().path(), key -> new ArrayList<>())
                        .add(spec);
            }
            byRoute.values().forEach(specs -> routes.add(route(kind, root, specs)));
        }
        return routes;
    }

    private Route route(final ProcessKind kind, final String root, final List<CommandSpec> specs) {
        final String method = specs.get(0).rest().method();
        final boolean hasBody = method.equals("PUT") || method.equals("POST");
        final BodyBinder binder = new BodyBinder(specs, inventory::portTypes);
        return new Route(method, new PathTemplate(root + specs.get(0).rest().path()), (path, body) -> {
            final ProcessEntry target = target(kind, path);
            return send(target, binder.bind(path, hasBody ? parse(body) : Map.of()));
        });
    }

    private ProcessEntry target(final ProcessKind kind, final Map<String, String> path) throws RestException {
        if (!kind.isSecondary()) {
            final ProcessEntry primary = inventory.primary();
            if (primary == null) {
                throw new RestException(404, "primary not found.");
            }
            return primary;
        }
        final int id = Integer.parseInt(path.get("id"));
        final ProcessEntry secondary = inventory.secondary(kind, id);
        if (secondary == null) {
            throw new RestException(404, "sec_id " + id + " not found.");
        }
        return secondary;
    }

    private CompletableFuture<RestResponse> send(final ProcessEntry target, final CommandRequest request) {
        final CommandSpec spec = request.spec();
        final String command = request.wireText();
        if (spec.endsProcess()) {
            // At once, so that nobody finds a process that is about to end.
            inventory.remove(target);
        }
        return target.link().request(command, timeout).handle((reply, failure) -> {
            final RestResponse response = failure == null ? judge(spec, command, reply) : failed(spec, failure);
            if (spec.endsProcess() && response.status() != 204 && response.status() != 500) {
                inventory.put(target);
            }
            return response;
        });
    }

    private static RestResponse judge(final CommandSpec spec, final String command, final String reply) {
        try {
            return ReplyReader.toResponse(spec, command, reply);
        } catch (final RestException error) {
            return RestResponse.error(error.status(), error.getMessage());
        }
    }

    private static RestResponse failed(final CommandSpec spec, final Throwable failure) {
        final Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof ProcessLostException) {
            return spec.endsProcess() ? RestResponse.NO_CONTENT : RestResponse.error(500, cause.getMessage());
        }
        return RestResponse.error(cause instanceof ProcessTimeoutException ? 504 : 500, cause.getMessage());
    }

    private static Map<String, Object> parse(final byte[] body) throws RestException {
        Map<String, Object> object = null;
        try {
            object = Json.asObject(Json.parse(body));
        } catch (final IOException noJson) {
            // The same answer as for JSON that is no object.
        }
        if (object == null) {
            throw new RestException(400, "Not in json format.");
        }
        return object;
    }
}
