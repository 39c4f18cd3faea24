package io.jspp.controller.rest;

import io.jspp.controller.json.Json;
import java.io.IOException;
import java.util.Map;

/** Reads members of request bodies, refusing with SPP's texts. Stateless. */
final class JsonBody {
    private JsonBody() {}

    /** The body, which must be a JSON object. */
    static Map<String, Object> parse(final byte[] body) throws RestException {
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
