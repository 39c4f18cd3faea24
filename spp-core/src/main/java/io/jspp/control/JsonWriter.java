package io.jspp.control;

/**
 * Writes one compact JSON value, members in call order. Commas and quotes are its business, nesting the caller's. Text is
 * escaped so that the result is always valid ASCII-safe JSON: control characters and lone surrogates become {@code \\uXXXX}.
 */
public final class JsonWriter {
    private final StringBuilder out = new StringBuilder(256);
    private boolean comma;

    public JsonWriter object() {
        return open('{');
    }

    public JsonWriter endObject() {
        return close('}');
    }

    public JsonWriter array() {
        return open('[');
    }

    public JsonWriter endArray() {
        return close(']');
    }

    /** Name of the next member. */
    public JsonWriter name(final String name) {
        separate();
        quote(name);
        out.append(':');
        comma = false;
        return this;
    }

    public JsonWriter value(final String text) {
        separate();
        if (text == null) {
            out.append("null");
        } else {
            quote(text);
        }
        comma = true;
        return this;
    }

    public JsonWriter value(final long number) {
        separate();
        out.append(number);
        comma = true;
        return this;
    }

    public JsonWriter value(final boolean flag) {
        separate();
        out.append(flag);
        comma = true;
        return this;
    }

    public JsonWriter field(final String name, final String text) {
        return name(name).value(text);
    }

    public JsonWriter field(final String name, final long number) {
        return name(name).value(number);
    }

    public JsonWriter field(final String name, final boolean flag) {
        return name(name).value(flag);
    }

    /** A member that is an array of numbers, such as {@code "lcores":[1,2]}. */
    public JsonWriter field(final String name, final int[] numbers) {
        name(name).array();
        for (final int number : numbers) {
            value(number);
        }
        return endArray();
    }

    /** A member that is an array of texts, such as {@code "ports":["phy:0"]}. */
    public JsonWriter field(final String name, final Iterable<String> texts) {
        name(name).array();
        for (final String text : texts) {
            value(text);
        }
        return endArray();
    }

    /** The text written so far. */
    @Override
    public String toString() {
        return out.toString();
    }

    private JsonWriter open(final char bracket) {
        separate();
        out.append(bracket);
        comma = false;
        return this;
    }

    private JsonWriter close(final char bracket) {
        out.append(bracket);
        comma = true;
        return this;
    }

    private void separate() {
        if (comma) {
            out.append(',');
        }
    }

    private void quote(final String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            final char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < 0x20 || c >= 0x7f) {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
