package io.jspp.vhostuser;

import io.jspp.linux.FileDescriptor;
import io.jspp.state.Cause;
import io.jspp.virtio.DirtyLog;
import io.jspp.virtio.GuestMemory;
import io.jspp.virtio.GuestMemoryException;
import io.jspp.virtio.GuestRegion;
import java.util.List;

/** Requests about memory that the front-end shares: the guest's, as a table or region by region, and the dirty log. Session thread. */
final class MemoryRequests {
    /** Regions that may be there at once with CONFIGURE_MEM_SLOTS; each costs a descriptor and a mapping. */
    static final int MAX_SLOTS = 128;

    private final MessageChannel channel;
    private final Vrings vrings;
    private final FeatureRequests features;
    private final VringUser user;
    private int tables;
    private int added;
    private int removed;

    MemoryRequests(MessageChannel channel, Vrings vrings, FeatureRequests features, VringUser user) {
        this.channel = channel;
        this.vrings = vrings;
        this.features = features;
        this.user = user;
    }

    private void tell() {
        List<GuestRegion> regions = vrings.memory().regions();
        long bytes = regions.stream().mapToLong(GuestRegion::size).sum();
        user.memory(new SharedMemory(regions.size(), bytes, tables, added, removed));
    }

    long setTable(Message message) throws RequestRefused {
        GuestMemory next = MemoryTable.map(message);
        try {
            PeerMappings.requireShared(channel.peerPid(), next.regions());
        } catch (RequestRefused e) {
            next.close();
            throw e;
        }
        vrings.replaceMemory(next);
        tables++;
        tell();
        return 0;
    }

    long getMaxSlots(Message message) throws RequestRefused {
        features.require(ProtocolFeatures.CONFIGURE_MEM_SLOTS, "CONFIGURE_MEM_SLOTS");
        return MAX_SLOTS;
    }

    /**
     * A region that is there already is left alone: QEMU before 8.0 adds each once per queue pair over the one connection, and removes it as often.
     */
    long addRegion(Message message) throws RequestRefused {
        features.require(ProtocolFeatures.CONFIGURE_MEM_SLOTS, "CONFIGURE_MEM_SLOTS");
        if (message.descriptorCount() != 1) {
            throw new RequestRefused(Cause.MEMORY_NOT_SHARED, "memory region without a descriptor");
        }
        try {
            GuestRegion region = MemoryTable.mapRow(message, MemoryTable.HEADER_BYTES);
            try {
                PeerMappings.requireShared(channel.peerPid(), List.of(region));
            } catch (RequestRefused e) {
                region.close();
                throw e;
            }
            if (vrings.memory().has(region)) {
                region.close();
            } else if (vrings.memory().regions().size() >= MAX_SLOTS) {
                region.close();
                throw new RequestRefused("more than " + MAX_SLOTS + " memory regions");
            } else {
                vrings.addRegion(region);
            }
        } catch (GuestMemoryException e) {
            throw new RequestRefused(e);
        }
        added++;
        tell();
        return 0;
    }

    /**
     * One that is not there is what the front-end wants: {@link #addRegion}. A descriptor may come along, from front-ends that did so by mistake
     * once; it is closed unused.
     */
    long removeRegion(Message message) throws RequestRefused {
        features.require(ProtocolFeatures.CONFIGURE_MEM_SLOTS, "CONFIGURE_MEM_SLOTS");
        long guest = message.u64(MemoryTable.HEADER_BYTES);
        long bytes = message.u64(MemoryTable.HEADER_BYTES + 8);
        long theirs = message.u64(MemoryTable.HEADER_BYTES + 16);
        GuestRegion region = vrings.memory().region(guest, bytes, theirs);
        if (region != null) {
            vrings.removeRegion(region);
        }
        removed++;
        tell();
        return 0;
    }

    /** Payload: size u64, offset u64. Answered when every worker marks the new log and none the former. */
    long setLogBase(Message message) throws RequestRefused {
        features.require(ProtocolFeatures.LOG_SHMFD, "LOG_SHMFD");
        if (message.descriptorCount() != 1) {
            throw new RequestRefused("dirty log without a descriptor");
        }
        try {
            vrings.log(DirtyLog.map(message.takeDescriptor(), message.u64(0), message.u64(8)));
        } catch (GuestMemoryException e) {
            throw new RequestRefused(e);
        }
        return 0;
    }

    /** An eventfd to be written to when something was logged. Nobody waits on it, since logs are polled: checked and closed. */
    long setLogDescriptor(Message message) throws RequestRefused {
        features.require(ProtocolFeatures.LOG_SHMFD, "LOG_SHMFD");
        FileDescriptor sent = message.takeDescriptor();
        if (sent == null) {
            throw new RequestRefused("no descriptor");
        }
        Vring.eventDescriptor(sent).close();
        return 0;
    }

    /** Whether something mapped can still shrink under us. */
    boolean mayVanish() {
        DirtyLog log = vrings.log();
        return !vrings.memory().sealed() || log != null && !log.sealed();
    }

    /** After an InternalError, and from time to time: ends the session when a file has shrunk. */
    void check() throws ConnectionEnded {
        if (vrings.memory().replaceVanished()) {
            throw ConnectionEnded.because(Cause.MEMORY_VANISHED, "its file was truncated");
        }
        DirtyLog log = vrings.log();
        if (log != null && log.replaceVanished()) {
            throw ConnectionEnded.because(Cause.MEMORY_VANISHED, "the dirty log's file was truncated");
        }
    }
}
