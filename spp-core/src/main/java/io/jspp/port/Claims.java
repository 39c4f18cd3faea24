package io.jspp.port;

import io.jspp.linux.FileDescriptor;
import java.util.List;
import java.util.Map;

/** A secondary's right to use one direction of one queue, granted by the primary. Control thread. */
public interface Claims {
    /**
     * What comes with a claim.
     *
     * @param fds descriptors, owned by the receiver: a packet socket, a tap queue, a ring's eventfd …
     * @param attributes named facts of the port type: {@code ifindex=3}, {@code mtu=1500}
     */
    record Grant(List<FileDescriptor> fds, Map<String, String> attributes) {
        /**
         * Refuses another number of descriptors than this.
         *
         * @param what was claimed, for the sentence
         */
        public void requireDescriptors(int expected, String what) {
            if (fds.size() != expected) {
                throw new PortException(what + ": the primary granted " + fds.size() + " descriptors instead of "
                        + expected + ": run the same version of both");
            }
        }
    }

    /**
     * Claims a direction of a queue.
     *
     * @throws PortException naming the holder when it is taken, or the device when it doesn't exist
     */
    Grant claim(PortId port, int queue, Direction direction);

    /** Ends a claim; returns when the primary knows, or at once when no primary is there. */
    void release(PortId port, int queue, Direction direction);
}
