package io.jspp.virtio;

/** A memory region or virtqueue offered by a front-end breaks the rules; the message says which and why. */
public final class GuestMemoryException extends Exception {
    private static final long serialVersionUID = 1L;

    public GuestMemoryException(String message) {
        super(message);
    }
}
