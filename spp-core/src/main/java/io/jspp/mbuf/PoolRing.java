package io.jspp.mbuf;

import io.jspp.memory.Alignment;
import io.jspp.memory.Memory;
import io.jspp.ring.SharedRing;

/**
 * One ring of the segment with what belongs to it.
 *
 * <pre>
 *     0  tx claim      long   {@link Claim} word; written by the primary only
 *     8  rx claim      long
 *   128  waiting       int    1: the consumer sleeps, wake it through the ring's eventfd
 *   256  ring          {@link SharedRing}, producer to consumer
 *     .. return ring   {@link SharedRing}, consumer to producer: mbufs going home
 * </pre>
 */
public final class PoolRing {
    private static final int TX_CLAIM = 0;
    private static final int RX_CLAIM = 8;
    private static final int WAITING = Alignment.WRITER_GAP;
    private static final int RING = 2 * Alignment.WRITER_GAP;
    private static final int HELD = 1;
    private static final int ENDING = 2;

    /**
     * Who holds one end of a ring.
     *
     * @param ending its holder is gone and reaping has begun: nobody may take it before that is finished
     */
    public record Claim(int client, int epoch, int lcore, boolean ending) {}

    private final int index;
    private final long address;
    private final SharedRing ring;
    private final SharedRing returns;

    PoolRing(int index, long address, SegmentGeometry geometry) {
        this.index = index;
        this.address = address;
        this.ring = new SharedRing(address + RING, geometry.ringSlots());
        this.returns = new SharedRing(address + RING + SharedRing.bytes(geometry.ringSlots()), geometry.returnSlots());
    }

    static long bytes(SegmentGeometry geometry) {
        return RING + SharedRing.bytes(geometry.ringSlots()) + SharedRing.bytes(geometry.returnSlots());
    }

    public int index() {
        return index;
    }

    /** Packets on their way. */
    public SharedRing ring() {
        return ring;
    }

    /** mbufs on their way back. */
    public SharedRing returns() {
        return returns;
    }

    /** Holder of the producing end, or null. */
    public Claim txClaim() {
        return claim(TX_CLAIM);
    }

    /** Holder of the consuming end, or null. */
    public Claim rxClaim() {
        return claim(RX_CLAIM);
    }

    private Claim claim(int at) {
        long word = Memory.getLongAcquire(address + at);
        int state = OwnerWord.state(word);
        if (state == 0) {
            return null;
        }
        return new Claim(OwnerWord.client(word), OwnerWord.epoch(word), OwnerWord.lcore(word), state != HELD);
    }

    Claim claim(boolean tx) {
        return claim(tx ? TX_CLAIM : RX_CLAIM);
    }

    void putHeld(boolean tx, int client, int epoch, int lcore) {
        int claim = tx ? OwnerWord.txClaim(index) : OwnerWord.rxClaim(index);
        put(tx, OwnerWord.pack(HELD, client, epoch, claim, lcore));
    }

    void putEnding(boolean tx) {
        long word = Memory.getLongAcquire(address + (tx ? TX_CLAIM : RX_CLAIM));
        put(tx, word & ~(0xffL << 56) | (long) ENDING << 56);
    }

    void putNone(boolean tx) {
        put(tx, 0);
    }

    private void put(boolean tx, long word) {
        Memory.putLongRelease(address + (tx ? TX_CLAIM : RX_CLAIM), word);
    }

    /** Consumer: asks to be woken; then it must look at the ring again before it sleeps. */
    void putWaiting() {
        Memory.putIntRelease(address + WAITING, 1);
        // Store, then load of tail: pairs with the fence in takeWaiting. Without both a packet published now and a
        // sleep begun
        // now could miss each other.
        Memory.fullFence();
    }

    void clearWaiting() {
        Memory.putIntRelease(address + WAITING, 0);
    }

    /** Producer, after it published: whether the consumer is to be woken. */
    boolean takeWaiting() {
        // Store of tail, then load of waiting: pairs with the fence in putWaiting.
        Memory.fullFence();
        if (Memory.getIntOpaque(address + WAITING) == 0) {
            return false;
        }
        Memory.putIntRelease(address + WAITING, 0);
        return true;
    }
}
