package io.jspp.mbuf;

import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import io.jspp.net.BigEndian;
import io.jspp.net.EthernetHeader;
import io.jspp.net.Offload;
import io.jspp.net.VlanOperation;
import io.jspp.net.VlanTag;

/**
 * Addresses, outer 802.1Q tag and ethertype of one packet as values: read once, decided on, and written in front of the rest of the packet where
 * it is passed on, so that a guest that rewrites its frame meanwhile changes nothing about what was decided. The packet passed on is
 *
 * <pre>
 *   segment 0      segments 1..n
 *   ┌────────────┐ ┌──────────────────────────────┐
 *   │ slot: the  │ │ the source's memory behind   │   one copy, made by the tx queue
 *   │ values     │ │ its own 14 or 18 bytes       │
 *   └────────────┘ └──────────────────────────────┘
 * </pre>
 *
 * <p>A pool mbuf that nothing is changed of is passed on as it is: no guest can reach it, and the next ring may take it over. Owned by one
 * component, used by its worker; allocates nothing after construction.
 */
public final class HeaderValues implements AutoCloseable {
    /** Bytes of a slot: the longest header (addresses, tag, ethertype), rounded up. */
    public static final int SLOT = 32;

    /** Value of {@link #vid} for a frame without an 802.1Q tag. */
    public static final int UNTAGGED = -1;

    private static final int TAGGED_LENGTH = EthernetHeader.LENGTH + VlanTag.LENGTH;
    private static final long CSUM_START = 0xffffL << 16;

    private final NativeMemory gathered = NativeMemory.allocate(SLOT);

    // as the bytes lie in memory
    private long firstEight;
    private int nextFour;

    private boolean tagged;
    private int tci;
    private int etherType;
    private int sourceLength;
    private boolean changed;

    /**
     * Reads the header of packet {@code i}.
     *
     * @return false when the packet is shorter than an Ethernet header
     */
    public boolean read(Burst burst, int i) {
        int length = burst.length[i];
        if (length < EthernetHeader.LENGTH) {
            return false;
        }
        int readable = Math.min(length, TAGGED_LENGTH);
        int s = burst.first[i];
        long at = burst.segmentAddress[s];
        if (burst.segmentLength[s] < readable) {
            at = gathered.address();
            Frames.copy(burst, i, 0, readable, at);
        }
        firstEight = Memory.getLong(at);
        nextFour = Memory.getInt(at + 8);
        int type = BigEndian.getShort(at + EthernetHeader.ETHERTYPE);
        tagged = type == VlanTag.TPID_8021Q && readable == TAGGED_LENGTH;
        if (tagged) {
            tci = VlanTag.tci(at);
            type = BigEndian.getShort(at + EthernetHeader.ETHERTYPE + VlanTag.LENGTH);
        }
        sourceLength = tagged ? TAGGED_LENGTH : EthernetHeader.LENGTH;
        etherType = type;
        changed = false;
        return true;
    }

    /** As {@link io.jspp.net.MacAddress} has it. */
    public long destination() {
        return Long.reverseBytes(firstEight) >>> 16;
    }

    /** As {@link #destination}. */
    public long source() {
        return (Long.reverseBytes(firstEight) & 0xffff) << 32 | Integer.toUnsignedLong(Integer.reverseBytes(nextFour));
    }

    /** Type behind the addresses, and behind the outer 802.1Q tag if there is one. */
    public int etherType() {
        return etherType;
    }

    /** The outer 802.1Q tag; only while there is one. */
    public int tci() {
        return tci;
    }

    /** VLAN id of the outer 802.1Q tag, or {@link #UNTAGGED}. */
    public int vid() {
        return tagged ? VlanTag.vid(tci) : UNTAGGED;
    }

    /** Changes the values as a port's operation asks. */
    public void apply(VlanOperation operation) {
        switch (operation.kind()) {
            case ADD -> setTag(VlanTag.tci(operation.pcp(), operation.vid()));
            case DEL -> {
                changed |= tagged;
                tagged = false;
            }
            case NONE -> {
                // as it is
            }
        }
    }

    /** Rewrites the outer 802.1Q tag, or inserts one. */
    public void setTag(int wanted) {
        changed |= !tagged || tci != wanted;
        tagged = true;
        tci = wanted;
    }

    /** Inserts an 802.1Q tag before the one that was read, which stays as it is in the source. */
    public void pushTag(int wanted) {
        if (tagged) {
            etherType = VlanTag.TPID_8021Q;
            sourceLength = EthernetHeader.LENGTH;
        }
        changed = true;
        tagged = true;
        tci = wanted;
    }

    /**
     * Appends packet {@code i}, whose header was read last, with these values, changed once more by the operation of the port it leaves through.
     *
     * @param target has room for one packet of one segment more than the source's
     * @param slot {@link #SLOT} bytes that stay untouched until the target was sent
     * @param only whether this is the packet's only destination, so that a ring may take its mbuf over
     * @return false when its offload facts don't survive the change: the packet is not appended
     */
    public boolean appendTo(Burst target, long slot, VlanOperation operation, Burst source, int i, boolean only) {
        boolean asRead = !changed;
        boolean withTag = tagged;
        int withTci = tci;
        if (!operation.isNone()) {
            withTag = operation.kind() == VlanOperation.Kind.ADD;
            withTci = VlanTag.tci(operation.pcp(), operation.vid());
            asRead &= withTag == tagged && (!withTag || withTci == tci);
        }
        if (asRead && source.mbuf[i] != Burst.BORROWED) {
            target.addReference(source, i);
            target.mbuf[target.packets - 1] = only ? source.mbuf[i] : Burst.BORROWED;
            return true;
        }
        int length = withTag ? TAGGED_LENGTH : EthernetHeader.LENGTH;
        long offload = source.offload[i];
        if (length != sourceLength && Offload.needsChecksum(offload)) {
            int start = Offload.csumStart(offload) + length - sourceLength;
            if (start < EthernetHeader.LENGTH || start > 0xffff) {
                return false;
            }
            offload = offload & ~CSUM_START | (long) start << 16;
        }
        write(slot, withTag, withTci);
        append(target, slot, length, source, i);
        target.offload[target.packets++] = offload;
        return true;
    }

    private void write(long slot, boolean withTag, int withTci) {
        Memory.putLong(slot, firstEight);
        Memory.putInt(slot + 8, nextFour);
        long at = slot + EthernetHeader.ETHERTYPE;
        if (withTag) {
            BigEndian.putShort(at, VlanTag.TPID_8021Q);
            BigEndian.putShort(at + 2, withTci);
            at += VlanTag.LENGTH;
        }
        BigEndian.putShort(at, etherType);
    }

    private void append(Burst target, long slot, int length, Burst source, int i) {
        int p = target.packets;
        int t = target.segments;
        target.first[p] = t;
        target.segmentAddress[t] = slot;
        target.segmentLength[t++] = length;
        int s = source.first[i];
        int end = s + source.count[i];
        int skip = sourceLength;
        while (s < end && skip >= source.segmentLength[s]) {
            skip -= source.segmentLength[s++];
        }
        for (; s < end; s++) {
            target.segmentAddress[t] = source.segmentAddress[s] + skip;
            target.segmentLength[t++] = source.segmentLength[s] - skip;
            skip = 0;
        }
        target.count[p] = t - target.first[p];
        target.length[p] = source.length[i] - sourceLength + length;
        target.mbuf[p] = Burst.BORROWED;
        target.segments = t;
    }

    @Override
    public void close() {
        gathered.close();
    }
}
