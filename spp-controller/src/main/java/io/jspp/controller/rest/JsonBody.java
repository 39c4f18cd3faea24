package io.jspp.controller.rest;

import io.jspp.controller.json.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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

    /** The member's value. */
    static Object required(final Map<String, Object> object, final String key) throws RestException {
        final Object value = object.get(key);
        if (value == null) {
            throw RestException.keyRequired(key);
        }
        return value;
    }

    static Map<String, Object> requiredObject(final Map<String, Object> object, final String key) throws RestException {
        final Map<String, Object> member = Json.asObject(required(object, key));
        if (member == null) {
            throw RestException.keyInvalid(key, RestException.show(object.get(key)), "an object");
        }
        return member;
    }

    /** An array of texts. */
    static List<String> requiredTexts(final Map<String, Object> object, final String key) throws RestException {
        if (!(required(object, key) instanceof List<?> list)) {
            throw RestException.keyInvalid(key, RestException.show(object.get(key)), "an array of texts");
        }
        final List<String> texts = new ArrayList<>();
        for (final Object element : list) {
            if (!(element instanceof String text)) {
                throw RestException.keyInvalid(key, RestException.show(element), "texts");
            }
            texts.add(text);
        }
        return texts;
    }

    /** A number within limits; {@code otherwise} when it is not there. */
    static Integer number(final Map<String, Object> object, final String key, final Integer otherwise, final int max)
            throws RestException {
        final Object value = object.get(key);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof Integer number && number >= 0 && number <= max) {
            return number;
        }
        throw RestException.keyInvalid(key, RestException.show(value), "a number from 0 to " + max);
    }
}
