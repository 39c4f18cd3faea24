package io.jspp.secondary.component.responder;

import io.jspp.mbuf.Burst;
import io.jspp.mbuf.Frames;
import io.jspp.mbuf.HeaderValues;
import io.jspp.memory.NativeMemory;
import io.jspp.net.VlanOperation;
import io.jspp.secondary.echo.EchoHost;

/** Copies of packets that become their answers. Made and closed by the control thread, used by one worker. */
final class ReplyBuffer implements AutoCloseable {
    /** The longest packet taken: one of IP's longest behind an Ethernet header and a tag. */
    static final int MAX_PACKET = 65_535 + 18;

    /** Room for one of the longest, and for many ordinary ones. */
    private static final int BYTES = 128 << 10;

    private final NativeMemory memory = NativeMemory.allocate(BYTES + HeaderValues.SLOT);
    private final HeaderValues header = new HeaderValues();
    private final Burst single = new Burst(1);
    private final Burst answers;
    private int used;

    ReplyBuffer(int burstCapacity) {
        answers = new Burst(burstCapacity);
    }

    HeaderValues header() {
        return header;
    }

    /** Answers kept so far. */
    Burst answers() {
        return answers;
    }

    /** Forgets all answers; they were sent. */
    void clear() {
        answers.clear();
        used = 0;
    }

    /** Whether packet {@code i} can be copied now; else {@link #clear} makes room for any up to {@link #MAX_PACKET}. */
    boolean hasRoom(Burst packets, int i) {
        return answers.packets < answers.capacity() && BYTES - used >= room(packets.length[i]);
    }

    private static int room(int length) {
        return Math.max(length + 8, EchoHost.MIN_ROOM) + 7 & ~7;
    }

    /**
     * Copies packet {@code i} with the header that was read last.
     *
     * @return false when its offload facts don't survive the input's VLAN operation
     */
    boolean copy(Burst packets, int i) {
        single.clear();
        if (!header.appendTo(single, memory.address() + BYTES, VlanOperation.NONE, packets, i, false)) {
            return false;
        }
        Frames.copy(single, 0, address());
        return true;
    }

    /** The packet copied last. */
    long address() {
        return memory.address() + used;
    }

    int length() {
        return single.length[0];
    }

    long offload() {
        return single.offload[0];
    }

    /** Keeps what the packet copied last has become, which may lie some bytes behind its beginning. */
    void keep(long address, int length) {
        answers.add(address, length, 0, Burst.BORROWED);
        used = (int) (address - memory.address()) + length + 7 & ~7;
    }

    @Override
    public void close() {
        header.close();
        memory.close();
    }
}
