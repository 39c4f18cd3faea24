package io.jspp.port.vhost;

import io.jspp.linux.LinuxException;
import io.jspp.port.WakeSet;
import io.jspp.virtio.Virtqueue;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the session thread puts a running virtqueue and one worker finds it: one volatile field, read once per burst. Whoever read it may use the
 * queue until its next quiescent point. Holds no descriptor and no memory by itself, since most of a port's slots are never used.
 *
 * <p>For a ring that guests transmit by it also knows who sleeps until the guest kicks: {@link WakeSet}s, given and taken by the control thread.
 */
final class VringSlot {
    /** One queue of the switch that uses the slot. */
    interface User {
        /** Makes what moving packets needs; called before a ring becomes visible, by the session thread or when the user attaches. */
        void prepare();

        /** A disabled ring that guests transmit by has drop counts to take; by the session thread, while the user's worker has no queue. */
        default void discarded(Virtqueue disabled) {}
    }

    private static final int NO_KICK = -1;

    private final List<WakeSet> sleepers = new ArrayList<>();
    private User user;
    private int kick = NO_KICK;

    private volatile Virtqueue queue;
    private volatile long announcement;

    /** Session thread. */
    synchronized void publish(Virtqueue started, int kickDescriptor) {
        if (user != null) {
            user.prepare();
        }
        kick = kickDescriptor;
        if (kick != NO_KICK) {
            sleepers.forEach(set -> set.add(kick));
        }
        queue = started;
        sleepers.forEach(WakeSet::wake);
    }

    /** Session thread. */
    synchronized void unpublish() {
        queue = null;
        if (kick != NO_KICK) {
            sleepers.forEach(this::removeKick);
            kick = NO_KICK;
        }
    }

    /** Session thread. */
    synchronized void discarded(Virtqueue disabled) {
        if (user != null) {
            user.discarded(disabled);
        }
    }

    private void removeKick(WakeSet set) {
        try {
            set.remove(kick);
        } catch (LinuxException e) {
            // It was never added, because adding failed; nothing is left to do.
            return;
        }
    }

    /** Control thread. */
    synchronized void attach(User newUser) {
        if (queue != null) {
            newUser.prepare();
        }
        user = newUser;
    }

    /** Control thread; the user's worker has let go. */
    synchronized void detach() {
        user = null;
    }

    /** Has the guest's kicks wake {@code set}. Control thread. */
    synchronized void addSleeper(WakeSet set) {
        if (kick != NO_KICK) {
            set.add(kick);
        }
        sleepers.add(set);
        set.wake();
    }

    /** Control thread. */
    synchronized void removeSleeper(WakeSet set) {
        if (sleepers.remove(set) && kick != NO_KICK) {
            removeKick(set);
        }
    }

    /** The guest behind this ring shall be announced by its MAC address; what has not been done yet is done once. Session thread. */
    synchronized void announce(long mac) {
        announcement = mac;
        sleepers.forEach(WakeSet::wake);
    }

    /** The address to announce, 0 when there is none. */
    long announcement() {
        return announcement;
    }

    /** Worker. */
    void announced() {
        announcement = 0;
    }

    /** The running queue, or null. Any thread. */
    Virtqueue queue() {
        return queue;
    }
}
