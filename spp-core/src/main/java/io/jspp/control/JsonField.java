package io.jspp.control;

/**
 * One member of a JSON object as a command describes it: in a REST body, or echoed in a wire reply.
 *
 * @param path member name; a dot descends ({@code ports.src})
 * @param value a constant, or {@code {argument}}
 * @param optional may be left out; never sent
 */
public record JsonField(String path, String value, boolean optional) {
    /** A member that has to be there. */
    public JsonField(final String path, final String value) {
        this(path, value, false);
    }

    /** The argument this field carries, or null when it is a constant. */
    public String argumentName() {
        return value.startsWith("{") && value.endsWith("}") ? value.substring(1, value.length() - 1) : null;
    }
}
