package io.jspp.controller.start;

import io.jspp.config.EalOptions;
import io.jspp.config.UsageException;
import io.jspp.control.CommandCodec;
import io.jspp.control.ControlEndpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks of single values, the same for YAML and for SPP's shell variables; what the processes check better is left to them. */
final class Words {
    private static final Pattern LCORES = Pattern.compile("[0-9(][0-9,@()-]{0,255}");
    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}");
    private static final Pattern LEVEL = Pattern.compile("[1-8]|error|warn|warning|info|debug|trace");
    private static final Pattern MASK = Pattern.compile("(0[xX])?0*[1-9a-fA-F][0-9a-fA-F]{0,7}");
    private static final Pattern QUEUES = Pattern.compile("([0-9]{1,2}) +rxq +([0-9]{1,2}) +txq +([0-9]{1,2})");
    private static final Pattern MEMORY = Pattern.compile("[0-9]{1,7}(,[0-9]{1,7}){0,7}");
    private static final Pattern NO_CONTROL = Pattern.compile("\\P{Cntrl}{0,4096}", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern PRINTABLE = Pattern.compile("[\\x21-\\x7e]{1,512}");

    private Words() {}

    /** A value that is not what is wanted; the message is the sentence behind the place. */
    static final class WrongValueException extends Exception {
        private static final long serialVersionUID = 1L;

        private WrongValueException(final String sentence) {
            super(sentence);
        }
    }

    private static String matching(final Pattern pattern, final String text, final String wanted)
            throws WrongValueException {
        if (!pattern.matcher(text).matches()) {
            throw wrong(text, "is not " + wanted);
        }
        return text;
    }

    static WrongValueException wrong(final String text, final String why) {
        return new WrongValueException('"' + CommandCodec.printable(text) + "\" " + why);
    }

    static String lcores(final String text) throws WrongValueException {
        return matching(LCORES, text, "a list of lcores such as 0,1 or 0-3");
    }

    static String filePrefix(final String text) throws WrongValueException {
        return matching(PREFIX, text, "a name of 1 to 32 letters, digits, _ . -");
    }

    static String logLevel(final String text) throws WrongValueException {
        return matching(LEVEL, text, "a level: 1 to 8, error, warn, info, debug or trace");
    }

    static String portMask(final String text) throws WrongValueException {
        return matching(MASK, text, "a hexadecimal mask of devices such as 0x03");
    }

    static String memory(final String text) throws WrongValueException {
        return matching(MEMORY, text, "MiB such as 1024, or 512,512 for two nodes");
    }

    static int number(final String text, final int min, final int max) throws WrongValueException {
        if (text.matches("[0-9]{1,6}")) {
            final int value = Integer.parseInt(text);
            if (value >= min && value <= max) {
                return value;
            }
        }
        throw wrong(text, "is no number from " + min + " to " + max);
    }

    static String host(final String text) throws WrongValueException {
        try {
            return ControlEndpoint.parseHost(text.indexOf(':') >= 0 && !text.startsWith("[") ? '[' + text + ']' : text);
        } catch (final IllegalArgumentException malformed) {
            throw new WrongValueException(malformed.getMessage());
        }
    }

    static String vdev(final String text) throws WrongValueException {
        word(text);
        try {
            EalOptions.Vdev.parse(text);
            return text;
        } catch (final UsageException malformed) {
            throw new WrongValueException(malformed.getMessage());
        }
    }

    /** {@code --port-num N rxq R txq T}. */
    static List<String> queues(final String text) throws WrongValueException {
        final Matcher matcher = QUEUES.matcher(text.strip());
        if (!matcher.matches()) {
            throw wrong(text, "is not N rxq R txq T, as in 0 rxq 4 txq 4");
        }
        return List.of("--port-num", matcher.group(1), "rxq", matcher.group(2), "txq", matcher.group(3));
    }

    /** One word of a command line. */
    static String word(final String text) throws WrongValueException {
        return matching(PRINTABLE, text, "one word of printable characters");
    }

    /** A file's name, which may have blanks and letters of any language. */
    static String path(final String text) throws WrongValueException {
        return matching(NO_CONTROL, text, "a path without control characters");
    }

    /** The words of one text. */
    static List<String> words(final String text) throws WrongValueException {
        final List<String> words = new ArrayList<>();
        for (final String word : text.strip().split("[ \t]+")) {
            if (!word.isEmpty()) {
                words.add(word(word));
            }
        }
        return words;
    }
}
