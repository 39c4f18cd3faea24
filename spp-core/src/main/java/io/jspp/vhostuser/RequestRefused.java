package io.jspp.vhostuser;

import io.jspp.state.Cause;
import io.jspp.virtio.GuestMemoryException;

/** A request that can't be honoured; nothing has changed. The message is a sentence for log and port state. */
final class RequestRefused extends Exception {
    private static final long serialVersionUID = 1L;

    private final Cause why;

    RequestRefused(String message) {
        this(Cause.REQUEST_REFUSED, message);
    }

    RequestRefused(Cause why, String message) {
        super(message);
        this.why = why;
    }

    RequestRefused(GuestMemoryException e) {
        this(e.why(), e.getMessage());
    }

    /** Which of the known causes it is, for the port's state. */
    Cause why() {
        return why;
    }
}
