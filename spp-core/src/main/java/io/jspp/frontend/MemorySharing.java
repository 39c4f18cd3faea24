package io.jspp.frontend;

import io.jspp.vhostuser.ProtocolFeatures;
import io.jspp.vhostuser.Requests;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Has the back-end know a guest's regions: one by one where CONFIGURE_MEM_SLOTS was agreed on, else all of them again after each change. Session
 * thread; {@link #shares} any.
 */
final class MemorySharing {
    /** Regions that SET_MEM_TABLE can have. */
    private static final int MOST_IN_TABLE = 8;

    private static final int ROW_BYTES = 32;

    private final FrontendMemory memory;
    private volatile List<FrontendRegion> told = List.of();
    private FrontendChannel channel;
    private boolean needReply;
    private boolean slots;
    private long most;

    MemorySharing(FrontendMemory memory) {
        this.memory = memory;
    }

    /** A new back-end: it knows nothing yet. */
    void begin(FrontendChannel with, long protocolFeatures) {
        channel = with;
        needReply = (protocolFeatures & ProtocolFeatures.REPLY_ACK) != 0;
        slots = (protocolFeatures & ProtocolFeatures.CONFIGURE_MEM_SLOTS) != 0;
        most = slots ? channel.get(Requests.GET_MAX_MEM_SLOTS) : MOST_IN_TABLE;
        told = List.of();
        follow();
    }

    /** Tells what has changed since the last time, if anything. */
    void follow() {
        List<FrontendRegion> now = memory.regions();
        if (now == told) {
            return;
        }
        if (now.size() > most) {
            throw new FrontendException(
                    "back-end takes " + most + " memory regions, the guest has " + now.size() + ": use fewer");
        }
        if (!slots) {
            sendTable(now);
        } else {
            sendChanges(now);
        }
        told = now;
    }

    private void sendTable(List<FrontendRegion> now) {
        ByteBuffer table = FrontendChannel.payload(8 + now.size() * ROW_BYTES);
        table.putInt(now.size()).putInt(0);
        now.forEach(region -> put(table, region));
        int[] descriptors =
                now.stream().mapToInt(region -> region.descriptor().value()).toArray();
        send(Requests.SET_MEM_TABLE, table, descriptors);
    }

    /** What goes makes room for what comes. */
    private void sendChanges(List<FrontendRegion> now) {
        for (FrontendRegion gone : without(told, now)) {
            send(Requests.REM_MEM_REG, row(gone));
        }
        for (FrontendRegion fresh : without(now, told)) {
            send(Requests.ADD_MEM_REG, row(fresh), fresh.descriptor().value());
        }
    }

    /** With a reply where possible: it is the promise that every worker of the back-end has followed. */
    private void send(int request, ByteBuffer payload, int... descriptors) {
        channel.send(request, payload, needReply, descriptors);
        if (!needReply) {
            channel.get(Requests.GET_FEATURES);
        }
    }

    private static List<FrontendRegion> without(List<FrontendRegion> these, List<FrontendRegion> those) {
        List<FrontendRegion> rest = new ArrayList<>(these);
        rest.removeAll(those);
        return rest;
    }

    private static ByteBuffer row(FrontendRegion region) {
        return put(FrontendChannel.payload(8 + ROW_BYTES).putLong(0), region);
    }

    private static ByteBuffer put(ByteBuffer to, FrontendRegion region) {
        return to.putLong(region.guestAddress())
                .putLong(region.length())
                .putLong(region.address())
                .putLong(region.fileOffset());
    }

    boolean shares(FrontendRegion region) {
        return told.contains(region);
    }
}
