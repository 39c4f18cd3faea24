package io.jspp.mbuf;

import io.jspp.net.EthernetHeader;
import io.jspp.net.IpHeader;
import io.jspp.net.Offload;
import io.jspp.net.VlanTag;

/**
 * Compares the offload facts a guest gave with its frame, before anyone acts on them (virtio 1.2 §5.1.6.2.2: a device must not
 * trust them). Any thread, no state, no allocation.
 *
 * <p>What it promises: the checksum field lies inside the frame behind the Ethernet header; a gso type is known, asks for the checksum where
 * this transport protocol has it, the frame has these headers whole, is no fragment, has more payload than one segment, and becomes at
 * most {@link SoftwareOffload#MAX_FRAMES}. Contents may change afterwards when the frame lies in guest memory: who acts on headers
 * ({@link SoftwareOffload}, the kernel, the other guest) looks at them again.
 */
public final class OffloadCheck {
    /** No word of {@link Offload}: the facts contradict the frame. */
    public static final long REFUSED = -1L;

    /** Bytes that must be left of {@code csum_start + csum_offset}: the field itself. */
    private static final int FIELD = 2;

    private static final int MAX_TAGS = 4;
    private static final int MAX_EXTENSIONS = 8;
    private static final int NOWHERE = -1;

    private OffloadCheck() {}

    /** Whether the facts of packet {@code i} agree with its frame; a plain frame always does. */
    public static boolean isConsistent(Burst burst, int i) {
        return check(burst, i) != REFUSED;
    }

    /**
     * The facts to go on with: those given, without segmentation when one segment holds all of the payload, or {@link #REFUSED}.
     * Of the flags only NEEDS_CSUM means something here.
     */
    public static long check(Burst burst, int i) {
        long offload = burst.offload[i];
        if (offload == Offload.NONE) {
            return offload;
        }
        int gso = Offload.gsoType(offload);
        if (!Offload.needsChecksum(offload)) {
            return gso == Offload.GSO_NONE ? Offload.NONE : REFUSED;
        }
        int length = burst.length[i];
        int start = Offload.csumStart(offload);
        int offset = Offload.csumOffset(offload);
        if (start < EthernetHeader.LENGTH || start + offset + FIELD > length) {
            return REFUSED;
        }
        long checksum = Offload.pack(Offload.F_NEEDS_CSUM, Offload.GSO_NONE, 0, start, offset);
        if (gso == Offload.GSO_NONE) {
            return checksum;
        }
        int headers = headersLength(burst, i, gso, start, offset);
        int size = Offload.gsoSize(offload);
        if (headers == NOWHERE || size == 0) {
            return REFUSED;
        }
        int payload = length - headers;
        if (payload <= size) {
            return checksum;
        }
        return (long) size * SoftwareOffload.MAX_FRAMES < payload
                ? REFUSED
                : Offload.pack(Offload.F_NEEDS_CSUM, gso, size, start, offset);
    }

    /** Bytes up to the payload, when the frame has the headers that the gso type names, the transport header at {@code start}. */
    private static int headersLength(Burst burst, int i, int gso, int start, int checksumOffset) {
        int length = burst.length[i];
        boolean ecn = (gso & Offload.GSO_ECN) != 0;
        switch (gso & ~Offload.GSO_ECN) {
            case Offload.GSO_TCPV4, Offload.GSO_TCPV6 -> {
                int only = (gso & ~Offload.GSO_ECN) == Offload.GSO_TCPV4
                        ? EthernetHeader.ETHERTYPE_IPV4
                        : EthernetHeader.ETHERTYPE_IPV6;
                if (checksumOffset != IpHeader.TCP_CHECKSUM
                        || start + IpHeader.TCP_MIN_LENGTH > length
                        || transportOffset(burst, i, only, IpHeader.PROTOCOL_TCP) != start) {
                    return NOWHERE;
                }
                int tcp = (Frames.getByte(burst, i, start + IpHeader.TCP_DATA_OFFSET) >>> 4) * 4;
                return tcp < IpHeader.TCP_MIN_LENGTH || start + tcp > length ? NOWHERE : start + tcp;
            }
            case Offload.GSO_UDP, Offload.GSO_UDP_L4 -> {
                boolean there = !ecn
                        && checksumOffset == IpHeader.UDP_CHECKSUM
                        && start + IpHeader.UDP_LENGTH <= length
                        && transportOffset(burst, i, 0, IpHeader.PROTOCOL_UDP) == start;
                return there ? start + IpHeader.UDP_LENGTH : NOWHERE;
            }
            default -> {
                return NOWHERE;
            }
        }
    }

    /** Where the header of {@code protocol} begins in an IP packet, which is no fragment; {@code only} is an ethertype, 0 for both. */
    private static int transportOffset(Burst burst, int i, int only, int protocol) {
        int length = burst.length[i];
        int at = EthernetHeader.ETHERTYPE;
        int type = 0;
        for (int tags = 0; tags <= MAX_TAGS && at + 2 <= length; tags++) {
            type = Frames.getShort(burst, i, at);
            at += 2;
            if (!VlanTag.isTag(type)) {
                break;
            }
            at += VlanTag.LENGTH - 2;
        }
        if (only != 0 && type != only) {
            return NOWHERE;
        }
        return switch (type) {
            case EthernetHeader.ETHERTYPE_IPV4 -> behindIpv4(burst, i, at, protocol);
            case EthernetHeader.ETHERTYPE_IPV6 -> behindIpv6(burst, i, at, protocol);
            default -> NOWHERE;
        };
    }

    private static int behindIpv4(Burst burst, int i, int ip, int protocol) {
        if (ip + IpHeader.V4_MIN_LENGTH > burst.length[i]) {
            return NOWHERE;
        }
        int first = Frames.getByte(burst, i, ip);
        int header = (first & 15) * 4;
        boolean fragment = (Frames.getShort(burst, i, ip + IpHeader.V4_FRAGMENT) & IpHeader.V4_FRAGMENTED) != 0;
        boolean agrees = first >>> 4 == 4
                && header >= IpHeader.V4_MIN_LENGTH
                && !fragment
                && Frames.getByte(burst, i, ip + IpHeader.V4_PROTOCOL) == protocol;
        return agrees ? ip + header : NOWHERE;
    }

    private static int behindIpv6(Burst burst, int i, int ip, int protocol) {
        int length = burst.length[i];
        if (ip + IpHeader.V6_LENGTH > length || Frames.getByte(burst, i, ip) >>> 4 != 6) {
            return NOWHERE;
        }
        int next = Frames.getByte(burst, i, ip + IpHeader.V6_NEXT_HEADER);
        int at = ip + IpHeader.V6_LENGTH;
        for (int n = 0; n < MAX_EXTENSIONS && IpHeader.isV6Options(next) && at + 2 <= length; n++) {
            next = Frames.getByte(burst, i, at);
            at += 8 + 8 * Frames.getByte(burst, i, at + 1);
        }
        return next == protocol ? at : NOWHERE;
    }
}
