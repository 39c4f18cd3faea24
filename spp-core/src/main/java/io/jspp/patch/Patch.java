package io.jspp.patch;

/** Everything that comes from {@code source} goes to {@code destination}. */
public record Patch(PatchEnd source, PatchEnd destination) {
    @Override
    public String toString() {
        return source + " -> " + destination;
    }
}
