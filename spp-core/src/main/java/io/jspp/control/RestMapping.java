package io.jspp.control;

import java.util.List;
import java.util.Objects;

/**
 * How a command looks in REST.
 *
 * @param method GET, PUT, POST or DELETE
 * @param path below the target's root: empty, or {@code /ports}, or {@code /components/{name}}
 * @param body members of the request body, in the order in which a missing one is reported
 */
public record RestMapping(String method, String path, List<JsonField> body) {
    public RestMapping {
        Objects.requireNonNull(method, "method");
        Objects.requireNonNull(path, "path");
        body = List.copyOf(body);
    }
}
