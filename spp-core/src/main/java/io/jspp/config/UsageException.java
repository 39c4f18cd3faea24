package io.jspp.config;

/** A malformed word of the operator; the message is a sentence: what, value given, values allowed. Exit status 2. */
public final class UsageException extends RuntimeException implements KnownExit {
    private static final long serialVersionUID = 1L;

    public UsageException(String sentence) {
        super(sentence);
    }

    @Override
    public int exitCode() {
        return ExitCode.USAGE;
    }

    /** Operator's text made safe for a terminal: printable ASCII, at most 80 characters. */
    public static String quoted(String text) {
        String cut = text.length() > 80 ? text.substring(0, 80) + "..." : text;
        return '"' + cut.replaceAll("[^\\x20-\\x7e]", "?") + '"';
    }
}
