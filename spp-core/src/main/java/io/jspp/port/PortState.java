package io.jspp.port;

/**
 * Where a port stands, why, and what the operator does next.
 *
 * @param phase the stage
 * @param cause a few words, empty when up
 * @param next the next step for the operator, may be empty
 */
public record PortState(Phase phase, String cause, String next) {
    /** Stages on the way up. */
    public enum Phase {
        DOWN,
        LISTENING,
        CONNECTING,
        NEGOTIATING,
        UP
    }

    /** Up and moving packets. */
    public static final PortState UP = new PortState(Phase.UP, "", "");

    public static PortState down(String cause, String next) {
        return new PortState(Phase.DOWN, cause, next);
    }

    /** {@code up}, or {@code down (interface eth1 is down: ip link set eth1 up)}. */
    @Override
    public String toString() {
        String name = phase.name().toLowerCase(java.util.Locale.ROOT);
        if (cause.isEmpty()) {
            return name;
        }
        return name + " (" + cause + (next.isEmpty() ? "" : ": " + next) + ")";
    }
}
