package io.jspp.config;

import static io.jspp.config.UsageException.quoted;

/** Checked number parsing for operator's words. */
public final class Numbers {
    private Numbers() {}

    /** A decimal or {@code 0x} hexadecimal integer within a range, both ends included. */
    public static long integer(String text, long minimum, long maximum) {
        try {
            boolean hex = text.startsWith("0x") || text.startsWith("0X");
            if (hex ? text.matches("0[xX][0-9a-fA-F]{1,16}") : text.matches("[0-9]{1,19}")) {
                long value = hex ? Long.parseUnsignedLong(text.substring(2), 16) : Long.parseLong(text);
                if (value >= minimum && value <= maximum) {
                    return value;
                }
            }
        } catch (NumberFormatException tooLong) {
            // told below, as any other value that is out of range
        }
        throw new UsageException(quoted(text) + " is not a number in " + minimum + ".." + maximum);
    }

    /** {@link #integer} as an int. */
    public static int smallInteger(String text, int minimum, int maximum) {
        return (int) integer(text, minimum, maximum);
    }
}
