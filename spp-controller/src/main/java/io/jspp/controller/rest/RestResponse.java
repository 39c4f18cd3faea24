package io.jspp.controller.rest;

import io.jspp.controller.json.Json;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What goes back to an HTTP client.
 *
 * @param status HTTP status
 * @param contentType without charset, as SPP sends it; null without a body
 * @param body text, empty for none
 * @param headers further ones, such as the {@code Allow} of a 405
 * @param stream null, or who writes the body, which then has no end
 */
record RestResponse(
        int status, String contentType, String body, Map<String, String> headers, Consumer<ResponseStream> stream) {
    static final RestResponse NO_CONTENT = new RestResponse(204, null, "", Map.of());

    RestResponse(final int status, final String contentType, final String body, final Map<String, String> headers) {
        this(status, contentType, body, headers, null);
    }

    static RestResponse json(final Object value) {
        return new RestResponse(200, "application/json", Json.write(value), Map.of());
    }

    static RestResponse error(final int status, final String message) {
        return new RestResponse(status, "text/plain", message, Map.of());
    }

    static RestResponse streamed(final String contentType, final Consumer<ResponseStream> stream) {
        return new RestResponse(200, contentType, "", Map.of("Cache-Control", "no-cache"), stream);
    }
}
