package io.jspp.port;

import io.jspp.flow.FlowRule;
import java.util.List;

/** The primary's half of a port made by {@code --vdev}: keeps the device, opens fresh descriptors per claim. Control thread. */
public interface Device extends AutoCloseable {
    /** In place of a MAC address. */
    String NO_ADDRESS = "00:00:00:00:00:00";

    /** Receive queues. */
    int rxQueues();

    /** Transmit queues. */
    int txQueues();

    /** MAC address as {@code 52:54:00:00:00:01}; {@link #NO_ADDRESS} when the device has none. */
    default String macAddress() {
        return NO_ADDRESS;
    }

    PortState state();

    /**
     * Opens what the claimant needs; the primary passes the descriptors on and closes its copies when the claim ends.
     *
     * @throws PortException with a sentence for the operator
     */
    Claims.Grant open(int queue, Direction direction);

    /** The claim on this direction of this queue has ended, by release or by the claimant's death. */
    default void released(int queue, Direction direction) {}

    /** True when all claims on it must be of one process. */
    default boolean exclusive() {
        return false;
    }

    /**
     * Sends received frames to queues by these rules from now on, in place of those before; others as always.
     *
     * @throws PortException a rule that this device can't follow; nothing has changed then
     */
    default void useFlows(List<FlowRule> rules) {
        requireFlows(rules);
    }

    /** Throws what {@link #useFlows} would. */
    default void requireFlows(List<FlowRule> rules) {
        if (!rules.isEmpty()) {
            throw new PortException("this kind of device has no flow rules, net_af_packet has");
        }
    }

    /** True when each receive queue gets its share of the frames, whether anybody uses it or not. */
    default boolean sharesOut() {
        return false;
    }

    /** Sentences for the operator about a device that works but may surprise; printed to stdout when it is opened. */
    default List<String> notes() {
        return List.of();
    }

    @Override
    void close();

    /**
     * Refuses queues that are not there.
     *
     * @param device its name
     * @param option of the device that says how many queues it has
     */
    static void requireQueue(String device, int queue, int queues, String option) {
        if (queue < 0 || queue >= queues) {
            throw new PortException(device + ": no queue " + queue + ", it has " + queues + ": start the primary with "
                    + option + "=" + (queue + 1));
        }
    }
}
