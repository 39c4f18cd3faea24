package io.jspp.port;

import java.util.Map;

/**
 * One kind of {@code --vdev}; found by {@link java.util.ServiceLoader}
 * ({@code META-INF/services/io.jspp.port.DeviceType}).
 */
public interface DeviceType {
    /** The word before the number: {@code net_af_packet}. */
    String vdevPrefix();

    /** Type of the ports it makes: {@code phy}. */
    String portType();

    /** True when ports are numbered in option order ({@code phy}), false when by the number in the name ({@code tap}). */
    default boolean numberedByOrder() {
        return false;
    }

    /**
     * Opens the device.
     *
     * @param name the whole name, {@code net_af_packet0}
     * @param arguments {@code iface=eth0,qpairs=2} as a map in option order
     * @throws PortException absent interface, missing right: a sentence, exit code 1
     * @throws IllegalArgumentException malformed or unknown argument: a sentence, exit code 2
     */
    Device open(String name, Map<String, String> arguments);
}
