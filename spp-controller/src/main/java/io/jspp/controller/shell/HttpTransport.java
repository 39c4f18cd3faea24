package io.jspp.controller.shell;

import java.io.IOException;

/** One way to reach a controller. {@link #toString()} is the address as users write it. Used by one thread at a time. */
interface HttpTransport {
    /** How long a controller may take to be reached. */
    int CONNECT_TIMEOUT_MS = 3_000;

    /** Longer than the controller waits for a process, so that it is the controller who says what is late. */
    int READ_TIMEOUT_MS = 15_000;

    /** Longest answer that is read. */
    int MAX_REPLY_BYTES = 8 * 1024 * 1024;

    /**
     * Sends a request and reads its answer.
     *
     * @param body JSON text, or null for none
     * @param authorization header, or null for none
     * @throws LateException when the controller was reached and did not answer in time
     * @throws IOException when it was not reached, or what it said is no HTTP
     */
    RestReply send(String method, String path, String body, String authorization) throws IOException;

    /** A controller that takes too long. */
    final class LateException extends IOException {
        private static final long serialVersionUID = 1L;

        LateException(final IOException cause) {
            super("no answer in time", cause);
        }
    }
}
