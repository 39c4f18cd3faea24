package io.jspp.controller.rest;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A request as a route sees it.
 *
 * @param path values of the path's variables
 * @param query parameters behind the {@code ?}, decoded; of one that is given twice the last
 * @param body empty for none
 */
record RestRequest(Map<String, String> path, Map<String, String> query, byte[] body) {

    /**
     * Parameters of a raw query.
     *
     * @param raw as in the URL, or null
     * @throws RestException 400 when its escapes are malformed
     */
    static Map<String, String> parseQuery(final String raw) throws RestException {
        final Map<String, String> parameters = new LinkedHashMap<>();
        if (raw == null || raw.isEmpty()) {
            return parameters;
        }
        try {
            for (final String pair : raw.split("&")) {
                final int equals = pair.indexOf('=');
                final String name = equals < 0 ? pair : pair.substring(0, equals);
                parameters.put(
                        URLDecoder.decode(name, StandardCharsets.UTF_8),
                        equals < 0 ? "" : URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            }
        } catch (final IllegalArgumentException malformed) {
            throw new RestException(400, "the query's escapes are malformed.");
        }
        return parameters;
    }

    /** A number from the query. */
    int number(final String name, final int otherwise, final int min, final int max) throws RestException {
        final String text = query.get(name);
        if (text == null) {
            return otherwise;
        }
        if (text.matches("[0-9]{1,9}")) {
            final int value = Integer.parseInt(text);
            if (value >= min && value <= max) {
                return value;
            }
        }
        throw RestException.keyInvalid(name, RestException.show(text), "a number from " + min + " to " + max);
    }
}
