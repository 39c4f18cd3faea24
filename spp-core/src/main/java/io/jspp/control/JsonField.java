package io.jspp.control;

/**
 * One member of a JSON object as a command describes it: in a REST body, or echoed in a wire reply.
 *
 * @param path member name; a dot descends ({@code ports.src})
 * @param value a constant, or {@code {argument}}
 */
public record JsonField(String path, String value) {
    /** The argument this field carries, or null when it is a constant. */
    public String argumentName() {
        return value.startsWith("{") && value.endsWith("}") ? value.substring(1, value.length() - 1) : null;
    }
}
