package io.jspp.frontend;

import java.util.Arrays;

/**
 * The streams that a guest receives, by stream id, whatever queue they come on: each sender's sequence is checked by itself. Shared by the
 * receivers of one guest, which one thread drives. Allocates only when a stream is new.
 */
public final class TrafficStreams {
    /** Streams remembered; of more, the one that was silent longest makes room. Every start of a sender is a new stream. */
    private static final int MOST = 256;

    /** One stream. */
    static final class Stream {
        final int id;
        final SequenceChecker sequences = new SequenceChecker();
        private boolean awaited;
        private long seenAt;

        private Stream(int id) {
            this.id = id;
        }
    }

    /** Replaced, never changed: other threads add it up. */
    private volatile Stream[] known = new Stream[0];

    private long turns;
    private long seen;
    private long lost;
    private long reordered;
    private long duplicates;

    /** A stream that will come; it is not forgotten for others. */
    Stream await(int id) {
        Stream stream = find(id);
        stream.awaited = true;
        return stream;
    }

    /** The stream that a frame came with. */
    Stream of(int id) {
        Stream stream = find(id);
        if (stream.seenAt == 0) {
            seen++;
        }
        stream.seenAt = ++turns;
        return stream;
    }

    private Stream find(int id) {
        for (Stream stream : known) {
            if (stream.id == id) {
                return stream;
            }
        }
        int slot = known.length < MOST ? known.length : silentLongest();
        Stream[] more = Arrays.copyOf(known, Math.max(known.length, slot + 1));
        if (slot < known.length) {
            SequenceChecker old = known[slot].sequences;
            lost += old.lost();
            reordered += old.reordered();
            duplicates += old.duplicates();
        }
        more[slot] = new Stream(id);
        known = more;
        return more[slot];
    }

    /** What nobody waits for goes first. */
    private int silentLongest() {
        int slot = 0;
        for (int i = 1; i < known.length; i++) {
            boolean sooner = known[i].awaited == known[slot].awaited
                    ? known[i].seenAt < known[slot].seenAt
                    : known[slot].awaited;
            slot = sooner ? i : slot;
        }
        return slot;
    }

    /** Streams that frames came with so far. */
    public long seen() {
        return seen;
    }

    /** Numbers never seen, of all streams. */
    public long lost() {
        long sum = lost;
        for (Stream stream : known) {
            sum += stream.sequences.lost();
        }
        return sum;
    }

    /** Frames that came after one of the same stream with a higher number. */
    public long reordered() {
        long sum = reordered;
        for (Stream stream : known) {
            sum += stream.sequences.reordered();
        }
        return sum;
    }

    public long duplicates() {
        long sum = duplicates;
        for (Stream stream : known) {
            sum += stream.sequences.duplicates();
        }
        return sum;
    }
}
