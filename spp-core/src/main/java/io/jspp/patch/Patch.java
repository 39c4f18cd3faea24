package io.jspp.patch;

/** Everything that comes from {@code source} goes to {@code destination}. */
public record Patch(QueueId source, QueueId destination) {
    @Override
    public String toString() {
        return source + " -> " + destination;
    }
}
