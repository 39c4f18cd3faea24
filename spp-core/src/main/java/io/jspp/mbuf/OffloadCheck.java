package io.jspp.mbuf;

import io.jspp.net.EthernetHeader;
import io.jspp.net.IpHeader;
import io.jspp.net.Offload;
import io.jspp.net.VlanTag;

/**
 * Compares the offload facts a guest gave with its frame, before anyone acts on them (virtio 1.2 §5.1.6.2.2: a device must not
 * trust them). Any thread, no state, no allocation.
 *
 * <p>What it promises: the checksum field lies inside the frame behind the Ethernet header; a gso type is known, has a size, asks
 * for the checksum, and the frame claims that network and transport protocol. Contents may change afterwards when the frame
 * lies in guest memory: who acts on headers ({@link SoftwareOffload}, the kernel, the other guest) looks at them again.
 */
public final class OffloadCheck {
    /** Bytes that must be left of {@code csum_start + csum_offset}: the field itself. */
    private static final int FIELD = 2;

    private OffloadCheck() {}

    /** Whether the facts of packet {@code i} agree with its frame; a plain frame always does. */
    public static boolean isConsistent(Burst burst, int i) {
        long offload = burst.offload[i];
        if (offload == Offload.NONE) {
            return true;
        }
        int length = burst.length[i];
        int start = Offload.csumStart(offload);
        boolean needsChecksum = Offload.needsChecksum(offload);
        if (needsChecksum && (start < EthernetHeader.LENGTH || start + Offload.csumOffset(offload) + FIELD > length)) {
            return false;
        }
        int gso = Offload.gsoType(offload);
        if (gso == Offload.GSO_NONE) {
            return true;
        }
        return needsChecksum
                && Offload.gsoSize(offload) != 0
                && isKnown(gso & ~Offload.GSO_ECN)
                && protocolAgrees(burst, i, gso & ~Offload.GSO_ECN, length, start);
    }

    private static boolean isKnown(int gso) {
        return gso == Offload.GSO_TCPV4
                || gso == Offload.GSO_TCPV6
                || gso == Offload.GSO_UDP
                || gso == Offload.GSO_UDP_L4;
    }

    private static boolean protocolAgrees(Burst burst, int i, int gso, int length, int start) {
        int at = EthernetHeader.ETHERTYPE;
        int type = at + 2 <= length ? Frames.getShort(burst, i, at) : 0;
        while (VlanTag.isTag(type)) {
            at += VlanTag.LENGTH;
            if (at + 2 > length) {
                return false;
            }
            type = Frames.getShort(burst, i, at);
        }
        int ip = at + 2;
        boolean v4 = type == EthernetHeader.ETHERTYPE_IPV4 && gso != Offload.GSO_TCPV6;
        boolean v6 = type == EthernetHeader.ETHERTYPE_IPV6 && gso != Offload.GSO_TCPV4;
        int headerLength = v4 ? IpHeader.V4_MIN_LENGTH : IpHeader.V6_LENGTH;
        boolean tcp = gso == Offload.GSO_TCPV4 || gso == Offload.GSO_TCPV6;
        int transport = tcp ? IpHeader.TCP_MIN_LENGTH : IpHeader.UDP_LENGTH;
        if (!v4 && !v6 || start < ip + headerLength || start + transport > length) {
            return false;
        }
        // An IPv6 packet may have extension headers in between; who segments walks them.
        int protocol = Frames.getByte(burst, i, ip + (v4 ? IpHeader.V4_PROTOCOL : IpHeader.V6_NEXT_HEADER));
        boolean extended = v6 && start > ip + headerLength;
        return extended || protocol == (tcp ? IpHeader.PROTOCOL_TCP : IpHeader.PROTOCOL_UDP);
    }
}
