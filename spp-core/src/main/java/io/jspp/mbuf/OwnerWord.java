package io.jspp.mbuf;

/**
 * Who has an mbuf, in one {@code long}. Only the party it names may store the next one, so a reaper can rebuild the pool from the words alone.
 *
 * <pre>
 *   63    56 55    48 47        32 31        16 15         0
 *   ┌───────┬────────┬────────────┬────────────┬────────────┐
 *   │ state │ client │ epoch      │ claim      │ lcore      │
 *   └───────┴────────┴────────────┴────────────┴────────────┘
 * </pre>
 *
 * <p>claim is 2 × ring for the producer's end of a ring and 2 × ring + 1 for the consumer's. An mbuf IN_RING carries the producer's claim, one
 * IN_RETURN the consumer's: the one that put it there. client, epoch and lcore say who did it last. Zero is FREE.
 */
public final class OwnerWord {
    /** In the pool; the primary may lease it. */
    public static final int FREE = 0;

    /** Belongs to a claim: in a producer's free list, or being read by a consumer. */
    public static final int HELD = 1;

    /** Published, or about to be, in the ring of the claim. */
    public static final int IN_RING = 2;

    /** Going back through the return ring of the claim's ring. */
    public static final int IN_RETURN = 3;

    /** Given to the kernel for a port (AF_XDP umem). */
    public static final int KERNEL = 4;

    /** State and claim: what the other side of a ring checks. */
    static final long STATE_AND_CLAIM = 0xff00_0000_ffff_0000L;

    private OwnerWord() {}

    public static long pack(int state, int client, int epoch, int claim, int lcore) {
        return (long) state << 56
                | (long) (client & 0xff) << 48
                | (long) (epoch & 0xffff) << 32
                | (long) (claim & 0xffff) << 16
                | lcore & 0xffff;
    }

    public static int state(long word) {
        return (int) (word >>> 56);
    }

    public static int client(long word) {
        return (int) (word >>> 48) & 0xff;
    }

    public static int epoch(long word) {
        return (int) (word >>> 32) & 0xffff;
    }

    public static int claim(long word) {
        return (int) (word >>> 16) & 0xffff;
    }

    public static int lcore(long word) {
        return (int) word & 0xffff;
    }

    /** Claim number of a ring's producer. */
    public static int txClaim(int ring) {
        return 2 * ring;
    }

    /** Claim number of a ring's consumer. */
    public static int rxClaim(int ring) {
        return 2 * ring + 1;
    }

    static boolean is(long word, int state, int claim) {
        return (word & STATE_AND_CLAIM) == pack(state, 0, 0, claim, 0);
    }

    /** The same owner with another state and claim. */
    static long with(long word, int state, int claim) {
        return word & ~STATE_AND_CLAIM | pack(state, 0, 0, claim, 0);
    }

    /** {@code HELD client 2 epoch 7 ring 3 tx lcore 4}. */
    public static String toString(long word) {
        String[] names = {"FREE", "HELD", "IN_RING", "IN_RETURN", "KERNEL"};
        int state = state(word);
        if (state == FREE) {
            return "FREE";
        }
        String name = state < names.length ? names[state] : "state " + state;
        return name + " client " + client(word) + " epoch " + epoch(word) + " ring " + (claim(word) >> 1)
                + ((claim(word) & 1) == 0 ? " tx" : " rx") + " lcore " + lcore(word);
    }
}
