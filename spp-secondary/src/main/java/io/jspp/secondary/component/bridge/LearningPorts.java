package io.jspp.secondary.component.bridge;

/**
 * The ports whose addresses count in one running form of a bridge, by number: their tags, and how many addresses each may have. The tags don't change;
 * what a port has is its own and goes on from form to form.
 */
final class LearningPorts {
    private final int[] tags;
    private final BridgePort[] ports;
    private final int limit;

    /**
     * @param tags by port number, {@link PortTag#NONE} for a port that learns nothing
     * @param ports by number, where there is a tag
     * @param limit addresses of one port
     */
    LearningPorts(int[] tags, BridgePort[] ports, int limit) {
        this.tags = tags;
        this.ports = ports;
        this.limit = limit;
    }

    /** Of a port, {@link PortTag#NONE} when nothing is learned there. */
    int tag(int number) {
        return tags[number];
    }

    /** Whether the port is one now, and still the same. */
    boolean isCurrent(int tag) {
        int number = PortTag.number(tag);
        return number < tags.length && tags[number] == tag;
    }

    /** Whether a port may have one more address. Worker thread. */
    boolean mayLearn(int tag) {
        return ports[PortTag.number(tag)].addresses(tag) < limit;
    }

    /** A port has one more. Worker thread. */
    void learned(int tag) {
        ports[PortTag.number(tag)].addAddress(tag, 1);
    }

    /** A port has one less; no matter when it is one no more. Worker thread. */
    void forgot(int tag) {
        if (isCurrent(tag)) {
            ports[PortTag.number(tag)].addAddress(tag, -1);
        }
    }
}
