package io.jspp.virtio;

import io.jspp.linux.EventSignal;

/**
 * Device side of a running virtqueue: an immutable set of checked addresses plus the device's own private indexes. One kind per ring format, so
 * that a worker makes one virtual call per burst.
 *
 * <p>Built by the session thread from validated parameters and published to one worker, which alone calls {@link #receive}, {@link #transmit},
 * {@link #publish}, {@link #notifyGuest}, {@link #enableKicks}, {@link #disableKicks} and {@link #takeDrops}. The session thread calls
 * {@link #position} and {@link #close} after it unpublished the queue and every worker passed a quiescent point. Other methods: any thread.
 *
 * <p>A guest that breaks the queue itself (impossible index) makes it {@link #broken} until it is set up again; a malformed chain is only counted.
 */
public abstract class Virtqueue implements AutoCloseable {
    /** Longest frame passed: a 64 KiB IP packet, its Ethernet header and a tag, what Linux builds at most. */
    public static final int MAX_FRAME = 65550;

    /** Shortest frame: an Ethernet header. */
    public static final int MIN_FRAME = 14;

    /** Indexes into the drop counts of {@link #takeDrops}. */
    public static final int DROP_FULL = 0;

    public static final int DROP_TOO_BIG = 1;
    public static final int DROP_RUNT = 2;
    public static final int DROP_MALFORMED_CHAIN = 3;
    public static final int DROP_STOPPED = 4;
    public static final int DROP_KINDS = 5;

    private static final int NO_DESCRIPTOR = -1;
    private static final int DISCARDED_BURSTS = 64;

    /** Plain, read by a worker once per burst, {@link #changeMemory}. */
    GuestMemory memory;

    final long features;
    final int headerBytes;
    final int[] drops = new int[DROP_KINDS];

    /** Sum of {@link #drops}, so that the usual case is one test. */
    int dropped;

    /** Frame bytes moved by the last receive or transmit. */
    long bytes;

    /** Where writes are to be marked, null when nobody asked; read once per burst. */
    volatile DirtyLog dirtyLog;

    private final EventSignal call = new EventSignal();
    private final EventSignal error = new EventSignal();
    private volatile int kickDescriptor = NO_DESCRIPTOR;
    private volatile String brokenCause;

    Virtqueue(GuestMemory memory, long features) {
        this.memory = memory;
        this.features = features;
        this.headerBytes = NetHeader.bytes(features);
    }

    /**
     * Takes waiting chains of a guest's transmit queue: appends a packet per chain, borrowing its memory. What is malformed is completed unseen.
     *
     * @return packets appended
     */
    public abstract int receive(PacketVectors vectors);

    /**
     * Copies packets {@code from .. to} into buffers of a guest's receive queue, each behind a net header.
     *
     * @return packets copied; each of the others is in {@link #takeDrops}
     */
    public abstract int transmit(PacketVectors vectors, int from, int to);

    /** Gives the guest all chains taken so far, with one store of the used position. */
    public abstract void publish();

    /**
     * After an InternalError, which may have hit between any two steps: publishes all chains taken, once more if that was done, and calls the
     * guest.
     */
    public final void recover() {
        publishAgain();
        callNow();
    }

    abstract void publishAgain();

    /**
     * Completes what a guest sends by a ring that is disabled, unseen, a bounded number of packets; each is in {@link #takeDrops}. Session thread,
     * while no worker has the queue.
     *
     * @param vectors bound to arrays of its own
     */
    public final void discard(PacketVectors vectors) {
        for (int i = 0; i < DISCARDED_BURSTS; i++) {
            vectors.packets = 0;
            vectors.segments = 0;
            int before = dropped;
            drop(DROP_STOPPED, receive(vectors));
            if (dropped == before) {
                break;
            }
            publish();
        }
        notifyGuest();
    }

    /** Whether the guest asked to be called for what was published since this was last asked. */
    abstract boolean callNeeded();

    /**
     * Asks for kicks, then looks again.
     *
     * @return true when chains are waiting: don't sleep
     */
    public abstract boolean enableKicks();

    /**
     * Begins to mark every page the device writes to, or ends it with null. Session thread; holds for sure when every worker has passed a quiescent
     * point, and only then may a former log be closed. What the device wrote to its rings before is marked too.
     */
    public final void dirtyLog(DirtyLog log) {
        dirtyLog = log;
        if (log != null) {
            markRing(log);
        }
    }

    /** Marks all of the ring that the device writes to. Session thread, beside a worker. */
    abstract void markRing(DirtyLog log);

    /**
     * After an InternalError: looks whether guest memory or log has vanished, and if so puts zero pages in its place. Any thread.
     *
     * @return whether the queue is unusable from now on
     */
    public final boolean replaceVanished() {
        DirtyLog log = dirtyLog;
        return memory.replaceVanished() | (log != null && log.replaceVanished());
    }

    /** Asks for no kicks; the guest may still send some. */
    public abstract void disableKicks();

    /** Position to continue at, as in the reply to GET_VRING_BASE: everything before it is completed. */
    public abstract int position();

    /** Calls the guest when it asked for it; one system call at most, none when nothing is new. Never blocks. */
    public final void notifyGuest() {
        if (callNeeded()) {
            callNow();
        }
    }

    /** Calls the guest unconditionally. Never blocks. */
    public final void callNow() {
        call.raise();
    }

    /** Frame bytes moved by the last {@link #receive} or {@link #transmit}. */
    public final long bytesMoved() {
        return bytes;
    }

    /** Moves the drop counts into {@code counts} (added, {@link #DROP_KINDS} entries) and clears them; false when all were 0. */
    public final boolean takeDrops(int[] counts) {
        if (dropped == 0) {
            return false;
        }
        for (int i = 0; i < DROP_KINDS; i++) {
            counts[i] += drops[i];
            drops[i] = 0;
        }
        dropped = 0;
        return true;
    }

    final void drop(int kind, int packets) {
        drops[kind] += packets;
        dropped += packets;
    }

    /** Stops this queue for good and tells the front-end. */
    final void fail(String cause) {
        if (brokenCause == null) {
            brokenCause = cause;
            error.raise();
        }
    }

    /** Why the queue is unusable until set up again, or null. */
    public final String broken() {
        return brokenCause;
    }

    /** Features the driver accepted, {@link Features}. */
    public final long features() {
        return features;
    }

    public final GuestMemory memory() {
        return memory;
    }

    /**
     * Goes on with a table that has gained or lost regions, all areas of this queue excepted: {@link #liesIn}. Session thread, beside a worker; holds
     * for sure when every worker has passed a quiescent point, and only then a region that is gone may be unmapped.
     */
    public final void changeMemory(GuestMemory next) {
        memory = next;
    }

    /** Whether one of the queue's own areas is in a region. */
    public abstract boolean liesIn(GuestRegion region);

    /** Eventfds of the front-end, or -1; they stay open as long as the queue may be seen by a worker. */
    public final void descriptors(int kickFd, int callFd, int errorFd) {
        kickDescriptor = kickFd;
        call.target(callFd);
        error.target(errorFd);
    }

    /** False when the front-end sends no kicks at all: the queue must be polled. */
    public final boolean kicked() {
        return kickDescriptor != NO_DESCRIPTOR;
    }

    /** Frees private memory; not the guest's. */
    @Override
    public abstract void close();
}
