package io.jspp.controller.rest;

import io.jspp.controller.json.Json;

/**
 * What goes back to an HTTP client.
 *
 * @param status HTTP status
 * @param contentType without charset, as SPP sends it; null without a body
 * @param body ASCII-safe text, empty for none
 * @param allow the {@code Allow} header of a 405, else null
 */
record RestResponse(int status, String contentType, String body, String allow) {
    static final RestResponse NO_CONTENT = new RestResponse(204, null, "", null);

    static RestResponse json(final Object value) {
        return new RestResponse(200, "application/json", Json.write(value), null);
    }

    static RestResponse error(final int status, final String message) {
        return new RestResponse(status, "text/plain", message, null);
    }
}
