package io.jspp.controller.shell;

import io.jspp.config.ExitCode;
import io.jspp.controller.json.Json;
import java.io.IOException;
import java.util.Map;

/**
 * An answer of the controller.
 *
 * @param status HTTP status
 * @param body text, empty for none
 */
public record RestReply(int status, String body) {
    private static final String COMMAND_ERROR = "command error: ";

    public boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    public boolean isNotFound() {
        return status == 404;
    }

    /** The body as JSON. */
    public Object json() throws ShellException {
        try {
            return Json.parse(body);
        } catch (final IOException noJson) {
            throw new ShellException("Error: the controller answered no JSON: " + noJson.getMessage());
        }
    }

    /** The body as a JSON object. */
    public Map<String, Object> object() throws ShellException {
        final Map<String, Object> object = Json.asObject(json());
        if (object == null) {
            throw new ShellException("Error: the controller answered no JSON object.");
        }
        return object;
    }

    /** This reply, when it is a success. */
    public RestReply orFail() throws ShellException {
        if (!isSuccess()) {
            final String reason = body.startsWith(COMMAND_ERROR) ? body.substring(COMMAND_ERROR.length()) : body;
            throw new ShellException(
                    "Error: " + (reason.isBlank() ? "HTTP status " + status : reason),
                    switch (status) {
                        case 401, 403 -> ExitCode.REFUSED;
                        case 504 -> ExitCode.TIMEOUT;
                        default -> ExitCode.FAILED;
                    });
        }
        return this;
    }
}
