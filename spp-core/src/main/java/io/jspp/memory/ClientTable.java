package io.jspp.memory;

import java.nio.charset.StandardCharsets;

/**
 * Which process has which client id. The primary writes the entries (id 0 is its own); a client writes only its committed configuration. Control
 * threads.
 *
 * <pre>
 *   entry, one per id:
 *      0  state         int    {@link State}, stored last, release
 *      4  pid           int
 *      8  start time    long   clock ticks since boot, field 22 of /proc/PID/stat: names the process together with pid
 *     16  epoch         int    1..65535, one more for each attachment of the id
 *     20  counter area  int    -1 none
 *     32  type          16 bytes, ASCII, zero-padded
 *     64  configuration {@link CommittedBytes}
 * </pre>
 */
public final class ClientTable {
    /** What is known of a client id. */
    public enum State {
        /** Never used. */
        NONE,
        /** A process has it. */
        ATTACHED,
        /** Its process said good-bye: nothing to resume. */
        EXITED,
        /** Its process died without: the next one of this type resumes its configuration. */
        DIED
    }

    /** One entry as read at one moment. */
    public record Client(int id, State state, int pid, long startTime, int epoch, int counterArea, String type) {}

    private static final int PID_AT = 4;
    private static final int START_AT = 8;
    private static final int EPOCH_AT = 16;
    private static final int COUNTERS_AT = 20;
    private static final int TYPE_AT = 32;
    private static final int TYPE_LENGTH = 16;
    private static final int CONFIGURATION_AT = 64;
    private static final int MAX_EPOCH = 0xffff;

    /** Bytes of one entry. */
    public static final int ENTRY = CONFIGURATION_AT + CommittedBytes.SIZE;

    private final long address;
    private final int clients;

    /** @param address of {@code clients} entries of {@link #ENTRY} bytes that outlive this view */
    public ClientTable(long address, int clients) {
        this.address = address;
        this.clients = clients;
    }

    /** Number of ids, 0 included. */
    public int size() {
        return clients;
    }

    private long entry(int id) {
        if (id < 0 || id >= clients) {
            throw new IndexOutOfBoundsException("client id " + id + " (0 to " + (clients - 1) + ")");
        }
        return address + (long) id * ENTRY;
    }

    /** The entry of {@code id}; words that make no sense read as {@code NONE}. */
    public Client get(int id) {
        long e = entry(id);
        int state = Memory.getIntAcquire(e);
        byte[] type = new byte[TYPE_LENGTH];
        Memory.get(e + TYPE_AT, type, 0, TYPE_LENGTH);
        int length = 0;
        while (length < TYPE_LENGTH && type[length] > ' ') {
            length++;
        }
        boolean known = state >= 0 && state < State.values().length;
        return new Client(
                id,
                known ? State.values()[state] : State.NONE,
                Memory.getInt(e + PID_AT),
                Memory.getLong(e + START_AT),
                Memory.getInt(e + EPOCH_AT) & MAX_EPOCH,
                Memory.getInt(e + COUNTERS_AT),
                new String(type, 0, length, StandardCharsets.US_ASCII));
    }

    /**
     * Primary: gives {@code id} to a process.
     *
     * @param type at most 16 ASCII characters
     * @param counterArea of this client, or -1
     * @return the epoch of this attachment
     */
    public int attach(int id, String type, int pid, long startTime, int counterArea) {
        long e = entry(id);
        byte[] bytes = type.getBytes(StandardCharsets.US_ASCII);
        if (bytes.length > TYPE_LENGTH) {
            throw new IllegalArgumentException("client type longer than 16: " + type);
        }
        int epoch = Memory.getInt(e + EPOCH_AT) & MAX_EPOCH;
        epoch = epoch == MAX_EPOCH ? 1 : epoch + 1;
        Memory.putIntRelease(e, State.NONE.ordinal());
        Memory.putInt(e + PID_AT, pid);
        Memory.putLong(e + START_AT, startTime);
        Memory.putInt(e + EPOCH_AT, epoch);
        Memory.putInt(e + COUNTERS_AT, counterArea);
        byte[] padded = java.util.Arrays.copyOf(bytes, TYPE_LENGTH);
        Memory.put(e + TYPE_AT, padded, 0, TYPE_LENGTH);
        Memory.putIntRelease(e, State.ATTACHED.ordinal());
        return epoch;
    }

    /** Primary: the process of {@code id} is gone, {@code EXITED} or {@code DIED}; its claims were reaped before. */
    public void end(int id, State state) {
        if (state == State.ATTACHED) {
            throw new IllegalArgumentException("an end is EXITED, DIED or NONE");
        }
        Memory.putIntRelease(entry(id), state.ordinal());
    }

    /** The configuration the client committed last. Written by the client's control thread, or by the primary when it is gone. */
    public CommittedBytes configuration(int id) {
        return new CommittedBytes(entry(id) + CONFIGURATION_AT);
    }
}
