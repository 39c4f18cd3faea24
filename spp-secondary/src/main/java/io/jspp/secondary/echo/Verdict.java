package io.jspp.secondary.echo;

/** What {@link EchoHost} thinks of a frame. */
public enum Verdict {
    /** An ARP request for one of the addresses. */
    ARP,
    /** A neighbour solicitation for one of them. */
    SOLICITATION,
    /** An echo request over IPv4. */
    PING4,
    /** An echo request over IPv6. */
    PING6,
    /** For somebody else, or nothing that is answered. */
    NOT_OURS,
    /** Lengths or facts that contradict each other. */
    MALFORMED,
    /** A fragment of a packet to one of the addresses. */
    FRAGMENT,
    /** For us, with a wrong checksum. */
    BAD_CHECKSUM;

    /** Whether {@link EchoHost#answer} makes an answer of it. */
    public boolean isAnswered() {
        return compareTo(NOT_OURS) < 0;
    }

    public boolean isPing() {
        return this == PING4 || this == PING6;
    }
}
