package io.jspp.controller.rest;

import io.jspp.control.ArgumentSpec;
import io.jspp.control.CommandRequest;
import io.jspp.control.CommandSpec;
import io.jspp.control.JsonField;
import io.jspp.control.WordsForm;
import io.jspp.controller.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Turns a request body into one of the commands that share its method and path. The constants in their descriptions tell
 * them apart ({@code "action":"add"} or {@code "del"}), then the first argument ({@code pipe:0} or {@code ring:0}).
 */
final class BodyBinder {
    /** More than any body has. */
    private static final int MANY_MEMBERS = 100;

    private final List<CommandSpec> candidates;
    private final Supplier<Set<String>> portTypes;

    BodyBinder(final List<CommandSpec> candidates, final Supplier<Set<String>> portTypes) {
        this.candidates = List.copyOf(candidates);
        this.portTypes = portTypes;
    }

    /**
     * @param path values of the path's variables, which may be arguments too
     * @param body the JSON object, empty when the method has none
     */
    CommandRequest bind(final Map<String, String> path, final Map<String, Object> body) throws RestException {
        final CommandSpec spec = choose(body);
        for (final JsonField field : spec.rest().body()) {
            if (!field.optional() && member(body, field.path()) == null) {
                throw RestException.keyRequired(field.path());
            }
        }
        checkConstants(spec, body);
        final Map<String, String> values = new LinkedHashMap<>();
        for (final ArgumentSpec argument : spec.arguments()) {
            final String fromPath = path.get(argument.name());
            if (fromPath != null) {
                values.put(argument.name(), parse(argument, argument.name(), fromPath));
            }
        }
        for (final JsonField field : spec.rest().body()) {
            if (field.argumentName() != null) {
                final ArgumentSpec argument = spec.argument(field.argumentName());
                values.put(argument.name(), parse(argument, field.path(), member(body, field.path())));
            }
        }
        return new CommandRequest(spec, values);
    }

    private CommandSpec choose(final Map<String, Object> body) {
        CommandSpec best = candidates.get(0);
        int bestScore = Integer.MIN_VALUE;
        for (final CommandSpec spec : candidates) {
            final int score = score(spec, body);
            if (score > bestScore) {
                best = spec;
                bestScore = score;
            }
        }
        return best;
    }

    /**
     * Two points for each constant that is there, one less than none for each that is another, one when the first argument fits; among equals who
     * takes more of the members.
     */
    private static int score(final CommandSpec spec, final Map<String, Object> body) {
        int score = 0;
        int present = 0;
        boolean firstArgument = true;
        for (final JsonField field : spec.rest().body()) {
            final Object value = member(body, field.path());
            present += value == null ? 0 : 1;
            if (field.argumentName() == null) {
                score += field.value().equals(value) ? 2 : value == null ? 0 : -1;
            } else if (firstArgument) {
                firstArgument = false;
                score += fits(spec.argument(field.argumentName()), value) ? 1 : 0;
            }
        }
        return MANY_MEMBERS * score + present;
    }

    private void checkConstants(final CommandSpec spec, final Map<String, Object> body) throws RestException {
        for (final JsonField field : spec.rest().body()) {
            final Object value = member(body, field.path());
            if (field.argumentName() == null && value != null && !field.value().equals(value)) {
                throw RestException.keyInvalid(
                        field.path(), RestException.show(value), "one of " + String.join(", ", allowed(field)));
            }
        }
    }

    private Set<String> allowed(final JsonField field) {
        final Set<String> values = new TreeSet<>();
        for (final CommandSpec spec : candidates) {
            for (final JsonField other : spec.rest().body()) {
                if (other.path().equals(field.path()) && other.argumentName() == null) {
                    values.add(other.value());
                }
            }
        }
        return values;
    }

    private String parse(final ArgumentSpec argument, final String key, final Object value) throws RestException {
        try {
            final String text = text(argument, value);
            if (text != null) {
                final String canonical = argument.type().parse(text);
                checkPortType(argument, key, canonical);
                return canonical;
            }
        } catch (final IllegalArgumentException notAllowed) {
            // Reported below, together with values that are no text.
        }
        throw RestException.keyInvalid(
                key, RestException.show(value), argument.type().expectation());
    }

    private static String words(final WordsForm form, final Object value) throws RestException {
        try {
            final List<String> words = form.fromJson(value);
            return words == null ? null : String.join(" ", words);
        } catch (final WordsForm.MissingKeyException missing) {
            throw RestException.keyRequired(missing.getMessage());
        }
    }

    private void checkPortType(final ArgumentSpec argument, final String key, final String canonical)
            throws RestException {
        if (argument.type().isPort()) {
            final Set<String> known = portTypes.get();
            if (!known.contains(canonical.substring(0, canonical.indexOf(':')))) {
                throw RestException.keyInvalid(key, canonical, "a port of type " + String.join(", ", known));
            }
        }
    }

    private static boolean fits(final ArgumentSpec argument, final Object value) {
        try {
            final String text = text(argument, value);
            return text != null && argument.type().parse(text) != null;
        } catch (final IllegalArgumentException | RestException notAllowed) {
            return false;
        }
    }

    /** The value as the argument's text, or null when it has the wrong JSON type. */
    private static String text(final ArgumentSpec argument, final Object value) throws RestException {
        if (argument.type().form() != null) {
            return words(argument.type().form(), value);
        }
        if (argument.type().isInteger() && !(argument.type().mayBeText() && value instanceof String)) {
            return value instanceof Integer || value instanceof Long ? value.toString() : null;
        }
        return value instanceof String text ? text : null;
    }

    private static Object member(final Map<String, Object> body, final String path) {
        Object value = body;
        for (final String name : path.split("\\.")) {
            final Map<String, Object> object = Json.asObject(value);
            value = object == null ? null : object.get(name);
        }
        return value;
    }
}
