package io.jspp.port.afpacket;

import java.util.Map;

/**
 * How the queues of one interface are set up, decided by the primary, followed by the claimant.
 *
 * @param queuePairs receive (and transmit) queues; more than one share the traffic by a fanout group
 * @param qdiscBypass whether plain frames skip the queueing discipline
 * @param frameBytes ring frame size wished for, 0 to choose by the interface's MTU
 * @param frames frames per ring
 */
record PacketSettings(int queuePairs, boolean qdiscBypass, int frameBytes, int frames) {
    /** As attributes of a grant. */
    Map<String, String> toAttributes(String iface, int fanoutGroup, boolean flow) {
        return Map.of(
                "iface", iface,
                "qpairs", Integer.toString(queuePairs),
                "bypass", qdiscBypass ? "1" : "0",
                "framesz", Integer.toString(frameBytes),
                "framecnt", Integer.toString(frames),
                "fanout", Integer.toString(fanoutGroup),
                "flow", flow ? "1" : "0");
    }

    static PacketSettings fromAttributes(Map<String, String> attributes) {
        return new PacketSettings(
                Integer.parseInt(attributes.getOrDefault("qpairs", "1")),
                "1".equals(attributes.getOrDefault("bypass", "1")),
                Integer.parseInt(attributes.getOrDefault("framesz", "0")),
                Integer.parseInt(attributes.getOrDefault("framecnt", Integer.toString(PacketRing.DEFAULT_FRAMES))));
    }
}
