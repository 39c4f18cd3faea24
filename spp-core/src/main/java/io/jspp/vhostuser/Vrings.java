package io.jspp.vhostuser;

import io.jspp.linux.FileDescriptor;
import io.jspp.state.Reason;
import io.jspp.virtio.DirtyLog;
import io.jspp.virtio.Features;
import io.jspp.virtio.GuestMemory;
import io.jspp.virtio.GuestMemoryException;
import io.jspp.virtio.GuestRegion;
import java.util.Arrays;
import java.util.List;

/**
 * All rings of a session and what they are made from: guest memory, features, dirty log. Whatever changes under running rings changes here: they
 * stop, and go on at the same place with everything validated anew. Session thread.
 */
final class Vrings implements AutoCloseable {
    private final VringUser user;
    private final Vring[] all;
    private final Discarder discarder;
    private GuestMemory memory = GuestMemory.empty();
    private long features;
    private DirtyLog log;
    private Reason trouble = Reason.NONE;
    private String lastFailure = "";

    Vrings(VringUser user, int queuePairs) {
        this.user = user;
        discarder = new Discarder(user);
        all = new Vring[2 * queuePairs];
        for (int i = 0; i < all.length; i++) {
            all[i] = new Vring(i);
        }
    }

    int count() {
        return all.length;
    }

    /** The ring that a request names by an unsigned index. */
    Vring find(int index) throws RequestRefused {
        if (index < 0 || index >= all.length) {
            throw new RequestRefused(
                    "vring " + Integer.toUnsignedString(index) + ", 0 to " + (all.length - 1) + " exist");
        }
        return all[index];
    }

    /** Whether the first queue pair carries traffic. */
    boolean up() {
        return all[0].published() && all[1].published();
    }

    boolean anyStarted() {
        for (Vring vring : all) {
            if (vring.started()) {
                return true;
            }
        }
        return false;
    }

    /** A ring that could not go on in new memory since this was last asked, or empty. */
    String takeFailure() {
        String failure = lastFailure;
        lastFailure = "";
        return failure;
    }

    /** What keeps the guest from its rings, as far as a refused request told. New memory is a new attempt. */
    Reason trouble() {
        return trouble;
    }

    void trouble(Reason found) {
        trouble = found;
    }

    // ---- what rings are made from

    GuestMemory memory() {
        return memory;
    }

    long features() {
        return features;
    }

    /** Ring features change while no ring runs; dirty logging, {@link Features#LOG_ALL}, at any time. */
    void features(long wanted) {
        features = wanted;
        passLog();
    }

    /** Sets every ring's enable flag. */
    void enableAll(boolean on) {
        for (Vring vring : all) {
            vring.enabled = on;
        }
    }

    /** Another memory, of which regions that are the same stay where they are: {@link #change}. Takes it over. */
    void replaceMemory(GuestMemory next) {
        change(memory.replacedBy(next));
    }

    /** @throws GuestMemoryException when it overlaps another; nothing has changed then */
    void addRegion(GuestRegion region) throws GuestMemoryException {
        change(memory.with(region));
    }

    void removeRegion(GuestRegion region) {
        change(memory.without(region));
    }

    /**
     * Rings go on meanwhile, but for those that lie in a region that goes: these start again at the same place if their addresses lead somewhere now, or
     * when they do. Chains that the guest has offered from such a region are malformed from then on. It is unmapped when no worker looks at it
     * any more.
     */
    private void change(GuestMemory next) {
        List<GuestRegion> gone = memory.missingIn(next);
        List<Vring> stopped = Arrays.stream(all)
                .filter(vring -> gone.stream().anyMatch(vring::liesIn))
                .toList();
        stop(stopped);
        useTable(next);
        gone.forEach(GuestRegion::close);
        // New memory is a new attempt for all.
        trouble = Reason.NONE;
        stopped.forEach(Vring::resumeHere);
        advanceAll();
    }

    /** Returns when every worker uses the next table. */
    private void useTable(GuestMemory next) {
        memory = next;
        boolean running = false;
        for (Vring vring : all) {
            vring.memory(next);
            running |= vring.started();
        }
        if (running) {
            user.synchronize();
        }
    }

    /** Takes over another log. The former is closed when nobody marks it any more; so the caller may answer the request at once. */
    void log(DirtyLog next) {
        DirtyLog old = log;
        log = next;
        passLog();
        if (old != null) {
            old.close();
        }
    }

    DirtyLog log() {
        return log;
    }

    /** Returns when every worker marks what it writes, or none does. */
    private void passLog() {
        DirtyLog current = Features.has(features, Features.LOG_ALL) ? log : null;
        boolean changed = false;
        for (Vring vring : all) {
            changed |= vring.log(current);
        }
        if (changed) {
            user.synchronize();
        }
    }

    // ---- starting and stopping

    /** Starts and publishes as far as is known what a ring needs. */
    void advance(Vring vring) throws RequestRefused {
        vring.advance(memory, features, user);
    }

    void setKick(Vring vring, FileDescriptor kick) throws RequestRefused {
        unpublish(vring);
        vring.setKick(kick, memory, features, user);
    }

    void advanceAll() {
        for (Vring vring : all) {
            try {
                advance(vring);
            } catch (RequestRefused e) {
                lastFailure = e.getMessage();
                trouble = e.why().of(lastFailure);
            }
        }
    }

    void stop(Vring vring) {
        unpublish(vring);
        vring.stop();
    }

    /** {@link Vring#takePosition} of a ring that is stopped. */
    int takePosition(Vring vring) {
        return vring.takePosition(user);
    }

    /** Returns when no worker uses the ring any more. */
    void unpublish(Vring vring) {
        if (vring.unpublish(user)) {
            user.synchronize();
        }
    }

    /** Returns when no worker can be using what the ring was told to forget. */
    void synchronize() {
        user.synchronize();
    }

    /** {@link Discarder#tick}. */
    long tick(long nowNs) {
        return discarder.tick(all, nowNs);
    }

    /** Takes the ring from the workers; what the guest still sends by it is discarded. */
    void disable(Vring vring) {
        unpublish(vring);
        discarder.begin();
    }

    void stopAll() {
        stop(List.of(all));
    }

    private void stop(List<Vring> vrings) {
        boolean wait = false;
        for (Vring vring : vrings) {
            wait |= vring.unpublish(user);
        }
        if (wait) {
            user.synchronize();
        }
        vrings.forEach(Vring::stop);
    }

    /** Rings stop; positions stay for GET_VRING_BASE, which comes after the reset, and so do enable flags, which come before the next start. */
    void reset() {
        stopAll();
        for (Vring vring : all) {
            vring.withoutKick();
        }
    }

    /** Rings first, then descriptors, then memory. */
    @Override
    public void close() {
        stopAll();
        for (Vring vring : all) {
            vring.close();
        }
        memory.close();
        if (log != null) {
            log.close();
        }
    }
}
