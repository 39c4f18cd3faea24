package io.jspp.memory;

import java.util.function.Consumer;

/**
 * Named places between two stores of a protocol that must survive kill -9. In production {@link #ENABLED} is a constant false and every
 * {@code reach} disappears from the compiled code. With {@code -Dio.jspp.parkPoints=true} a test stops the thread at a chosen place and visit:
 * in a child process for ever, until it is killed, or in the same process by an exception that abandons the party.
 */
public enum ParkPoint {
    /** Producer: packet written into its own mbuf, nothing else. */
    SEND_FILLED,
    /** Producer: slot stored, owner word still HELD. */
    SEND_SLOT,
    /** Producer: owner word of the packet says IN_RING, tail not released. */
    SEND_OWNER,
    /** Producer: tail released. */
    SEND_PUBLISHED,
    /** Producer, exchange: the mbuf given in return carries the receiver's owner word. */
    EXCHANGE_GIVEN,
    /** Producer: member of a chain in the return ring taken back. */
    TAKE_BACK_MEMBER,
    /** Producer: head of a chain in the return ring taken back, ring head not released. */
    TAKE_BACK_OWNER,
    /** Producer: head of the return ring released. */
    TAKE_BACK_DONE,
    /** Consumer: member of a chain is HELD, its head not yet. */
    RECEIVE_MEMBER,
    /** Consumer: packet is HELD, head not released. */
    RECEIVE_OWNER,
    /** Consumer: head released, packets being processed. */
    RECEIVE_DONE,
    /** Consumer: owner word says IN_RETURN, slot of the return ring not stored. */
    RETURN_OWNER,
    /** Consumer: slot of the return ring stored, tail not released. */
    RETURN_SLOT,
    /** Consumer: tail of the return ring released. */
    RETURN_PUBLISHED,
    /** Primary: claim word says HELD, nothing leased. */
    CLAIM_WORD,
    /** Primary: one mbuf leased. */
    LEASE_OWNER,
    /** Reaper: claim word says ENDING. */
    REAP_ENDING,
    /** Reaper: head moved past what the dead consumer held. */
    REAP_PREFIX,
    /** Reaper: a chain half taken by the dead consumer partly given back to the ring. */
    REAP_RESTORED,
    /** Reaper: an orphan or a held mbuf set FREE. */
    REAP_FREED,
    /** Reaper: mbuf for the living producer says IN_RETURN, slot not stored. */
    TOP_UP_OWNER,
    /** Reaper: slot stored, tail of the return ring not released. */
    TOP_UP_SLOT,
    /** Reaper: tail of the return ring released. */
    TOP_UP_PUBLISHED,
    /** Reaper: all done but the claim word. */
    REAP_DONE,
    /** Sweeper: a returned mbuf without producer taken, head not released. */
    SWEEP_OWNER,
    /** Configuration: the slot to be written is marked empty. */
    COMMIT_CLEARED,
    /** Configuration: bytes written, sequence not. */
    COMMIT_WRITTEN,
    /** Packed virtqueue: step recorded, nothing marked used. */
    PACKED_RECORDED,
    /** Packed virtqueue: one descriptor marked used. */
    PACKED_USED,
    /** Packed virtqueue: all of a burst marked used, the device's own fields not moved on. */
    PACKED_PUBLISHED;

    /** Whether the points do anything; constant for the life of the process. */
    public static final boolean ENABLED = Boolean.getBoolean("io.jspp.parkPoints");

    private static volatile Consumer<ParkPoint> hook = p -> {};

    /** Sets what happens at every point, for all threads; tests only. */
    public static void hook(Consumer<ParkPoint> action) {
        hook = action;
    }

    /** Called at the place; does nothing unless {@link #ENABLED}. */
    public static void reach(ParkPoint point) {
        if (ENABLED) {
            hook.accept(point);
        }
    }
}
