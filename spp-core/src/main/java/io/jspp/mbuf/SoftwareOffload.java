package io.jspp.mbuf;

import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import io.jspp.net.BigEndian;
import io.jspp.net.Checksum;
import io.jspp.net.EthernetHeader;
import io.jspp.net.FrameHeaders;
import io.jspp.net.IpHeader;
import io.jspp.net.Offload;

/**
 * Does in software what a receiver can't: completes partial checksums, cuts TSO4, TSO6, UFO and USO frames into plain ones.
 * Owned by one tx queue, used by its worker; allocates nothing after construction.
 *
 * <pre>
 *   if (!offload.begin(burst, i)) drop malformed_header;
 *   while (offload.fill(scratch) &gt; 0) { send scratch; }      // a scratch burst that only this object fills
 * </pre>
 *
 * <p>Each frame made is a private header followed by references into the source packet, so the payload is copied once, by the
 * receiver. The header is copied out of the source first and only the copy is looked at: a guest that rewrites its frame
 * meanwhile spoils its own payload and nothing else.
 */
public final class SoftwareOffload implements AutoCloseable {
    /** Headers longer than this are refused: the longest real ones have less than 200 bytes. */
    public static final int MAX_HEADER = 512;

    /** Frames one packet may become: 64 KiB at 48 bytes each, the least that Linux' TCP sends. Bounds the work a guest can ask for. */
    public static final int MAX_FRAMES = 1366;

    private static final int SLOT = MAX_HEADER + 64;

    private enum Mode {
        REFERENCE,
        CHECKSUM,
        TCP,
        USO,
        UFO
    }

    private final NativeMemory memory;
    private final long original;
    private final long slots;
    private final int slotCount;
    private final FrameHeaders headers = new FrameHeaders();

    private Burst source;
    private int packet;
    private Mode mode = Mode.REFERENCE;
    private int frames;
    private int made;
    private int headerLength;
    private int segmentBytes;
    private int payload;
    private int identification;
    private short wholeChecksum;
    private int nextFragmentId = (int) System.nanoTime();

    // Position in the source behind what was handed out.
    private int segment;
    private int segmentOffset;
    private long pieceSum;

    /** @param burstCapacity packets of the scratch burst that will be filled */
    public SoftwareOffload(int burstCapacity) {
        slotCount = burstCapacity;
        memory = NativeMemory.allocate((long) SLOT * (burstCapacity + 1));
        original = memory.address();
        slots = original + SLOT;
    }

    /** Whether a frame needs this object when the receiver takes plain frames only. */
    public static boolean isNeeded(long offload) {
        return Offload.needsChecksum(offload) || Offload.gsoType(offload) != Offload.GSO_NONE;
    }

    /**
     * Begins with packet {@code i}; what a former packet still had is forgotten.
     *
     * @return false when the facts contradict the frame, or it would become more than {@link #MAX_FRAMES}: drop it
     */
    public boolean begin(Burst burst, int i) {
        source = burst;
        packet = i;
        made = 0;
        frames = 0;
        int length = burst.length[i];
        long offload = burst.offload[i];
        int copied = Math.min(length, MAX_HEADER);
        Frames.copy(burst, i, 0, copied, original);
        int gso = Offload.gsoType(offload) & ~Offload.GSO_ECN;
        if (gso == Offload.GSO_NONE) {
            return beginChecksum(offload, length, copied);
        }
        if (Offload.gsoSize(offload) == 0 || !headers.parse(original, copied) || headers.fragment) {
            return false;
        }
        int transport = headers.transportOffset;
        if (headers.protocol < 0 || Offload.needsChecksum(offload) && Offload.csumStart(offload) != transport) {
            return false;
        }
        boolean accepted = switch (gso) {
            case Offload.GSO_TCPV4 -> headers.ipVersion == 4 && beginTcp(transport, copied);
            case Offload.GSO_TCPV6 -> headers.ipVersion == 6 && beginTcp(transport, copied);
            case Offload.GSO_UDP_L4 -> beginUdp(transport, copied);
            case Offload.GSO_UDP -> beginFragments(transport, copied, length);
            default -> false;
        };
        return accepted && layOut(length, Offload.gsoSize(offload));
    }

    private boolean beginChecksum(long offload, int length, int copied) {
        frames = 1;
        mode = Mode.REFERENCE;
        headerLength = 0;
        if (Offload.needsChecksum(offload)) {
            mode = Mode.CHECKSUM;
            headerLength = Offload.csumStart(offload) + Offload.csumOffset(offload) + 2;
            if (Offload.csumStart(offload) < EthernetHeader.LENGTH || headerLength > copied) {
                frames = 0;
                return false;
            }
        }
        payload = length - headerLength;
        seek(headerLength);
        return true;
    }

    private boolean beginTcp(int transport, int copied) {
        mode = Mode.TCP;
        if (headers.protocol != IpHeader.PROTOCOL_TCP || transport + IpHeader.TCP_MIN_LENGTH > copied) {
            return false;
        }
        int tcpLength = (Memory.getUnsignedByte(original + transport + IpHeader.TCP_DATA_OFFSET) >>> 4) * 4;
        headerLength = transport + tcpLength;
        return tcpLength >= IpHeader.TCP_MIN_LENGTH && headerLength <= copied;
    }

    private boolean beginUdp(int transport, int copied) {
        mode = Mode.USO;
        headerLength = transport + IpHeader.UDP_LENGTH;
        return headers.protocol == IpHeader.PROTOCOL_UDP && headerLength <= copied;
    }

    /** UFO: the datagram gets its checksum, then IP fragments it (RFC 791 §3.2, RFC 8200 §4.5). */
    private boolean beginFragments(int transport, int copied, int length) {
        mode = Mode.UFO;
        headerLength = transport;
        boolean plainHeaders = headers.ipVersion == 4 || transport == headers.networkOffset + IpHeader.V6_LENGTH;
        if (headers.protocol != IpHeader.PROTOCOL_UDP || !plainHeaders || transport + IpHeader.UDP_LENGTH > copied) {
            return false;
        }
        long udp = original + transport;
        Memory.putShort(udp + IpHeader.UDP_CHECKSUM, (short) 0);
        int datagram = length - transport;
        BigEndian.putShort(udp + IpHeader.UDP_LENGTH_FIELD, datagram);
        long sum = Checksum.add(pseudoHeader(original, datagram), udp, IpHeader.UDP_LENGTH);
        wholeChecksum = Checksum.finishNonZero(Frames.sum(source, packet, transport + IpHeader.UDP_LENGTH, sum));
        Memory.putShort(udp + IpHeader.UDP_CHECKSUM, wholeChecksum);
        return true;
    }

    private boolean layOut(int length, int gsoSize) {
        segmentBytes = mode == Mode.UFO ? gsoSize & ~7 : gsoSize;
        payload = length - headerLength;
        if (segmentBytes == 0 || mode == Mode.UFO && segmentBytes < IpHeader.UDP_LENGTH) {
            return false;
        }
        frames = Math.max(1, (payload + segmentBytes - 1) / segmentBytes);
        identification = mode == Mode.UFO && headers.ipVersion == 6
                ? nextFragmentId++
                : BigEndian.getShort(original + headers.networkOffset + IpHeader.V4_ID);
        // The UDP header of the first fragment comes from the copy, with its checksum.
        seek(mode == Mode.UFO ? headerLength + IpHeader.UDP_LENGTH : headerLength);
        if (frames > MAX_FRAMES) {
            frames = 0;
            return false;
        }
        return true;
    }

    /** Frames that the packet becomes; valid after {@link #begin}. */
    public int frames() {
        return frames;
    }

    /**
     * Clears {@code target} and puts the next frames into it, plain ones. They are valid until the next call, or the source's
     * release.
     *
     * @return how many; 0 when all frames of the packet have been handed out
     */
    public int fill(Burst target) {
        target.clear();
        int room = Math.min(target.capacity(), slotCount);
        int segmentsNeeded = source.count[packet] + 2;
        while (made < frames && target.packets < room && target.freeSegments() >= segmentsNeeded) {
            long slot = slots + (long) SLOT * target.packets;
            switch (mode) {
                case REFERENCE -> target.addReference(source, packet);
                case CHECKSUM -> addCompleted(target, slot);
                default -> addSegment(target, slot);
            }
            int last = target.packets - 1;
            target.offload[last] = Offload.NONE;
            target.mbuf[last] = Burst.BORROWED;
            made++;
        }
        return target.packets;
    }

    private void addCompleted(Burst target, long slot) {
        int start = Offload.csumStart(source.offload[packet]);
        Memory.copy(original, slot, headerLength);
        int p = open(target, slot, headerLength);
        appendPayload(target, payload, headerLength - start);
        long sum = Checksum.add(pieceSum, slot + start, headerLength - start);
        Memory.putShort(slot + headerLength - 2, Checksum.finishNonZero(sum));
        close(target, p, headerLength + payload);
    }

    private void addSegment(Burst target, long slot) {
        int offset = made * segmentBytes;
        int bytes = Math.min(segmentBytes, payload - offset);
        boolean last = made == frames - 1;
        if (mode == Mode.UFO) {
            addFragment(target, slot, offset, bytes, last);
            return;
        }
        Memory.copy(original, slot, headerLength);
        int p = open(target, slot, headerLength);
        appendPayload(target, bytes, 0);
        int transport = headers.transportOffset;
        int transportBytes = headerLength - transport + bytes;
        putIpLength(slot, transportBytes, identification + made);
        long l4 = slot + transport;
        int checksumOffset;
        if (mode == Mode.TCP) {
            checksumOffset = IpHeader.TCP_CHECKSUM;
            BigEndian.putInt(
                    l4 + IpHeader.TCP_SEQUENCE,
                    BigEndian.getInt(original + transport + IpHeader.TCP_SEQUENCE) + offset);
            int flags = Memory.getUnsignedByte(original + transport + IpHeader.TCP_FLAGS);
            // FIN and PSH belong to the last byte, CWR to the first segment (RFC 3168 §6.1.2).
            flags &= last ? ~0 : ~(IpHeader.TCP_FIN | IpHeader.TCP_PSH);
            flags &= made == 0 ? ~0 : ~IpHeader.TCP_CWR;
            Memory.putByte(l4 + IpHeader.TCP_FLAGS, (byte) flags);
        } else {
            checksumOffset = IpHeader.UDP_CHECKSUM;
            BigEndian.putShort(l4 + IpHeader.UDP_LENGTH_FIELD, transportBytes);
        }
        Memory.putShort(l4 + checksumOffset, (short) 0);
        long sum = Checksum.add(pseudoHeader(slot, transportBytes) + pieceSum, l4, headerLength - transport);
        short checksum = mode == Mode.TCP ? Checksum.finish(sum) : Checksum.finishNonZero(sum);
        Memory.putShort(l4 + checksumOffset, checksum);
        close(target, p, headerLength + bytes);
    }

    private void addFragment(Burst target, long slot, int offset, int bytes, boolean last) {
        boolean v6 = headers.ipVersion == 6;
        int header = headerLength + (v6 ? IpHeader.V6_FRAGMENT_LENGTH : 0);
        Memory.copy(original, slot, headerLength);
        long ip = slot + headers.networkOffset;
        if (v6) {
            BigEndian.putShort(ip + IpHeader.V6_PAYLOAD_LENGTH, IpHeader.V6_FRAGMENT_LENGTH + bytes);
            Memory.putByte(ip + IpHeader.V6_NEXT_HEADER, (byte) IpHeader.PROTOCOL_FRAGMENT);
            long fragment = slot + headerLength;
            Memory.putByte(fragment, (byte) IpHeader.PROTOCOL_UDP);
            Memory.putByte(fragment + 1, (byte) 0);
            BigEndian.putShort(fragment + 2, offset | (last ? 0 : 1));
            BigEndian.putInt(fragment + 4, identification);
        } else {
            BigEndian.putShort(ip + IpHeader.V4_FRAGMENT, offset >>> 3 | (last ? 0 : IpHeader.V4_MORE_FRAGMENTS));
            putIpLength(slot, bytes, identification);
        }
        int payloadBytes = bytes;
        if (made == 0) {
            Memory.copy(original + headerLength, slot + header, IpHeader.UDP_LENGTH);
            header += IpHeader.UDP_LENGTH;
            payloadBytes -= IpHeader.UDP_LENGTH;
        }
        int p = open(target, slot, header);
        appendPayload(target, payloadBytes, 0);
        close(target, p, header + payloadBytes);
    }

    private void putIpLength(long slot, int transportBytes, int id) {
        long ip = slot + headers.networkOffset;
        int ipHeader = headers.transportOffset - headers.networkOffset;
        if (headers.ipVersion == 6) {
            BigEndian.putShort(ip + IpHeader.V6_PAYLOAD_LENGTH, ipHeader - IpHeader.V6_LENGTH + transportBytes);
            return;
        }
        BigEndian.putShort(ip + IpHeader.V4_TOTAL_LENGTH, ipHeader + transportBytes);
        BigEndian.putShort(ip + IpHeader.V4_ID, id);
        Memory.putShort(ip + IpHeader.V4_CHECKSUM, (short) 0);
        Memory.putShort(ip + IpHeader.V4_CHECKSUM, Checksum.finish(Checksum.add(0, ip, ipHeader)));
    }

    private long pseudoHeader(long frame, int transportBytes) {
        long ip = frame + headers.networkOffset;
        return headers.ipVersion == 4
                ? Checksum.pseudoHeader4(ip, headers.protocol, transportBytes)
                : Checksum.pseudoHeader6(ip, headers.protocol, transportBytes);
    }

    private void seek(int offset) {
        segment = source.first[packet];
        int end = segment + source.count[packet];
        segmentOffset = offset;
        while (segment < end && segmentOffset >= source.segmentLength[segment]) {
            segmentOffset -= source.segmentLength[segment++];
        }
    }

    /** References the next bytes of the source and leaves their sum in {@link #pieceSum}. */
    private void appendPayload(Burst target, int bytes, int sumOffset) {
        long sum = 0;
        int position = sumOffset;
        int left = bytes;
        boolean summed = mode != Mode.UFO;
        while (left > 0) {
            int n = Math.min(left, source.segmentLength[segment] - segmentOffset);
            long address = source.segmentAddress[segment] + segmentOffset;
            if (summed) {
                sum = Checksum.addAt(sum, position, address, n);
            }
            target.segmentAddress[target.segments] = address;
            target.segmentLength[target.segments++] = n;
            position += n;
            left -= n;
            segmentOffset += n;
            if (segmentOffset == source.segmentLength[segment]) {
                segment++;
                segmentOffset = 0;
            }
        }
        pieceSum = sum;
    }

    private static int open(Burst target, long slot, int header) {
        int p = target.packets++;
        target.first[p] = target.segments;
        target.segmentAddress[target.segments] = slot;
        target.segmentLength[target.segments++] = header;
        return p;
    }

    private static void close(Burst target, int p, int length) {
        target.count[p] = target.segments - target.first[p];
        target.length[p] = length;
    }

    @Override
    public void close() {
        memory.close();
    }
}
