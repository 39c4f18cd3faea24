package io.jspp.counters;

/** Why a packet was not passed on. Every drop has one; rx = tx + drops + in flight. */
public enum DropReason {
    /** The receiving guest offers no buffer, or the receiving ring or kernel queue is full. */
    FULL("full", "receiver has no free buffer or slot"),
    /** The port is not up: no guest attached, link down. */
    PORT_DOWN("port_down", "receiving port is not up"),
    /** The frame is longer than the receiver takes. */
    TOO_BIG("too_big", "frame longer than the receiver takes"),
    /** Shorter than an Ethernet header. */
    RUNT("runt", "frame shorter than 14 bytes"),
    /** Descriptor chain breaks the rules of virtio 1.2 §2.7 or §2.8. */
    MALFORMED_CHAIN("malformed_chain", "descriptor chain breaks the virtio rules"),
    /** virtio-net or protocol header contradicts the frame. */
    MALFORMED_HEADER("malformed_header", "offload header contradicts the frame"),
    /** The pool has no mbuf for a copy. */
    NO_MBUF("no_mbuf", "no free mbuf leased to this port"),
    /** The kernel refused the frame. */
    KERNEL("kernel", "the kernel refused or lost the frame"),
    /** Memory of the peer vanished while it was read or written. */
    FAULT("fault", "memory of the peer vanished");

    private final String id;
    private final String sentence;

    DropReason(String id, String sentence) {
        this.id = id;
        this.sentence = sentence;
    }

    /** Name in status replies and metrics. */
    public String id() {
        return id;
    }

    public String sentence() {
        return sentence;
    }
}
