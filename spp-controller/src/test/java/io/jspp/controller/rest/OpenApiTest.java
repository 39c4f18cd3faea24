package io.jspp.controller.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.control.CommandRegistry;
import io.jspp.control.CommandSpec;
import io.jspp.control.JsonField;
import io.jspp.control.ProcessKind;
import io.jspp.controller.TestController;
import io.jspp.controller.inventory.Inventory;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The OpenAPI file says what there is: no route it lacks, none it invents, and the bodies of the command model. */
class OpenApiTest {
    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete");

    private final Map<String, Object> file =
            object(new Load(LoadSettings.builder().setAllowDuplicateKeys(false).build())
                    .loadFromString(RestRoutes.description()));

    @Test
    void shouldDescribeEveryRouteAndNoOther() {
        final Inventory inventory = new Inventory();
        final Set<String> registered = new TreeSet<>();
        try (EventHub events = new EventHub(inventory, new StatusCollector(inventory, Duration.ofSeconds(1)))) {
            for (final Route route : RestRoutes.all(inventory, Duration.ofSeconds(1), events)) {
                assertTrue(registered.add(route.method() + ' ' + route.path()), () -> "twice: " + route);
            }
        }
        assertEquals(
                String.join("\n", registered), String.join("\n", operations().keySet()));
    }

    @Test
    void shouldDescribeTheBodiesOfTheCommandModel() {
        final Map<String, Set<String>> members = new TreeMap<>();
        final Map<String, Set<String>> required = new TreeMap<>();
        for (final ProcessKind kind : ProcessKind.values()) {
            for (final CommandSpec spec : CommandRegistry.standard().of(kind)) {
                final String operation = spec.rest().method()
                        + ' '
                        + kind.restPath()
                        + (kind.isSecondary() ? "/{id}" : "")
                        + spec.rest().path();
                final Set<String> mandatory = new TreeSet<>();
                for (final JsonField field : spec.rest().body()) {
                    members.computeIfAbsent(operation, key -> new TreeSet<>()).add(field.path());
                    if (!field.optional()) {
                        mandatory.add(field.path());
                    }
                }
                if (!spec.rest().body().isEmpty()) {
                    required.computeIfAbsent(operation, key -> new TreeSet<>(mandatory))
                            .retainAll(mandatory);
                }
            }
        }
        members.forEach((operation, expected) -> {
            final Map<String, Object> schema = bodySchema(operation);
            final Set<String> described = new TreeSet<>();
            object(schema.get("properties")).forEach((name, property) -> {
                final Map<String, Object> nested = resolve(object(property));
                if (nested.get("properties") == null || expected.contains(name)) {
                    described.add(name);
                } else {
                    object(nested.get("properties")).keySet().forEach(inner -> described.add(name + '.' + inner));
                }
            });
            assertEquals(expected, described, operation);
            assertEquals(required.get(operation), new TreeSet<>((List<?>) schema.get("required")), operation);
        });
        assertTrue(members.size() > 10, "the model has bodies");
    }

    @Test
    void shouldResolveEveryReference() {
        final int[] references = {0};
        check(file, references);
        assertTrue(references[0] > 50, "there are references");
    }

    @Test
    void shouldBeServed() throws Exception {
        try (TestController ctl = new TestController()) {
            final HttpResponse<String> reply = ctl.get("/v2/openapi.yaml");
            assertEquals(200, reply.statusCode());
            assertEquals(RestRoutes.description(), reply.body());
            assertTrue(reply.headers().firstValue("Content-Type").orElse("").startsWith("application/yaml"));
        }
    }

    private Map<String, Map<String, Object>> operations() {
        final Map<String, Map<String, Object>> operations = new TreeMap<>();
        object(file.get("paths"))
                .forEach((path, item) -> object(item).forEach((method, operation) -> {
                    if (METHODS.contains(method)) {
                        operations.put(method.toUpperCase(Locale.ROOT) + ' ' + path, object(operation));
                    }
                }));
        return operations;
    }

    private Map<String, Object> bodySchema(final String operation) {
        final Map<String, Object> described = operations().get(operation);
        assertTrue(described != null && described.get("requestBody") != null, () -> operation + " has a body");
        final Map<String, Object> content =
                object(resolve(object(described.get("requestBody"))).get("content"));
        return resolve(object(object(content.get("application/json")).get("schema")));
    }

    private void check(final Object value, final int[] references) {
        if (value instanceof Map<?, ?> map) {
            if (map.get("$ref") != null) {
                references[0]++;
                assertTrue(!resolve(object(map)).isEmpty(), () -> map.get("$ref") + " leads somewhere");
            }
            map.values().forEach(member -> check(member, references));
        } else if (value instanceof List<?> list) {
            list.forEach(element -> check(element, references));
        }
    }

    private Map<String, Object> resolve(final Map<String, Object> value) {
        if (!(value.get("$ref") instanceof String reference)) {
            return value;
        }
        Map<String, Object> target = file;
        for (final String name : reference.substring(2).split("/")) {
            target = target == null ? null : object(target.get(name));
        }
        assertTrue(target != null, () -> reference + " leads nowhere");
        return target;
    }

    private static Map<String, Object> object(final Object value) {
        if (value == null) {
            return null;
        }
        final Map<String, Object> object = new LinkedHashMap<>();
        ((Map<?, ?>) value).forEach((key, member) -> object.put(key.toString(), member));
        return object;
    }
}
