package io.jspp.controller.rest;

import io.jspp.control.CommandCodec;
import io.jspp.controller.json.Json;

/** A request that is answered with an error status and a text. */
final class RestException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;

    RestException(final int status, final String message) {
        super(message, null, false, false);
        this.status = status;
    }

    int status() {
        return status;
    }

    /** {@code key(K) required.} */
    static RestException keyRequired(final String key) {
        return new RestException(400, "key(" + key + ") required.");
    }

    /** {@code invalid key(K): V.} and what would be valid. */
    static RestException keyInvalid(final String key, final String value, final String expectation) {
        return new RestException(400, "invalid key(" + key + "): " + value + ". Expected " + expectation + '.');
    }

    /** A value from outside, fit for a message. */
    static String show(final Object value) {
        return CommandCodec.printable(value instanceof String text ? text : Json.write(value));
    }
}
