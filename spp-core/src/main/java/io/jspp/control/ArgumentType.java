package io.jspp.control;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an argument may be. Checks text from outside and returns its canonical form, which is what travels on the wire
 * and reaches handlers.
 */
public final class ArgumentType {
    /** A port as in {@code ring:0} or {@code phy:0 nq 1}; canonical form {@code phy:0nq1}. */
    public static final ArgumentType PORT =
            new ArgumentType("TYPE:NUMBER such as ring:0 or phy:0 nq 1", true, null, List.of(), 0, -1);
    /** A port that a process can add and delete: any but a pipe, which needs its two rings named. */
    public static final ArgumentType PLAIN_PORT = new ArgumentType(
            "TYPE:NUMBER such as ring:0; a pipe also wants its rx and tx ring",
            true,
            Pattern.compile("(?!pipe:).*"),
            List.of(),
            0,
            -1);

    public static final ArgumentType RING = portOf("ring");
    public static final ArgumentType PIPE = portOf("pipe");

    /** A destination address in any common notation, or {@code default}; canonical form {@code 52:54:00:12:34:56}. */
    public static final ArgumentType MAC =
            new ArgumentType("a MAC address such as 52:54:00:12:34:56, or default", false, null, List.of(), 0, -1);

    /** The address of one station, as {@link #MAC} without {@code default} and group addresses. */
    public static final ArgumentType STATION = new ArgumentType(
            "the MAC address of a station such as 52:54:00:12:34:56",
            false,
            Pattern.compile("(?!00:00:00:00:00:00)[0-9a-f][02468ace]:.*"),
            List.of(),
            0,
            -1);

    /** An IPv4 or IPv6 address of one host; canonical form as in RFC 5952. */
    public static final ArgumentType HOST = new ArgumentType(
            "the IPv4 or IPv6 address of a host such as 192.168.1.2 or fd00::2", false, null, List.of(), 0, -1);

    /** A physical port by its number, {@code 0}, or as {@code phy:0}, which is the canonical form. */
    public static final ArgumentType PHYSICAL_PORT =
            new ArgumentType("phy:NUMBER", false, Pattern.compile("phy:[0-9]{1,5}"), List.of(), 0, -1);

    /** A kind of secondary by the name of SPP's program; people read it without {@code spp_}. */
    public static final ArgumentType PROGRAM = choice("spp_nfv", "spp_vf", "spp_mirror", "spp_pcap");

    /** EAL options of a process to launch. */
    public static final ArgumentType LAUNCH_EAL =
            words("EAL options with -l, -c or --lcores among them", LaunchOptions.EAL);

    /** Options of a process to launch that come after {@code --}. */
    public static final ArgumentType LAUNCH_APPLICATION =
            words("options such as -n 1 -s 127.0.0.1:6666", LaunchOptions.APPLICATION);

    /** A flow rule without the port that it is for. */
    public static final ArgumentType FLOW_RULE = words(
            "ingress or egress [group N] [priority N] [transfer] pattern ITEM / ... / end actions ACTION / ... / end",
            new FlowRuleForm());

    private static final int MAX_PORT_NUMBER = 65_535;
    private static final Pattern PLAIN_WORD = Pattern.compile("[\\x21-\\x7e]{1,512}");
    private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,9}");
    private static final Pattern PORT_SYNTAX =
            Pattern.compile("([a-z][a-z0-9_]{0,15}):([0-9]{1,9})(?: ?nq ?([0-9]{1,9}))?");
    private static final Pattern COLONS = Pattern.compile("([0-9a-fA-F]{1,2}[:-]){5}[0-9a-fA-F]{1,2}");
    private static final Pattern DIGITS = Pattern.compile("[0-9a-fA-F]{12}|([0-9a-fA-F]{4}[.]){2}[0-9a-fA-F]{4}");
    private static final Pattern NAME_SYNTAX = Pattern.compile("(?![.]{1,2}$)[A-Za-z0-9_.:-]{1,64}");

    private final String expectation;
    private final boolean port;
    private final Pattern restriction;
    /** The words of a choice; for a port, how it must begin. */
    private final List<String> suggestions;

    private final int min;
    private final int max;
    private final WordsForm form;

    private ArgumentType(
            final String expectation,
            final boolean port,
            final Pattern restriction,
            final List<String> suggestions,
            final int min,
            final int max) {
        this(expectation, port, restriction, suggestions, min, max, null);
    }

    private ArgumentType(
            final String expectation,
            final boolean port,
            final Pattern restriction,
            final List<String> suggestions,
            final int min,
            final int max,
            final WordsForm form) {
        this.form = form;
        this.expectation = expectation;
        this.port = port;
        this.restriction = restriction;
        this.suggestions = suggestions;
        this.min = min;
        this.max = max;
    }

    private static ArgumentType portOf(final String type) {
        return new ArgumentType(type + ":NUMBER", true, Pattern.compile(type + ":[0-9]+"), List.of(type + ':'), 0, -1);
    }

    /** A word of {@code [A-Za-z0-9_.:-]}, at most 64 characters; no path in REST ends with a segment {@code .} or {@code ..}. */
    public static ArgumentType name() {
        return new ArgumentType(
                "1 to 64 of the characters A-Z a-z 0-9 _ . : - but not . or ..", false, NAME_SYNTAX, List.of(), 0, -1);
    }

    /** A decimal number in {@code [min, max]}; in JSON a number. */
    public static ArgumentType integer(final int min, final int max) {
        return new ArgumentType("a number from " + min + " to " + max, false, null, List.of(), min, max);
    }

    /** As {@link #integer}; in JSON a number, or a text of digits. */
    public static ArgumentType textOrInteger(final int min, final int max) {
        return new ArgumentType("a number from " + min + " to " + max, false, DECIMAL, List.of(), min, max);
    }

    /** One of these words. */
    public static ArgumentType choice(final String... words) {
        return new ArgumentType("one of " + String.join(", ", words), false, null, List.of(words), 0, -1);
    }

    /** All words up to the next fixed one of the command, or up to its end; canonical with single blanks between them. */
    public static ArgumentType words(final String expectation, final WordsForm form) {
        return new ArgumentType(expectation, false, null, List.of(), 0, -1, form);
    }

    /** How several words are one argument, or null when it has one word (a port: up to three). */
    public WordsForm form() {
        return form;
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

    /** True for a number that JSON may also hold as text. */
    public boolean mayBeText() {
        return restriction == DECIMAL;
    }

    /** What completion offers: the words of a choice, or how every value begins ({@code ring:}). */
    public List<String> suggestions() {
        return suggestions;
    }

    /**
     * Checks a value and returns its canonical form.
     *
     * @throws IllegalArgumentException when the value is not allowed; the message is {@link #expectation()}
     */
    public String parse(final String text) {
        final String canonical = canonical(text);
        if (canonical == null
                || (restriction != null && !restriction.matcher(canonical).matches())
                || (!port && !suggestions.isEmpty() && !suggestions.contains(canonical))) {
            throw new IllegalArgumentException(expectation);
        }
        return canonical;
    }

    private String canonical(final String text) {
        if (form != null) {
            final List<String> words = CommandCodec.words(text);
            final boolean plain =
                    words.stream().allMatch(word -> PLAIN_WORD.matcher(word).matches());
            final List<String> canonical = plain ? form.check(words) : null;
            return canonical == null ? null : String.join(" ", canonical);
        }
        if (this == PHYSICAL_PORT) {
            return DECIMAL.matcher(text).matches() ? "phy:" + Integer.parseInt(text) : text;
        }
        if (this == HOST) {
            return IpAddresses.canonicalHost(text);
        }
        final boolean mac = this == MAC || this == STATION;
        return isInteger() ? parseInteger(text) : port ? parsePort(text) : mac ? parseAddress(text) : text;
    }

    /** The form in a path of REST, where the kind of port goes without saying. */
    public String inPath(final String canonical) {
        return this == PHYSICAL_PORT ? canonical.substring(canonical.indexOf(':') + 1) : canonical;
    }

    /** The form shown to people: {@code phy:0nq1} becomes {@code phy:0 nq 1}. */
    public String display(final String canonical) {
        return port ? canonical.replace("nq", " nq ") : this == PROGRAM ? canonical.replace("spp_", "") : canonical;
    }

    private String parseInteger(final String text) {
        try {
            final int value = Integer.parseInt(text);
            return value >= min && value <= max ? Integer.toString(value) : null;
        } catch (final NumberFormatException notANumber) {
            return null;
        }
    }

    private static String parseAddress(final String text) {
        if (text.equals("default")) {
            return text;
        }
        final StringBuilder canonical = new StringBuilder(17);
        if (COLONS.matcher(text).matches()) {
            for (final String part : text.split("[:-]")) {
                canonical
                        .append(canonical.length() == 0 ? "" : ":")
                        .append(part.length() == 1 ? "0" : "")
                        .append(part);
            }
        } else if (DIGITS.matcher(text).matches()) {
            final String digits = text.replace(".", "");
            for (int i = 0; i < digits.length(); i += 2) {
                canonical.append(i == 0 ? "" : ":").append(digits, i, i + 2);
            }
        } else {
            return null;
        }
        return canonical.toString().toLowerCase(Locale.ROOT);
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
