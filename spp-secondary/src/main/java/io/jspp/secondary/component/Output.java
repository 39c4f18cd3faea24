package io.jspp.secondary.component;

import io.jspp.mbuf.Burst;
import io.jspp.mbuf.HeaderValues;
import io.jspp.memory.NativeMemory;
import io.jspp.net.VlanOperation;
import io.jspp.patch.PatchEnd;
import io.jspp.port.TxQueue;

/**
 * A port a component sends to: gathers references to packets whose header was decided on, and sends them in one burst. Made and closed by the
 * control thread, used by the component's worker; the queue belongs to the {@link ComponentGraph}.
 */
public final class Output implements AutoCloseable {
    private final PatchEnd id;
    private final TxQueue queue;
    private final VlanOperation vlan;
    private final Burst burst;
    private final NativeMemory slots;
    private boolean sent;
    private boolean congested;
    private boolean dropped;

    /** @param vlan done to each frame that leaves here */
    public Output(PatchEnd id, TxQueue queue, VlanOperation vlan, int burstCapacity) {
        this.id = id;
        this.queue = queue;
        this.vlan = vlan;
        burst = new Burst(burstCapacity);
        slots = NativeMemory.allocate((long) HeaderValues.SLOT * burstCapacity);
    }

    public PatchEnd id() {
        return id;
    }

    public TxQueue queue() {
        return queue;
    }

    public VlanOperation vlan() {
        return vlan;
    }

    /**
     * Gathers packet {@code i}, whose header was read into {@code header}; sends what is gathered when there is no room.
     *
     * @param only whether this is the packet's only destination
     * @return false when the packet can't have this header: see {@link HeaderValues#appendTo}
     */
    public boolean add(HeaderValues header, Burst source, int i, boolean only) {
        if (burst.packets == burst.capacity() || burst.freeSegments() <= source.count[i]) {
            send();
        }
        long slot = slots.address() + (long) HeaderValues.SLOT * burst.packets;
        return header.appendTo(burst, slot, vlan, source, i, only);
    }

    /** True while packets are gathered. */
    public boolean isWaiting() {
        return burst.packets != 0;
    }

    /** Sends what is gathered; must come before the source is released. */
    public void send() {
        if (burst.packets != 0) {
            sendAsIs(burst);
            burst.clear();
        }
    }

    /** Sends a source's burst as it is, nothing being gathered. */
    public void sendAsIs(Burst packets) {
        sent = true;
        boolean all = queue.txBurst(packets) == packets.packets;
        dropped |= !all;
        congested = !all || queue.congested();
    }

    /** Whether the receiver had no room at the last send. */
    public boolean isCongested() {
        return congested;
    }

    /** Whether something was dropped since the last {@link #flush}. */
    boolean hasDropped() {
        return dropped;
    }

    /** Whether the receiver has no room for a burst now. */
    boolean isTight() {
        return queue.congested();
    }

    /** Once per poll: kicks, calls or wakes the receiver when something was sent. */
    public void flush() {
        if (sent) {
            sent = false;
            congested = false;
            dropped = false;
            queue.flush();
        }
    }

    /** After a fault: forgets what is gathered and checks the receiver's memory. */
    void recover() {
        burst.clear();
        queue.checkMemory();
    }

    @Override
    public void close() {
        slots.close();
    }

    @Override
    public String toString() {
        return id.toString();
    }
}
