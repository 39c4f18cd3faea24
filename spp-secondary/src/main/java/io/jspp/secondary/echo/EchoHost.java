package io.jspp.secondary.echo;

import io.jspp.memory.Memory;
import io.jspp.net.BigEndian;
import io.jspp.net.Checksum;
import io.jspp.net.EthernetHeader;
import io.jspp.net.IpHeader;
import io.jspp.net.MacAddress;
import io.jspp.net.Offload;
import io.jspp.net.VlanTag;

/**
 * Judges frames and turns those that ask for one of some addresses into their answers, in place: ARP (RFC 826), neighbour discovery (RFC 4861), ICMP
 * and ICMPv6 echo (RFC 792, 4443), behind at most one 802.1Q tag, which the answer has too. The frame must be a private copy: what was judged must
 * still be there when it is answered. Used by one thread; allocates nothing.
 */
public final class EchoHost {
    /** Bytes an answer may need though its question was shorter. */
    public static final int MIN_ROOM = 128;

    private static final int MIN_FRAME = 60;
    private static final int ARP_LENGTH = 28;
    private static final int ARP_OPERATION = 6;
    private static final int ARP_SENDER = 8;
    private static final int ARP_TARGET = 18;
    private static final int ARP_REQUEST = 1;
    private static final int ARP_REPLY = 2;

    /** Hardware type Ethernet, protocol IPv4, lengths 6 and 4. */
    private static final long ARP_KIND = 0x0001_0800_0604L;

    private static final int ECHO_LENGTH = 8;
    private static final int TTL = 64;

    private final Neighbour neighbour = new Neighbour();

    private long frame;
    private int length;
    private int l3;
    private int packet;
    private long mac;
    private Verdict verdict = Verdict.NOT_OURS;
    private long answer;
    private int answerLength;

    /**
     * Judges a frame, which {@link #answer} may then turn into its answer.
     *
     * @param address of {@code lengthBytes}, at least an Ethernet header
     * @param offload facts of the frame
     */
    public Verdict judge(long address, int lengthBytes, long offload, HostAddresses hosts) {
        frame = address;
        length = lengthBytes;
        verdict = judge(offload, hosts);
        return verdict;
    }

    private Verdict judge(long offload, HostAddresses hosts) {
        l3 = EthernetHeader.LENGTH;
        int type = EthernetHeader.etherType(frame);
        if (type == VlanTag.TPID_8021Q && length >= EthernetHeader.LENGTH + VlanTag.LENGTH) {
            l3 += VlanTag.LENGTH;
            type = BigEndian.getShort(frame + l3 - 2);
        }
        if (Offload.gsoType(offload) != Offload.GSO_NONE) {
            return Verdict.MALFORMED;
        }
        if (MacAddress.isGroup(EthernetHeader.source(frame))) {
            return Verdict.NOT_OURS;
        }
        return switch (type) {
            case EthernetHeader.ETHERTYPE_ARP -> judgeArp(hosts);
            case EthernetHeader.ETHERTYPE_IPV4 -> judge4(offload, hosts);
            case EthernetHeader.ETHERTYPE_IPV6 -> judge6(offload, hosts);
            default -> Verdict.NOT_OURS;
        };
    }

    /** Where the packet begins behind Ethernet header and tag. */
    public int networkOffset() {
        return l3;
    }

    /** Bytes of the IP packet judged last, without what pads the frame. */
    public int packetLength() {
        return packet;
    }

    private Verdict judgeArp(HostAddresses hosts) {
        if (length < l3 + ARP_LENGTH) {
            return Verdict.MALFORMED;
        }
        long arp = frame + l3;
        if (getMac(arp) != ARP_KIND || BigEndian.getShort(arp + ARP_OPERATION) != ARP_REQUEST) {
            return Verdict.NOT_OURS;
        }
        mac = hosts.find4(BigEndian.getInt(arp + ARP_TARGET + 6));
        long destination = EthernetHeader.destination(frame);
        if (mac == HostAddresses.ABSENT || destination != MacAddress.BROADCAST && destination != mac) {
            return Verdict.NOT_OURS;
        }
        return MacAddress.isGroup(getMac(arp + ARP_SENDER)) ? Verdict.MALFORMED : Verdict.ARP;
    }

    private Verdict judge4(long offload, HostAddresses hosts) {
        long ip = frame + l3;
        int room = length - l3;
        if (room < IpHeader.V4_MIN_LENGTH) {
            return Verdict.MALFORMED;
        }
        int first = Memory.getUnsignedByte(ip);
        int header = (first & 15) * 4;
        int total = BigEndian.getShort(ip + IpHeader.V4_TOTAL_LENGTH);
        if (first >>> 4 != 4 || header < IpHeader.V4_MIN_LENGTH || total < header || total > room) {
            return Verdict.MALFORMED;
        }
        packet = total;
        mac = hosts.find4(BigEndian.getInt(ip + IpHeader.V4_DESTINATION));
        int source = BigEndian.getInt(ip + IpHeader.V4_SOURCE) >>> 24;
        if (mac == HostAddresses.ABSENT
                || EthernetHeader.destination(frame) != mac
                || source == 0
                || source == 127
                || source >= 224) {
            return Verdict.NOT_OURS;
        }
        if (isWrong(Checksum.add(0, ip, header))) {
            return Verdict.BAD_CHECKSUM;
        }
        if ((BigEndian.getShort(ip + IpHeader.V4_FRAGMENT) & IpHeader.V4_FRAGMENTED) != 0) {
            return Verdict.FRAGMENT;
        }
        if (Memory.getUnsignedByte(ip + IpHeader.V4_PROTOCOL) != IpHeader.PROTOCOL_ICMP) {
            return Verdict.NOT_OURS;
        }
        return judgeEcho(Icmp.V4_ECHO_REQUEST, Verdict.PING4, 0, ip + header, total - header, offload);
    }

    private Verdict judge6(long offload, HostAddresses hosts) {
        long ip = frame + l3;
        int room = length - l3;
        if (room < IpHeader.V6_LENGTH || Memory.getUnsignedByte(ip) >>> 4 != 6) {
            return Verdict.MALFORMED;
        }
        int payload = BigEndian.getShort(ip + IpHeader.V6_PAYLOAD_LENGTH);
        if (payload > room - IpHeader.V6_LENGTH) {
            return Verdict.MALFORMED;
        }
        packet = IpHeader.V6_LENGTH + payload;
        int next = Memory.getUnsignedByte(ip + IpHeader.V6_NEXT_HEADER);
        long icmp = ip + IpHeader.V6_LENGTH;
        if (next == IpHeader.PROTOCOL_ICMPV6 && payload > 0 && Memory.getUnsignedByte(icmp) == Icmp.SOLICITATION) {
            Verdict found = neighbour.judge(frame, ip, payload, hosts);
            mac = neighbour.mac();
            return found == Verdict.SOLICITATION
                    ? judgeSum(found, pseudo6(ip, payload), icmp, payload, offload)
                    : found;
        }
        mac = hosts.find6(Icmp.getLong(ip + IpHeader.V6_DESTINATION), Icmp.getLong(ip + IpHeader.V6_DESTINATION + 8));
        if (mac == HostAddresses.ABSENT
                || EthernetHeader.destination(frame) != mac
                || !Icmp.isHost6(ip + IpHeader.V6_SOURCE)) {
            return Verdict.NOT_OURS;
        }
        if (next == IpHeader.PROTOCOL_FRAGMENT) {
            return Verdict.FRAGMENT;
        }
        if (next != IpHeader.PROTOCOL_ICMPV6) {
            return Verdict.NOT_OURS;
        }
        return judgeEcho(Icmp.V6_ECHO_REQUEST, Verdict.PING6, pseudo6(ip, payload), icmp, payload, offload);
    }

    private Verdict judgeEcho(int request, Verdict ping, long pseudo, long icmp, int bytes, long offload) {
        if (bytes < ECHO_LENGTH) {
            return Verdict.MALFORMED;
        }
        if (Memory.getUnsignedByte(icmp) != request || Memory.getUnsignedByte(icmp + 1) != 0) {
            return Verdict.NOT_OURS;
        }
        return judgeSum(ping, pseudo, icmp, bytes, offload);
    }

    /** A checksum that the sender left to its device is the answer's business alone; it must be this one. */
    private Verdict judgeSum(Verdict good, long pseudo, long icmp, int bytes, long offload) {
        if (Offload.needsChecksum(offload)) {
            boolean ours = Offload.csumStart(offload) == icmp - frame && Offload.csumOffset(offload) == Icmp.CHECKSUM;
            return ours ? good : Verdict.MALFORMED;
        }
        return isWrong(Checksum.add(pseudo, icmp, bytes)) ? Verdict.BAD_CHECKSUM : good;
    }

    private static boolean isWrong(long sum) {
        return Checksum.fold(sum) != 0xffff;
    }

    private static long pseudo6(long ip, int payload) {
        return Checksum.pseudoHeader6(ip, IpHeader.PROTOCOL_ICMPV6, payload);
    }

    /** Turns the frame judged last into its answer; behind it there is room for {@link #MIN_ROOM} bytes in all. */
    public void answer() {
        switch (verdict) {
            case ARP -> answerArp();
            case SOLICITATION -> finish(neighbour.answer(frame, l3), 0);
            case PING4 -> answer4();
            case PING6 -> answer6();
            default -> throw new IllegalStateException("no answer to " + verdict);
        }
    }

    /** Address of the answer: that of the frame, or some bytes behind it. */
    public long answerAddress() {
        return answer;
    }

    /** Bytes of the answer. */
    public int answerLength() {
        return answerLength;
    }

    /** Ethernet pads short frames; with zeros, not with what was there. */
    private void finish(int bytes, int skipped) {
        answer = frame + skipped;
        answerLength = Math.max(MIN_FRAME, bytes);
        Memory.fill(answer + bytes, answerLength - bytes, (byte) 0);
    }

    private void answerArp() {
        long arp = frame + l3;
        long asker = getMac(arp + ARP_SENDER);
        int askerAddress = BigEndian.getInt(arp + ARP_SENDER + 6);
        int own = BigEndian.getInt(arp + ARP_TARGET + 6);
        BigEndian.putShort(arp + ARP_OPERATION, ARP_REPLY);
        Icmp.putMac(arp + ARP_SENDER, mac);
        BigEndian.putInt(arp + ARP_SENDER + 6, own);
        Icmp.putMac(arp + ARP_TARGET, asker);
        BigEndian.putInt(arp + ARP_TARGET + 6, askerAddress);
        EthernetHeader.putDestination(frame, asker);
        EthernetHeader.putSource(frame, mac);
        finish(l3 + ARP_LENGTH, 0);
    }

    /** Options are not sent back: what remains moves up to where they ended. */
    private void answer4() {
        long ip = frame + l3;
        int header = (Memory.getUnsignedByte(ip) & 15) * 4;
        int options = header - IpHeader.V4_MIN_LENGTH;
        int total = BigEndian.getShort(ip + IpHeader.V4_TOTAL_LENGTH) - options;
        int service = Memory.getUnsignedByte(ip + 1);
        int source = BigEndian.getInt(ip + IpHeader.V4_SOURCE);
        int own = BigEndian.getInt(ip + IpHeader.V4_DESTINATION);
        long asker = EthernetHeader.source(frame);
        int tag = BigEndian.getInt(frame + EthernetHeader.ETHERTYPE);
        long eth = frame + options;
        EthernetHeader.putDestination(eth, asker);
        EthernetHeader.putSource(eth, mac);
        if (l3 > EthernetHeader.LENGTH) {
            BigEndian.putInt(eth + EthernetHeader.ETHERTYPE, tag);
        }
        BigEndian.putShort(eth + l3 - 2, EthernetHeader.ETHERTYPE_IPV4);
        ip += options;
        Memory.putByte(ip, (byte) 0x45);
        Memory.putByte(ip + 1, (byte) service);
        BigEndian.putShort(ip + IpHeader.V4_TOTAL_LENGTH, total);
        BigEndian.putShort(ip + IpHeader.V4_ID, 0);
        BigEndian.putShort(ip + IpHeader.V4_FRAGMENT, IpHeader.V4_DONT_FRAGMENT);
        Memory.putByte(ip + IpHeader.V4_TTL, (byte) TTL);
        Memory.putByte(ip + IpHeader.V4_PROTOCOL, (byte) IpHeader.PROTOCOL_ICMP);
        Memory.putShort(ip + IpHeader.V4_CHECKSUM, (short) 0);
        BigEndian.putInt(ip + IpHeader.V4_SOURCE, own);
        BigEndian.putInt(ip + IpHeader.V4_DESTINATION, source);
        Memory.putShort(ip + IpHeader.V4_CHECKSUM, Checksum.finish(Checksum.add(0, ip, IpHeader.V4_MIN_LENGTH)));
        long icmp = ip + IpHeader.V4_MIN_LENGTH;
        Icmp.complete(icmp, Icmp.V4_ECHO_REPLY, 0, total - IpHeader.V4_MIN_LENGTH);
        finish(l3 + total, options);
    }

    private void answer6() {
        long ip = frame + l3;
        int payload = BigEndian.getShort(ip + IpHeader.V6_PAYLOAD_LENGTH);
        EthernetHeader.putDestination(frame, EthernetHeader.source(frame));
        EthernetHeader.putSource(frame, mac);
        for (int i = 0; i < 16; i += 8) {
            long source = Memory.getLong(ip + IpHeader.V6_SOURCE + i);
            Memory.putLong(ip + IpHeader.V6_SOURCE + i, Memory.getLong(ip + IpHeader.V6_DESTINATION + i));
            Memory.putLong(ip + IpHeader.V6_DESTINATION + i, source);
        }
        Memory.putByte(ip + Icmp.V6_HOP_LIMIT, (byte) TTL);
        Icmp.complete(ip + IpHeader.V6_LENGTH, Icmp.V6_ECHO_REPLY, pseudo6(ip, payload), payload);
        finish(l3 + IpHeader.V6_LENGTH + payload, 0);
    }

    /** Six bytes as {@link MacAddress} has them. */
    private static long getMac(long at) {
        return (long) BigEndian.getShort(at) << 32 | BigEndian.getInt(at + 2) & 0xffff_ffffL;
    }
}
