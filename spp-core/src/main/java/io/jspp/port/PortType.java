package io.jspp.port;

/**
 * Describes and opens one kind of port; found by {@link java.util.ServiceLoader}
 * ({@code META-INF/services/io.jspp.port.PortType}). Nothing else in the product knows the type's name.
 */
public interface PortType {
    /** The word before the colon: {@code vhost}. */
    String name();

    /** One sentence for help and documentation. */
    String sentence();

    /** True when {@code add TYPE:N} makes one at run time; false when it exists because the primary has the device. */
    boolean addable();

    /**
     * Opens a port in this process.
     *
     * @throws PortException with a sentence for the operator
     */
    Port open(PortId id, PortContext context);

    /** As {@link #open}, for a port that exists because the primary has its device; what the device is comes with the first claim. */
    default Port openDevice(PortId id, PortContext context) {
        return open(id, context);
    }
}
