package io.jspp.controller.rest;

import io.jspp.control.ArgumentSpec;
import io.jspp.control.ArgumentType;
import io.jspp.control.CommandRegistry;
import io.jspp.control.CommandRequest;
import io.jspp.control.CommandSpec;
import io.jspp.control.ProcessKind;
import io.jspp.controller.inventory.Inventory;
import io.jspp.controller.inventory.ProcessEntry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The routes that send a command to a process: one for every method and path in the command model. */
final class CommandRoutes {
    private final Inventory inventory;
    private final CommandSender sender;

    CommandRoutes(final Inventory inventory, final CommandSender sender) {
        this.inventory = inventory;
        this.sender = sender;
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
        return new Route(method, new PathTemplate(root + typed(specs.get(0))), request -> {
            final ProcessEntry target = sender.target(kind, request.path());
            final CommandRequest command =
                    binder.bind(request.path(), hasBody ? JsonBody.parse(request.body()) : Map.of());
            return command.spec().endsProcess()
                    ? sender.sendLast(target, command.wireText())
                    : sender.send(target, command.wireText(), command.spec().shape());
        });
    }

    /** The path below the kind's, in which arguments that are numbers there take nothing else. */
    private static String typed(final CommandSpec spec) {
        String path = spec.rest().path();
        for (final ArgumentSpec argument : spec.arguments()) {
            if (argument.type().isInteger() || argument.type() == ArgumentType.PHYSICAL_PORT) {
                path = path.replace('{' + argument.name() + '}', '{' + argument.name() + ":int}");
            }
        }
        return path;
    }
}
