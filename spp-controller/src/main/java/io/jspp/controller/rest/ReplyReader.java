package io.jspp.controller.rest;

import io.jspp.control.CommandCodec;
import io.jspp.control.ProcessKind;
import io.jspp.control.ReplyShape;
import io.jspp.controller.json.Json;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Judges what a process replied. Stateless. */
final class ReplyReader {
    private ReplyReader() {}

    /**
     * The HTTP answer to a reply.
     *
     * @throws RestException 400 {@code command error: …} when the command failed, 500 when the reply makes no sense
     */
    static RestResponse toResponse(
            final ProcessKind kind, final ReplyShape shape, final String command, final String reply)
            throws RestException {
        final Object value;
        try {
            value = Json.parse(reply);
        } catch (final IOException noJson) {
            if (shape == ReplyShape.DONE) {
                // SPP's primary and nfv answer "patch reset" with its own words.
                return RestResponse.NO_CONTENT;
            }
            throw new RestException(
                    500, "the process answered no JSON to \"" + command + "\": " + CommandCodec.printable(reply));
        }
        final Map<String, Object> object = Json.asObject(value);
        final String error = object == null ? null : error(object, command);
        if (error != null) {
            throw new RestException(400, "command error: " + error);
        }
        if (shape == ReplyShape.DONE) {
            return RestResponse.NO_CONTENT;
        }
        final Object answer = kind.listsResults() && object != null ? object.get("info") : value;
        return RestResponse.json(
                shape == ReplyShape.COMPONENTS ? ComponentStatus.toRest(Json.asObject(answer)) : answer);
    }

    /** The message of a failed command, or null. */
    private static String error(final Map<String, Object> reply, final String command) {
        final List<?> results = Json.asArray(reply.get("results"));
        final Map<String, Object> result = results.isEmpty() ? null : Json.asObject(results.get(0));
        if (result != null && "error".equals(result.get("result"))) {
            final Map<String, Object> details = Json.asObject(result.get("error_details"));
            final Object message = details == null ? null : details.get("message");
            return message == null ? command + " failed" : CommandCodec.printable(message.toString(), 2_000);
        }
        // SPP's own primary and nfv give no reason.
        return "failed".equals(reply.get("result")) ? command + " failed" : null;
    }
}
