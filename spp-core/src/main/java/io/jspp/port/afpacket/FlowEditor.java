package io.jspp.port.afpacket;

import io.jspp.linux.FileDescriptor;
import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import io.jspp.memory.SharedSegment;

/**
 * Finds what flow rules do to the tag of a frame: a queue's copy of {@link FlowEdits}, renewed when these have changed. Made and closed by the
 * control thread, used by one worker; allocates nothing after construction.
 */
final class FlowEditor implements AutoCloseable {
    private final SharedSegment segment;
    private final long shared;
    private final boolean ingress;
    private final NativeMemory copies = NativeMemory.allocate(2L * FlowEdits.MAX_RULES * FlowEdits.RULE_BYTES);

    // worker only; the rules in use lie in one half of the copies, those that are read next in the other
    private long version;
    private long current;
    private int count;

    /** @param granted of the {@link FlowEdits}; owned from here on, also when this fails */
    FlowEditor(FileDescriptor granted, boolean ingress) {
        this.ingress = ingress;
        current = copies.address();
        try {
            segment = SharedSegment.attach(granted, FlowEdits.LAYOUT_HASH);
        } catch (RuntimeException e) {
            copies.close();
            throw e;
        }
        shared = segment.sectionAddress(0);
    }

    /**
     * Before a burst: follows the rules as they are now, or, while they are being written, as they were.
     *
     * @return whether there are any
     */
    boolean refresh() {
        // acquire: pairs with the release of FlowEdits.write
        long now = Memory.getLongAcquire(shared + FlowEdits.VERSION);
        if (now != version && (now & 1) == 0) {
            renew(now);
        }
        return count > 0;
    }

    private void renew(long now) {
        long before = ingress ? 0 : number(FlowEdits.INGRESS);
        int rules = number(ingress ? FlowEdits.INGRESS : FlowEdits.EGRESS);
        long spare = copies.address()
                + (current == copies.address() ? (long) FlowEdits.MAX_RULES * FlowEdits.RULE_BYTES : 0);
        Memory.copy(shared + FlowEdits.RULES + before * FlowEdits.RULE_BYTES, spare, rules * FlowEdits.RULE_BYTES);
        Memory.loadFence(); // the copy is done before the second look
        if (Memory.getLongAcquire(shared + FlowEdits.VERSION) == now) {
            version = now;
            current = spare;
            count = rules;
        }
    }

    /** A number of rules, whatever another process wrote there. */
    private int number(int at) {
        return (int) Math.max(0, Math.min(FlowEdits.MAX_RULES, Memory.getLong(shared + at)));
    }

    /**
     * What is to be done to a frame.
     *
     * @param destination as {@link io.jspp.net.MacAddress} has it
     * @param source likewise
     * @param outerType behind the addresses: the tag's for tagged frames
     * @param innerType behind the outer tag
     * @param tci of the outer tag
     * @return see {@link TagEdit}
     */
    int find(long destination, long source, int outerType, boolean tagged, int innerType, int tci) {
        int group = 0;
        long at = current;
        for (int i = 0; i < count; i++, at += FlowEdits.RULE_BYTES) {
            int own = Memory.getInt(at + FlowEdits.GROUP);
            if (own > group) {
                return TagEdit.NONE; // no rule of the group matched
            }
            if (own < group
                    || (destination & Memory.getLong(at + FlowEdits.DESTINATION_MASK))
                            != Memory.getLong(at + FlowEdits.DESTINATION)
                    || (source & Memory.getLong(at + FlowEdits.SOURCE_MASK)) != Memory.getLong(at + FlowEdits.SOURCE)
                    || !matches(outerType, Memory.getInt(at + FlowEdits.TYPE))) {
                continue;
            }
            int flags = Memory.getInt(at + FlowEdits.FLAGS);
            boolean tagMatches = (flags & FlowEdits.TAGGED_ONLY) == 0
                    || tagged
                            && matches(tci, Memory.getInt(at + FlowEdits.TCI))
                            && matches(innerType, Memory.getInt(at + FlowEdits.INNER_TYPE));
            if (!tagMatches) {
                continue;
            }
            if ((flags & FlowEdits.JUMPS) == 0) {
                return Memory.getInt(at + FlowEdits.EDIT);
            }
            group = Memory.getInt(at + FlowEdits.TARGET);
        }
        return TagEdit.NONE;
    }

    /** What rule {@code i} does, in the order of {@link FlowEdits}. */
    int edit(int i) {
        return Memory.getInt(current + (long) i * FlowEdits.RULE_BYTES + FlowEdits.EDIT);
    }

    private static boolean matches(int value, int masked) {
        return (value & masked >>> 16) == (masked & 0xffff);
    }

    @Override
    public void close() {
        segment.close();
        copies.close();
    }
}
