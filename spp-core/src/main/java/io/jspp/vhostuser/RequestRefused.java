package io.jspp.vhostuser;

/** A request that can't be honoured; nothing has changed. The message is a sentence for log and port state. */
final class RequestRefused extends Exception {
    private static final long serialVersionUID = 1L;

    RequestRefused(String message) {
        super(message);
    }
}
