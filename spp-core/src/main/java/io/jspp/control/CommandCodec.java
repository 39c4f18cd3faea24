package io.jspp.control;

import io.jspp.control.CommandSyntaxException.Problem;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Text of a request to a checked {@link CommandRequest}, and a {@link Reply} to its JSON text. Requests are words between
 * blanks; replies are one JSON object. Stateless.
 */
public final class CommandCodec {
    /** More words than any command has, so that hostile text is refused before it is looked at. */
    public static final int MAX_WORDS = 512;

    private final CommandRegistry registry;

    public CommandCodec(final CommandRegistry registry) {
        this.registry = registry;
    }

    /** Words of a request; blanks, tabs and line ends separate, runs count once. */
    public static List<String> words(final String text) {
        final String stripped = text.strip();
        return stripped.isEmpty() ? List.of() : Arrays.asList(stripped.split("\\s+"));
    }

    /**
     * Finds the command these words are and checks its arguments.
     *
     * @throws CommandSyntaxException when they are none
     */
    public CommandRequest parse(final ProcessKind kind, final List<String> words) throws CommandSyntaxException {
        if (words.size() > MAX_WORDS) {
            throw new CommandSyntaxException(
                    Problem.TOO_LONG,
                    null,
                    null,
                    "the request has " + words.size() + " words, the limit is " + MAX_WORDS);
        }
        Match best = null;
        for (final CommandSpec spec : registry.of(kind)) {
            final Match match = new Match(spec, words);
            if (match.complete()) {
                return new CommandRequest(spec, match.values);
            }
            if (match.position > 0 && (best == null || match.isCloserThan(best))) {
                best = match;
            }
        }
        if (best == null) {
            throw new CommandSyntaxException(
                    Problem.UNKNOWN,
                    null,
                    null,
                    "unknown command \"" + (words.isEmpty() ? "" : printable(words.get(0))) + "\"; a " + kind.wireName()
                            + " knows " + String.join(", ", registry.verbs(kind)));
        }
        throw best.failure(words);
    }

    /**
     * The reply text SPP's process of this kind sends.
     *
     * @param kind who replies
     * @param request what was asked, or null when it could not be parsed
     * @param verb first word of what was asked
     */
    public static String encode(
            final ProcessKind kind, final CommandRequest request, final String verb, final Reply reply) {
        if (reply.json() != null && reply.failure() == null) {
            return kind.listsResults()
                    ? "{\"results\":[{\"result\":\"success\"}],\"info\":" + reply.json() + '}'
                    : reply.json();
        }
        final JsonWriter json = new JsonWriter().object();
        if (!kind.listsResults()) {
            json.field("result", reply.failure() == null ? "succeeded" : "failed");
            json.field("command", printable(verb));
            if (request != null) {
                writeEcho(json, request);
            }
        }
        // SPP's own ctl only takes results[0].result for an error; without it a failure looks like success there.
        if (reply.failure() != null) {
            json.name("results").array().object().field("result", "error");
            json.name("error_details").object().field("message", reply.failure());
            if (!reply.code().isEmpty()) {
                json.field("code", reply.code()).field("next", reply.next());
            }
            json.endObject();
            json.endObject().endArray();
        } else if (kind.listsResults()) {
            json.name("results")
                    .array()
                    .object()
                    .field("result", "success")
                    .endObject()
                    .endArray();
        }
        return json.endObject().toString();
    }

    /** Text from outside made fit for messages and logs: at most 64 characters, control characters as {@code ?}. */
    public static String printable(final String text) {
        return printable(text, 64);
    }

    /** As {@link #printable(String)} with another limit. */
    public static String printable(final String text, final int maxLength) {
        final StringBuilder safe = new StringBuilder();
        for (int i = 0; i < text.length() && i < maxLength; i++) {
            final char c = text.charAt(i);
            safe.append(c < 0x20 || c >= 0x7f ? '?' : c);
        }
        return text.length() > maxLength ? safe.append("...").toString() : safe.toString();
    }

    private static void writeEcho(final JsonWriter json, final CommandRequest request) {
        String open = null;
        for (final JsonField field : request.spec().echo()) {
            final int dot = field.path().indexOf('.');
            final String parent = dot < 0 ? null : field.path().substring(0, dot);
            if (open != null && !open.equals(parent)) {
                json.endObject();
            }
            if (parent != null && !parent.equals(open)) {
                json.name(parent).object();
            }
            open = parent;
            json.field(field.path().substring(dot + 1), request.argument(field.argumentName()));
        }
        if (open != null) {
            json.endObject();
        }
    }

    /** How far one command fits some words. */
    private static final class Match {
        final CommandSpec spec;
        final Map<String, String> values = new LinkedHashMap<>();
        int position;
        private int consumed;
        private boolean consumedAll;
        private boolean wrongLiteral;

        Match(final CommandSpec spec, final List<String> words) {
            this.spec = spec;
            for (final CommandSpec.Word word : spec.words()) {
                final boolean several =
                        word.argument() != null && word.argument().type().form() != null;
                if (several ? !acceptWords(word.argument(), words) : consumed == words.size() || !accept(word, words)) {
                    return;
                }
                position++;
            }
        }

        boolean complete() {
            return position == spec.words().size() && (consumedAll || spec.allowsExtraWords());
        }

        /** All words before the next fixed one of the command. */
        private boolean acceptWords(final ArgumentSpec argument, final List<String> words) {
            final String end = position + 1 < spec.words().size()
                    ? spec.words().get(position + 1).literal()
                    : null;
            int to = consumed;
            while (to < words.size() && !words.get(to).equals(end)) {
                to++;
            }
            try {
                values.put(argument.name(), argument.type().parse(String.join(" ", words.subList(consumed, to))));
            } catch (final IllegalArgumentException notAllowed) {
                return false;
            }
            consumed = to;
            consumedAll = consumed == words.size();
            return true;
        }

        private boolean accept(final CommandSpec.Word word, final List<String> words) {
            final String text = words.get(consumed);
            int used = 1;
            if (word.literal() != null) {
                if (!word.literal().equals(text)) {
                    wrongLiteral = true;
                    return false;
                }
            } else {
                String value = text;
                if (word.argument().type().isPort()
                        && consumed + 2 < words.size()
                        && words.get(consumed + 1).equals("nq")) {
                    value = text + " nq " + words.get(consumed + 2);
                    used = 3;
                }
                try {
                    values.put(word.argument().name(), word.argument().type().parse(value));
                } catch (final IllegalArgumentException notAllowed) {
                    return false;
                }
            }
            consumed += used;
            consumedAll = consumed == words.size();
            return true;
        }

        /** It fits further, or as far and takes an argument where the other one is at its end. */
        boolean isCloserThan(final Match other) {
            return position > other.position
                    || position == other.position
                            && position < spec.words().size()
                            && !wrongLiteral
                            && other.position == other.spec.words().size();
        }

        CommandSyntaxException failure(final List<String> words) {
            final String usage = "; usage: " + spec.usage();
            if (position == spec.words().size()) {
                return new CommandSyntaxException(
                        Problem.TOO_LONG, spec, null, "unexpected \"" + printable(words.get(consumed)) + '"' + usage);
            }
            final ArgumentSpec argument = spec.words().get(position).argument();
            if (consumed == words.size()) {
                return new CommandSyntaxException(
                        Problem.INCOMPLETE, spec, argument, "incomplete command \"" + spec.verb() + '"' + usage);
            }
            final String expectation = wrongLiteral
                    ? spec.words().get(position).literal()
                    : argument.type().expectation();
            return new CommandSyntaxException(
                    Problem.INVALID_VALUE,
                    spec,
                    argument,
                    "invalid value \"" + printable(words.get(consumed)) + "\": expected " + expectation + usage);
        }
    }
}
