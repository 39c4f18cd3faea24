package io.jspp.secondary.guest;

/** Answers ARP requests and ICMP echo requests for one IPv4 address. Single-threaded. */
public final class EchoResponder {
    private final GuestNic nic;
    private final byte[] mac;
    private final int address;
    private long arpReplies;
    private long echoReplies;
    private long badChecksums;

    /** @param address IPv4 address in host order */
    public EchoResponder(GuestNic nic, byte[] mac, int address) {
        this.nic = nic;
        this.mac = mac.clone();
        this.address = address;
    }

    /** Answers the frame in place if it asks for our address; false when it is none of our business. */
    public boolean answer(byte[] frame, int length) {
        if (GuestFrames.arpOperation(frame, length) == GuestFrames.ARP_REQUEST
                && GuestFrames.arpTargetAddress(frame) == address) {
            byte[] asker = GuestFrames.arpSenderMac(frame);
            int askerAddress = GuestFrames.arpSenderAddress(frame);
            int bytes = GuestFrames.putArp(frame, GuestFrames.ARP_REPLY, mac, address, asker, askerAddress);
            if (nic.send(frame, bytes)) {
                arpReplies++;
            }
            return true;
        }
        if (GuestFrames.isIcmp(frame, length)
                && GuestFrames.ipv4Destination(frame) == address
                && GuestFrames.icmpType(frame) == GuestFrames.ECHO_REQUEST) {
            if (!GuestFrames.icmpChecksumValid(frame)) {
                badChecksums++;
                return true;
            }
            GuestFrames.turnIntoReply(frame, mac);
            if (nic.send(frame, length)) {
                echoReplies++;
            }
            return true;
        }
        return false;
    }

    public long arpReplies() {
        return arpReplies;
    }

    public long echoReplies() {
        return echoReplies;
    }

    /** Echo requests that came damaged and were not answered. */
    public long badChecksums() {
        return badChecksums;
    }
}
