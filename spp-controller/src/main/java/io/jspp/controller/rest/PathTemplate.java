package io.jspp.controller.rest;

import java.util.LinkedHashMap;
import java.util.Map;

/** A path with variables, such as {@code /v1/nfvs/{id}/ports}; {@code {id}} and {@code {name:int}} take numbers only. Immutable. */
final class PathTemplate {
    private static final String NUMBER = ":int}";

    private final String[] segments;
    private final boolean[] numeric;

    PathTemplate(final String template) {
        segments = template.split("/", -1);
        numeric = new boolean[segments.length];
        for (int i = 0; i < segments.length; i++) {
            numeric[i] = segments[i].equals("{id}") || segments[i].endsWith(NUMBER);
            segments[i] = segments[i].replace(NUMBER, "}");
        }
    }

    /** The variables' values when the path fits, else null. */
    Map<String, String> match(final String path) {
        final String[] actual = path.split("/", -1);
        if (actual.length != segments.length) {
            return null;
        }
        final Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < segments.length; i++) {
            final String segment = segments[i];
            if (!segment.startsWith("{")) {
                if (!segment.equals(actual[i])) {
                    return null;
                }
            } else if (actual[i].isEmpty() || (numeric[i] && !actual[i].matches("[0-9]{1,9}"))) {
                return null;
            } else {
                values.put(segment.substring(1, segment.length() - 1), actual[i]);
            }
        }
        return values;
    }

    /** The template, as OpenAPI writes it. */
    @Override
    public String toString() {
        return String.join("/", segments);
    }
}
