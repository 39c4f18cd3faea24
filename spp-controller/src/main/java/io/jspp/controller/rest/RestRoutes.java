package io.jspp.controller.rest;

import io.jspp.control.CommandRegistry;
import io.jspp.controller.inventory.Inventory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Every route there is. {@code openapi.yaml} beside this class describes them; a test compares. */
final class RestRoutes {
    private static final String DESCRIPTION = "openapi.yaml";

    private RestRoutes() {}

    static List<Route> all(final Inventory inventory, final Duration commandTimeout, final EventHub events) {
        final CommandSender sender = new CommandSender(inventory, commandTimeout);
        final StatusCollector statuses = new StatusCollector(inventory, commandTimeout);
        final List<Route> routes = new ArrayList<>(new CommandRoutes(inventory, sender).of(CommandRegistry.standard()));
        routes.addAll(new InventoryRoutes(inventory, CpuLayout.ofThisMachine(), statuses).all());
        routes.addAll(new ViewRoutes(statuses, events).all());
        routes.add(new StateRoute(statuses, new ClassifierPages(commandTimeout)).route());
        final RestResponse description =
                new RestResponse(200, "application/yaml; charset=utf-8", description(), Map.of());
        routes.add(new Route(
                "GET",
                new PathTemplate("/v2/" + DESCRIPTION),
                request -> CompletableFuture.completedFuture(description)));
        return routes;
    }

    /** The OpenAPI file. */
    static String description() {
        try (InputStream in = RestRoutes.class.getResourceAsStream(DESCRIPTION)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (final IOException failure) {
            throw new IllegalStateException("reading " + DESCRIPTION, failure);
        }
    }
}
