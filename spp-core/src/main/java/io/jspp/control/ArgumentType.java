package io.jspp.control;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an argument may be. Checks text from outside and returns its canonical form, which is what travels on the wire
 * and reaches handlers.
 */
public final class ArgumentType {
    /** A port as in {@code ring:0} or {@code phy:0 nq 1}; canonical form {@code phy:0nq1}. */
    public static final ArgumentType PORT =
            new ArgumentType("PORT", "TYPE:NUMBER such as ring:0 or phy:0 nq 1", true, null);
    /** A port that a process can add and delete: any but a pipe, which needs its two rings named. */
    public static final ArgumentType PLAIN_PORT = new ArgumentType(
            "PORT", "TYPE:NUMBER such as ring:0; a pipe also wants its rx and tx ring", true, "(?!pipe:).*");

    public static final ArgumentType RING = new ArgumentType("RING", "ring:NUMBER", true, "ring:[0-9]+");
    public static final ArgumentType PIPE = new ArgumentType("PIPE", "pipe:NUMBER", true, "pipe:[0-9]+");

    private static final int MAX_PORT_NUMBER = 65_535;
    private static final Pattern PORT_SYNTAX =
            Pattern.compile("([a-z][a-z0-9_]{0,15}):([0-9]{1,9})(?: ?nq ?([0-9]{1,9}))?");
    private static final Pattern NAME_SYNTAX = Pattern.compile("[A-Za-z0-9_.:-]{1,64}");

    private final String placeholder;
    private final String expectation;
    private final boolean port;
    private final Pattern restriction;
    private final List<String> choices;
    private final int min;
    private final int max;

    private ArgumentType(
            final String placeholder, final String expectation, final boolean port, final String restriction) {
        this(
                placeholder,
                expectation,
                port,
                restriction == null ? null : Pattern.compile(restriction),
                List.of(),
                0,
                -1);
    }

    private ArgumentType(
            final String placeholder,
            final String expectation,
            final boolean port,
            final Pattern restriction,
            final List<String> choices,
            final int min,
            final int max) {
        this.placeholder = placeholder;
        this.expectation = expectation;
        this.port = port;
        this.restriction = restriction;
        this.choices = choices;
        this.min = min;
        this.max = max;
    }

    /** A word of {@code [A-Za-z0-9_.:-]}, at most 64 characters. */
    public static ArgumentType name(final String placeholder) {
        return new ArgumentType(
                placeholder, "1 to 64 of the characters A-Z a-z 0-9 _ . : -", false, NAME_SYNTAX, List.of(), 0, -1);
    }

    /** A decimal number in {@code [min, max]}; in JSON a number. */
    public static ArgumentType integer(final String placeholder, final int min, final int max) {
        return new ArgumentType(placeholder, "a number from " + min + " to " + max, false, null, List.of(), min, max);
    }

    /** One of these words. */
    public static ArgumentType choice(final String placeholder, final String... words) {
        return new ArgumentType(placeholder, "one of " + String.join(", ", words), false, null, List.of(words), 0, -1);
    }

    /** Shown in usage lines and, as in SPP, by completion where anything may follow. */
    public String placeholder() {
        return placeholder;
    }

    /** What is allowed, as the end of an error sentence. */
    public String expectation() {
        return expectation;
    }

    /** True when the value is a port, so that {@code U nq Q} typed as three words is one argument. */
    public boolean isPort() {
        return port;
    }

    /** True when the value is a number, also in JSON. */
    public boolean isInteger() {
        return max >= min;
    }

    /** The allowed words, or empty when the type is no choice. */
    public List<String> choices() {
        return choices;
    }

    /**
     * Checks a value and returns its canonical form.
     *
     * @throws IllegalArgumentException when the value is not allowed; the message is {@link #expectation()}
     */
    public String parse(final String text) {
        final String canonical = isInteger() ? parseInteger(text) : port ? parsePort(text) : text;
        if (canonical == null
                || (restriction != null && !restriction.matcher(canonical).matches())
                || (!choices.isEmpty() && !choices.contains(canonical))) {
            throw new IllegalArgumentException(expectation);
        }
        return canonical;
    }

    /** The form shown to people: {@code phy:0nq1} becomes {@code phy:0 nq 1}. */
    public String display(final String canonical) {
        return port ? canonical.replace("nq", " nq ") : canonical;
    }

    private String parseInteger(final String text) {
        try {
            final int value = Integer.parseInt(text);
            return value >= min && value <= max ? Integer.toString(value) : null;
        } catch (final NumberFormatException notANumber) {
            return null;
        }
    }

    private static String parsePort(final String text) {
        final Matcher matcher = PORT_SYNTAX.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        final int number = Integer.parseInt(matcher.group(2));
        final int queue = matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3));
        if (number > MAX_PORT_NUMBER || queue > MAX_PORT_NUMBER) {
            return null;
        }
        final String name = matcher.group(1) + ':' + number;
        return matcher.group(3) == null ? name : name + "nq" + queue;
    }
}
