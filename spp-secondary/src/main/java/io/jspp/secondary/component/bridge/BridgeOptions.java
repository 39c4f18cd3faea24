package io.jspp.secondary.component.bridge;

import io.jspp.config.ConfigKeys;
import io.jspp.config.Configuration;

/**
 * How the bridges of a process behave.
 *
 * @param ageSeconds an address is forgotten when nothing came from it for so long
 * @param entries addresses one bridge may know
 * @param entriesPerPort addresses of one port that it may know
 * @param floodRate frames per second that are flooded from one port, 0 for any number
 */
public record BridgeOptions(int ageSeconds, int entries, int entriesPerPort, int floodRate) {
    /** Share of a port where none is configured: one in so many. */
    private static final int SHARES = 4;

    public BridgeOptions {
        if (ageSeconds < 1 || entries < 1 || entriesPerPort < 1 || floodRate < 0) {
            throw new IllegalArgumentException(
                    ageSeconds + " s, " + entries + " entries, " + entriesPerPort + " per port, " + floodRate + "/s");
        }
    }

    /** As the operator configured it. */
    public static BridgeOptions of(Configuration configuration) {
        int entries = configuration.integer(ConfigKeys.BRIDGE_ENTRIES);
        int perPort = configuration.integer(ConfigKeys.BRIDGE_PORT_ENTRIES);
        return new BridgeOptions(
                configuration.integer(ConfigKeys.BRIDGE_AGE),
                entries,
                perPort == 0 ? Math.max(1, entries / SHARES) : perPort,
                configuration.integer(ConfigKeys.BRIDGE_FLOOD_RATE));
    }
}
