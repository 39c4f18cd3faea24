package io.jspp.secondary.component.bridge;

import io.jspp.config.ConfigKeys;
import io.jspp.config.Configuration;

/**
 * How the bridges of a process behave.
 *
 * @param ageSeconds an address is forgotten when nothing came from it for so long
 * @param entries addresses one bridge may know
 * @param floodRate frames per second that are flooded from one port, 0 for any number
 */
public record BridgeOptions(int ageSeconds, int entries, int floodRate) {
    public BridgeOptions {
        if (ageSeconds < 1 || entries < 1 || floodRate < 0) {
            throw new IllegalArgumentException(ageSeconds + " s, " + entries + " entries, " + floodRate + "/s");
        }
    }

    /** As the operator configured it. */
    public static BridgeOptions of(Configuration configuration) {
        return new BridgeOptions(
                configuration.integer(ConfigKeys.BRIDGE_AGE),
                configuration.integer(ConfigKeys.BRIDGE_ENTRIES),
                configuration.integer(ConfigKeys.BRIDGE_FLOOD_RATE));
    }
}
