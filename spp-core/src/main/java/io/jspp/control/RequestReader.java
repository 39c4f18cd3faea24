package io.jspp.control;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;

/**
 * Cuts the byte stream from ctl into requests. SPP's ctl sends no terminator: what one read returns is one request. Our ctl,
 * told by the {@code framing} member of the registration reply, ends each request with a newline; from the first newline on,
 * only newlines end requests, however the bytes are cut into segments.
 */
final class RequestReader {
    /** Longest request; SPP's processes stop at 32768. */
    static final int MAX_REQUEST_BYTES = 64 * 1024;

    private final InputStream in;
    private final byte[] chunk = new byte[MAX_REQUEST_BYTES];
    private final StringBuilder partial = new StringBuilder();
    private final ArrayDeque<String> ready = new ArrayDeque<>();
    private boolean newlineFramed;

    RequestReader(final InputStream in) {
        this.in = in;
    }

    /**
     * Waits for the next request that is not blank; NUL bytes are dropped.
     *
     * @return the request, or null at the end of the stream
     * @throws RequestTooLongException when no newline came within {@link #MAX_REQUEST_BYTES}
     */
    String next() throws IOException {
        while (true) {
            final String request = ready.poll();
            if (request != null && !request.isBlank()) {
                return request;
            }
            if (request == null && !fill()) {
                return null;
            }
        }
    }

    private boolean fill() throws IOException {
        final int length = in.read(chunk);
        if (length < 0) {
            return false;
        }
        final String text = new String(chunk, 0, length, StandardCharsets.UTF_8).replace("\0", "");
        newlineFramed |= text.indexOf('\n') >= 0;
        if (!newlineFramed) {
            ready.add(text);
            return true;
        }
        int begin = 0;
        for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', begin)) {
            ready.add(partial.append(text, begin, end).toString());
            partial.setLength(0);
            begin = end + 1;
        }
        partial.append(text, begin, text.length());
        if (partial.length() > MAX_REQUEST_BYTES) {
            throw new RequestTooLongException();
        }
        return true;
    }

    /** A request longer than {@link #MAX_REQUEST_BYTES}. */
    static final class RequestTooLongException extends IOException {
        private static final long serialVersionUID = 1L;

        RequestTooLongException() {
            super("a request may have " + MAX_REQUEST_BYTES + " bytes, this one has more");
        }
    }
}
