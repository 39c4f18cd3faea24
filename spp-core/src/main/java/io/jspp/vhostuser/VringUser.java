package io.jspp.vhostuser;

import io.jspp.state.Reason;
import io.jspp.virtio.Virtqueue;

/**
 * What an {@link Endpoint} serves: somebody whose workers use virtqueues. All methods are called by the session thread.
 *
 * <p>Order of a stop: {@link #unpublish} for each ring concerned, one {@link #synchronize}, and only then is a virtqueue closed, its memory
 * unmapped, or GET_VRING_BASE answered.
 */
public interface VringUser {
    /** How far the endpoint has come. */
    enum Stage {
        DOWN,
        LISTENING,
        CONNECTING,
        NEGOTIATING,
        UP
    }

    /**
     * A ring is started and enabled: workers may use it from now on and shall look at it once without waiting for a kick.
     *
     * @param vring 2k is what guest queue pair k receives by, 2k+1 what it transmits by
     * @param kick eventfd the front-end kicks, open until {@link #unpublish}; -1 when it never kicks
     */
    void publish(int vring, Virtqueue queue, int kick);

    /** Takes the ring back from those who look for it; they may still use it until {@link #synchronize} returns. */
    void unpublish(int vring);

    /** A disabled ring has discarded packets: its drop counts are to be taken. No worker has the ring. */
    default void discarded(int vring, Virtqueue queue) {}

    /** Returns when no worker can be using anything unpublished before. */
    void synchronize();

    /**
     * The front-end asks that the guest, which has just moved here, is announced: a RARP from {@code mac} (48 bits) shall leave where the guest's
     * frames go, so that switches learn its place. At most fifty a second.
     */
    default void announce(long mac) {}

    /** The front-end shared memory, or took some back, or has gone. */
    default void memory(SharedMemory shared) {}

    /** The endpoint's stage, or the reason for it, changed. */
    void stage(Stage stage, Reason reason);

    /** About once a second while a front-end is connected. */
    default void look() {}

    /**
     * Where the position of a packed ring is kept, so that it outlives a kill of this process: {@link io.jspp.virtio.PositionRecord#BYTES} bytes,
     * aligned likewise, valid as long as a virtqueue of the ring is. The same ring gets the same record, a ring new to the user one of zeroes.
     *
     * @return address, or 0 where nothing is kept
     */
    default long positionRecord(int vring) {
        return 0;
    }
}
