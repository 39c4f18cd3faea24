package io.jspp.control;

import java.util.Map;

/**
 * A checked command: its description and canonical argument values. Immutable.
 *
 * @param spec which command
 * @param values canonical value of every argument of {@code spec}
 */
public record CommandRequest(CommandSpec spec, Map<String, String> values) {
    public CommandRequest {
        values = Map.copyOf(values);
    }

    /** Canonical value of an argument, e.g. {@code phy:0nq1}. */
    public String argument(final String name) {
        final String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException(spec + " has no argument " + name);
        }
        return value;
    }

    public int intArgument(final String name) {
        return Integer.parseInt(argument(name));
    }

    /** Replaces {@code {argument}} by values as people read them. */
    public String fill(final String template) {
        String text = template;
        for (final ArgumentSpec argument : spec.arguments()) {
            text = text.replace("{" + argument.name() + "}", argument.type().display(argument(argument.name())));
        }
        return text;
    }

    /** The wire form: canonical values between single blanks, no terminator. */
    public String wireText() {
        final StringBuilder text = new StringBuilder();
        for (final CommandSpec.Word word : spec.words()) {
            text.append(text.length() == 0 ? "" : " ");
            text.append(
                    word.literal() != null
                            ? word.literal()
                            : argument(word.argument().name()));
        }
        return text.toString();
    }
}
