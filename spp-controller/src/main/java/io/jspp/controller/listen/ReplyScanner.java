package io.jspp.controller.listen;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Finds replies in the bytes of a process: one complete JSON object or array each, wherever the segments are cut. NUL bytes,
 * with which SPP's primary and nfv pad, are dropped anywhere. What begins like no JSON (SPP's answer to {@code patch reset})
 * is taken as text, which has no end mark: its end is a pause, which the caller times. Used by the listen thread.
 */
final class ReplyScanner {
    private static final int INITIAL_BYTES = 512;

    private ByteArrayOutputStream value = new ByteArrayOutputStream(INITIAL_BYTES);
    private int maxBytes;
    private int depth;
    private boolean inString;
    private boolean escaped;
    private boolean isText;

    /** @param maxBytes longest reply, NULs not counted */
    ReplyScanner(final int maxBytes) {
        this.maxBytes = maxBytes;
    }

    void limit(final int bytes) {
        maxBytes = bytes;
    }

    /** Length of the incomplete value. */
    int size() {
        return value.size();
    }

    /**
     * Takes bytes up to the end of a value.
     *
     * @return the value, or null when the bytes are used up before it is complete
     * @throws ReplyTooLongException when it grows beyond the limit
     */
    String scan(final ByteBuffer bytes) throws ReplyTooLongException {
        while (bytes.hasRemaining()) {
            final byte b = bytes.get();
            if (b == 0 || (value.size() == 0 && isBlank(b))) {
                continue;
            }
            if (value.size() == maxBytes) {
                throw new ReplyTooLongException(maxBytes);
            }
            if (value.size() == 0) {
                isText = b != '{' && b != '[';
            }
            value.write(b);
            if (!isText && endsValue(b)) {
                return take();
            }
        }
        return null;
    }

    /** True when text that is no JSON has come, so that a pause ends it. */
    boolean holdsText() {
        return isText && value.size() > 0;
    }

    /** Ends the value here and returns it. */
    String take() {
        final String text = value.toString(StandardCharsets.UTF_8);
        reset();
        return text;
    }

    /** Forgets an incomplete value. */
    void reset() {
        // A new one, so that one long reply does not occupy memory for ever.
        value = new ByteArrayOutputStream(INITIAL_BYTES);
        depth = 0;
        inString = false;
        escaped = false;
        isText = false;
    }

    private boolean endsValue(final byte b) {
        if (inString) {
            if (escaped) {
                escaped = false;
            } else if (b == '\\') {
                escaped = true;
            } else if (b == '"') {
                inString = false;
            }
            return false;
        }
        switch (b) {
            case '"' -> inString = true;
            case '{', '[' -> depth++;
            case '}', ']' -> depth--;
            default -> {
                // part of a number, a word or a separator
            }
        }
        return depth == 0;
    }

    private static boolean isBlank(final byte b) {
        return b == ' ' || b == '\t' || b == '\r' || b == '\n';
    }

    /** A reply that does not end within the limit. */
    static final class ReplyTooLongException extends Exception {
        private static final long serialVersionUID = 1L;

        ReplyTooLongException(final int maxBytes) {
            super("a reply longer than " + maxBytes + " bytes");
        }
    }
}
