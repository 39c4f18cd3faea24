package io.jspp.vhostuser;

import io.jspp.linux.Constants;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.linux.LinuxException;
import io.jspp.virtio.DirtyLog;
import io.jspp.virtio.Features;
import io.jspp.virtio.GuestMemory;
import io.jspp.virtio.GuestMemoryException;
import io.jspp.virtio.GuestRegion;
import io.jspp.virtio.PackedVirtqueue;
import io.jspp.virtio.PacketVectors;
import io.jspp.virtio.PositionRecord;
import io.jspp.virtio.SplitVirtqueue;
import io.jspp.virtio.Virtqueue;
import java.io.IOException;

/**
 * One ring of a session: parameters latched as their requests come, in any order, and the state they lead to.
 *
 * <pre>
 *                NUM, ADDR, KICK known                  ENABLE 1 (remembered from any earlier time)
 *   stopped  ────────────────────────────►  started  ──────────────────────────────────────────────►  published
 *      ▲                                       │  ▲                                                       │
 *      └── GET_VRING_BASE, reset, end ─────────┘  └───────────────────── ENABLE 0 ────────────────────────┘
 * </pre>
 *
 * <p>Starting builds one immutable, wholly validated {@link Virtqueue}. Session thread.
 */
final class Vring implements AutoCloseable {
    private static final long FROM_RING = -1;

    /** A packed ring's first position; QEMU says it after each loss of its back-end, wherever the ring stands. */
    private static final int FIRST_LAP = 0x8000;

    /** What NUM and ADDR said: entries, 0 when unknown, and the areas as the front-end counts. */
    record Parameters(int size, long descriptors, long avail, long used, boolean addressed) {
        static final Parameters NONE = new Parameters(0, 0, 0, 0, false);

        Parameters withSize(int entries) {
            return new Parameters(entries, descriptors, avail, used, addressed);
        }

        Parameters withAddresses(long descriptorTable, long availRing, long usedRing) {
            return new Parameters(size, descriptorTable, availRing, usedRing, true);
        }

        Parameters withoutAddresses() {
            return new Parameters(size, 0, 0, 0, false);
        }

        boolean complete() {
            return size > 0 && addressed;
        }
    }

    final int index;

    // latched
    Parameters parameters = Parameters.NONE;
    boolean enabled;
    private boolean kickSet;
    private FileDescriptor kick;
    private FileDescriptor call;
    private FileDescriptor error;

    // state
    private Virtqueue queue;
    private boolean published;
    /** Whether workers have used the ring since it was started. */
    private boolean served;

    private DirtyLog log;
    private int stoppedAt;
    private long startAt = FROM_RING;
    private long base = FROM_RING;

    private boolean everStarted;

    /** Whether the front-end has asked where a ring started here stopped, so that it knows. */
    private boolean positionTaken;

    /** Where the position of a packed ring is kept, 0 nowhere. */
    private long record;

    Vring(int index) {
        this.index = index;
    }

    boolean started() {
        return queue != null;
    }

    boolean published() {
        return published;
    }

    /**
     * Takes an eventfd that the front-end sent; refuses anything else. O_NONBLOCK is for {@link io.jspp.linux.EventSignal} where it has to write; the
     * front-end shares the flag, so nothing relies on it.
     */
    static FileDescriptor eventDescriptor(FileDescriptor sent) throws RequestRefused {
        try {
            String kind = DescriptorKind.of(sent);
            if (!DescriptorKind.isEvent(kind)) {
                sent.close();
                throw new RequestRefused("descriptor is " + kind + ", an eventfd expected");
            }
            int flags = Linux.fcntl(sent.value(), Constants.F_GETFL, 0);
            Linux.fcntl(sent.value(), Constants.F_SETFL, flags | Constants.O_NONBLOCK);
            return sent;
        } catch (IOException | LinuxException e) {
            sent.close();
            throw new RequestRefused("descriptor can't be examined: " + e.getMessage());
        }
    }

    /** Goes as far as the latched parameters allow: starts, publishes. */
    void advance(GuestMemory memory, long features, VringUser user) throws RequestRefused {
        // Without any memory a complete description may still become right: nothing is refused yet.
        if (queue == null
                && kickSet
                && parameters.complete()
                && !memory.regions().isEmpty()) {
            try {
                queue = open(memory, features, user);
            } catch (GuestMemoryException e) {
                throw new RequestRefused(e.why(), "vring " + index + ": " + e.getMessage());
            }
            everStarted = true;
            startAt = FROM_RING;
            base = FROM_RING;
            passDescriptors();
            queue.dirtyLog(log);
        }
        if (queue != null && enabled && !published) {
            published = true;
            served = true;
            user.publish(index, queue, number(kick));
            // Interrupts of a time when nobody served the ring are lost: one call makes the driver look.
            queue.callNow();
        }
    }

    /** Goes on in a table that has gained or lost regions other than its own. Workers may not know yet. */
    void memory(GuestMemory next) {
        if (queue != null) {
            queue.changeMemory(next);
        }
    }

    /** Whether it runs in a region. */
    boolean liesIn(GuestRegion region) {
        return queue != null && queue.liesIn(region);
    }

    /** Where the ring's writes are to be marked from now on, null: nowhere. True when a worker may not know yet. */
    boolean log(DirtyLog next) {
        if (log == next) {
            return false;
        }
        log = next;
        if (queue != null) {
            queue.dirtyLog(next);
        }
        return queue != null;
    }

    private Virtqueue open(GuestMemory memory, long features, VringUser user) throws GuestMemoryException {
        Parameters p = parameters;
        if (!Features.has(features, Features.RING_PACKED)) {
            int position = startAt == FROM_RING ? -1 : (int) startAt & 0xffff;
            return SplitVirtqueue.open(memory, features, p.size, p.descriptors, p.avail, p.used, position);
        }
        boolean told = base != FROM_RING && (positionTaken || (base & 0xffff) != FIRST_LAP);
        long position = startAt != FROM_RING ? startAt : told ? base : PackedVirtqueue.UNKNOWN;
        record = user.positionRecord(index);
        return PackedVirtqueue.open(memory, features, p.size, p.descriptors, p.avail, p.used, position, record);
    }

    /** Where the front-end says that a packed ring stands: slot and wrap counter in the low 16 bits. For the next start. */
    void setBase(int value) {
        base = value & 0xffff_ffffL;
    }

    /** First half of a stop: nobody finds the ring any more. True when {@link VringUser#synchronize} must follow. */
    boolean unpublish(VringUser user) {
        if (!published) {
            return false;
        }
        published = false;
        user.unpublish(index);
        return true;
    }

    /** Second half, after every worker let go: the queue ends, its position is kept for {@link #takePosition}. */
    void stop() {
        if (queue != null) {
            stoppedAt = queue.position();
            queue.close();
            queue = null;
            served = false;
        }
    }

    /**
     * Whether this is a ring that the guest transmits by, and has disabled: it goes on to be processed, and its packets are discarded
     * (vhost-user.rst "Ring states"). What a guest sends before it first enables a ring waits for that.
     */
    private boolean discards() {
        return served && !published && !enabled && (index & 1) != 0;
    }

    /** Completes what the guest sends though it has disabled the ring; false when it may not be done. No worker has the ring. */
    boolean discard(PacketVectors vectors, VringUser user) {
        if (!discards()) {
            return false;
        }
        queue.discard(vectors);
        user.discarded(index, queue);
        return true;
    }

    /** The next start continues exactly here instead of at the index found in the ring. */
    void resumeHere() {
        startAt = stoppedAt & 0xffff_ffffL;
    }

    /**
     * Value for the reply to GET_VRING_BASE; forgets everything that a new start brings again, and the record of a predecessor too: DPDK's
     * virtio-user asks before it tells us of the ring, which it has made anew.
     */
    int takePosition(VringUser user) {
        int position = stoppedAt;
        stoppedAt = 0;
        positionTaken = everStarted;
        long kept = everStarted ? record : user.positionRecord(index);
        if (kept != 0) {
            PositionRecord.forget(kept);
        }
        record = 0;
        parameters = parameters.withoutAddresses();
        base = FROM_RING;
        withoutKick();
        setCall(null);
        return position;
    }

    /** A reset: only a new kick descriptor starts the ring again. */
    void withoutKick() {
        kickSet = false;
        startAt = FROM_RING;
        close(kick);
        kick = null;
    }

    /**
     * Replaces the descriptor the front-end kicks, null: it never does, the ring has to be polled, and goes on; where that is refused the former
     * descriptor stays. The ring must be unpublished.
     */
    void setKick(FileDescriptor descriptor, GuestMemory memory, long features, VringUser user) throws RequestRefused {
        FileDescriptor former = kick;
        boolean wasSet = kickSet;
        kick = descriptor;
        kickSet = true;
        startAt = FROM_RING;
        passDescriptors();
        try {
            advance(memory, features, user);
        } catch (RequestRefused e) {
            kick = former;
            kickSet = wasSet;
            close(descriptor);
            throw e;
        }
        close(former);
    }

    /** Replaces the descriptor we call; the former is returned, to be closed when no worker can write to it any more. */
    FileDescriptor setCall(FileDescriptor descriptor) {
        FileDescriptor old = call;
        call = descriptor;
        passDescriptors();
        if (queue == null) {
            close(old);
            return null;
        }
        queue.callNow();
        return old;
    }

    /** As {@link #setCall}, for errors. */
    FileDescriptor setError(FileDescriptor descriptor) {
        FileDescriptor old = error;
        error = descriptor;
        passDescriptors();
        if (queue == null) {
            close(old);
            return null;
        }
        return old;
    }

    private void passDescriptors() {
        if (queue != null) {
            queue.descriptors(number(kick), number(call), number(error));
        }
    }

    private static int number(FileDescriptor descriptor) {
        return descriptor == null ? -1 : descriptor.value();
    }

    private static void close(FileDescriptor descriptor) {
        if (descriptor != null) {
            descriptor.close();
        }
    }

    /** After {@link #stop}. */
    @Override
    public void close() {
        close(kick);
        close(call);
        close(error);
        kick = null;
        call = null;
        error = null;
    }
}
