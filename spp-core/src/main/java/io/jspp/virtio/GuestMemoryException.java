package io.jspp.virtio;

import io.jspp.state.Cause;

/** A memory region or virtqueue offered by a front-end breaks the rules; the message says which and why. */
public final class GuestMemoryException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Cause why;

    public GuestMemoryException(String message) {
        this(Cause.MEMORY_UNUSABLE, message);
    }

    public GuestMemoryException(Cause why, String message) {
        super(message);
        this.why = why;
    }

    /** Which of the known causes it is. */
    public Cause why() {
        return why;
    }
}
