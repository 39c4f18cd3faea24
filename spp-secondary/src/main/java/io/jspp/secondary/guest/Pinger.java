package io.jspp.secondary.guest;

import java.util.Arrays;
import java.util.function.BooleanSupplier;
import org.HdrHistogram.Histogram;

/**
 * Pings an IPv4 address over a {@link GuestNic}: resolves it by ARP, sends echo requests at an interval, counts replies, answers requests for
 * the own address meanwhile. Single-threaded.
 */
public final class Pinger implements AutoCloseable {
    private static final long ARP_RETRY_NS = 200_000_000L;
    private static final long MAX_RTT_NS = 60_000_000_000L;

    /** Told about each reply as it comes. */
    @FunctionalInterface
    public interface Listener {
        void reply(int sequence, long rttNs, int bytes);
    }

    private final GuestNic nic;
    private final byte[] mac;
    private final int address;
    private final EchoResponder responder;
    private final byte[] frame = new byte[GuestNic.MAX_FRAME];
    private final Histogram rttNs = new Histogram(1, MAX_RTT_NS, 3);
    private final int identifier = (int) (ProcessHandle.current().pid() & 0xffff);
    private int sent;
    private int received;
    private int duplicates;
    private int damaged;
    private byte[] targetMac;

    /** @param address own IPv4 address in host order */
    public Pinger(GuestNic nic, byte[] mac, int address) {
        this.nic = nic;
        this.mac = mac.clone();
        this.address = address;
        this.responder = new EchoResponder(nic, mac, address);
    }

    /**
     * Sends {@code count} requests.
     *
     * @param target IPv4 address in host order
     * @param dataBytes bytes after the ICMP header
     * @param replyTimeoutNs how long to wait for the ARP reply, and after the last request for its answer
     */
    public void run(
            int target,
            int count,
            long intervalNs,
            int dataBytes,
            long replyTimeoutNs,
            Listener listener,
            BooleanSupplier stop) {
        if (!resolve(target, replyTimeoutNs, stop)) {
            return;
        }
        long[] sentAt = new long[count];
        boolean[] answered = new boolean[count];
        long begin = System.nanoTime();
        long last = begin;
        while (!stop.getAsBoolean()) {
            long now = System.nanoTime();
            if (sent < count && now - begin >= sent * intervalNs) {
                int length =
                        GuestFrames.putEchoRequest(frame, targetMac, mac, address, target, identifier, sent, dataBytes);
                sentAt[sent] = System.nanoTime();
                if (nic.send(frame, length)) {
                    sent++;
                    last = now;
                }
            }
            boolean any = takeReplies(target, sentAt, answered, listener);
            if (received == count || sent == count && now - last > replyTimeoutNs) {
                return;
            }
            if (!any) {
                long next = sent < count ? begin + sent * intervalNs : last + replyTimeoutNs;
                nic.await((int) Math.max(1, Math.min(50, (next - System.nanoTime()) / 1_000_000L)));
            }
        }
    }

    private boolean resolve(int target, long timeoutNs, BooleanSupplier stop) {
        long begin = System.nanoTime();
        long asked = begin - ARP_RETRY_NS;
        while (!stop.getAsBoolean() && System.nanoTime() - begin < timeoutNs) {
            if (System.nanoTime() - asked >= ARP_RETRY_NS) {
                asked = System.nanoTime();
                nic.send(frame, GuestFrames.putArp(frame, GuestFrames.ARP_REQUEST, mac, address, null, target));
            }
            int length = nic.receive(frame);
            if (length < 0) {
                nic.await(20);
            } else if (GuestFrames.arpOperation(frame, length) == GuestFrames.ARP_REPLY
                    && GuestFrames.arpSenderAddress(frame) == target) {
                targetMac = GuestFrames.arpSenderMac(frame);
                return true;
            } else {
                responder.answer(frame, length);
            }
        }
        return false;
    }

    private boolean takeReplies(int target, long[] sentAt, boolean[] answered, Listener listener) {
        boolean any = false;
        for (int length = nic.receive(frame); length >= 0; length = nic.receive(frame)) {
            any = true;
            boolean reply = GuestFrames.isIcmp(frame, length)
                    && GuestFrames.icmpType(frame) == GuestFrames.ECHO_REPLY
                    && GuestFrames.ipv4Destination(frame) == address
                    && GuestFrames.ipv4Source(frame) == target
                    && GuestFrames.echoIdentifier(frame) == identifier;
            if (!reply) {
                responder.answer(frame, length);
                continue;
            }
            int sequence = nearest(GuestFrames.echoSequence(frame));
            if (!GuestFrames.icmpChecksumValid(frame)) {
                damaged++;
            } else if (sequence < 0) {
                damaged++;
            } else if (answered[sequence]) {
                duplicates++;
            } else {
                answered[sequence] = true;
                received++;
                long rtt = Math.max(1, Math.min(MAX_RTT_NS, System.nanoTime() - sentAt[sequence]));
                rttNs.recordValue(rtt);
                listener.reply(sequence, rtt, GuestFrames.ipv4End(frame) - GuestFrames.ECHO_OFFSET);
            }
        }
        return any;
    }

    /** The latest request whose 16-bit number is {@code low}, or -1. */
    private int nearest(int low) {
        int sequence = sent - 1 - (sent - 1 - low & 0xffff);
        return sequence >= 0 ? sequence : -1;
    }

    @Override
    public void close() {
        responder.close();
    }

    public int sent() {
        return sent;
    }

    public int received() {
        return received;
    }

    public int duplicates() {
        return duplicates;
    }

    /** Replies with a wrong checksum or number. */
    public int damaged() {
        return damaged;
    }

    /** Round trips of the replies, in nanoseconds. */
    public Histogram rttNs() {
        return rttNs;
    }

    /** Whether ARP found the target. */
    public boolean resolved() {
        return targetMac != null;
    }

    /** MAC of the target, null before it was found. */
    public byte[] targetMac() {
        return targetMac == null ? null : Arrays.copyOf(targetMac, targetMac.length);
    }
}
