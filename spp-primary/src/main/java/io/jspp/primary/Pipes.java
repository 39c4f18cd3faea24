package io.jspp.primary;

import io.jspp.port.Direction;
import io.jspp.port.PortException;
import io.jspp.port.PortId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Pipes: pairs of rings that are one port. Guarded by the {@link Registry}. */
final class Pipes {
    static final String TYPE = "pipe";

    private static final String RING = "ring";

    private final Map<PortId, Pipe> pipes = new TreeMap<>();

    /**
     * One pipe, seen by who uses it.
     *
     * @param rx number of the ring it receives from
     * @param tx number of the ring it sends to
     */
    record Pipe(int rx, int tx) {}

    /**
     * Joins two rings. The same again changes nothing.
     *
     * @param rings that there are
     * @throws PortException a sentence for the operator; nothing has changed then
     */
    void add(PortId id, PortId rx, PortId tx, int rings) {
        Pipe wanted = new Pipe(ring(id, rx, rings), ring(id, tx, rings));
        Pipe there = pipes.get(id);
        if (wanted.equals(there)) {
            return;
        }
        if (there != null) {
            throw new PortException("add " + id + ": it is there with ring:" + there.rx + " and ring:" + there.tx
                    + ": del " + id + " first");
        }
        if (wanted.rx == wanted.tx) {
            throw new PortException("add " + id + ": " + rx + " is named twice, a pipe joins two rings");
        }
        pipes.forEach((other, pipe) -> {
            if (pipe.rx == wanted.rx || pipe.tx == wanted.tx) {
                throw new PortException("add " + id + ": " + other + " has ring:" + pipe.rx
                        + " to receive from and ring:" + pipe.tx + " to send to already");
            }
        });
        pipes.put(id, wanted);
    }

    private static int ring(PortId id, PortId ring, int rings) {
        if (!ring.type().equals(RING) || ring.index() >= rings) {
            throw new PortException("add " + id + ": there is no " + ring + ", the primary made ring:0 to ring:"
                    + (rings - 1) + " (its option -n)");
        }
        return ring.index();
    }

    /** @throws PortException when it isn't there */
    void delete(PortId id) {
        if (pipes.remove(id) == null) {
            throw new PortException("del " + id + ": there is no such pipe");
        }
    }

    /** The ring behind one direction, or -1 when there is no such pipe. */
    int ring(PortId id, Direction direction) {
        Pipe pipe = pipes.get(id);
        return pipe == null ? -1 : direction == Direction.RX ? pipe.rx : pipe.tx;
    }

    Map<PortId, Pipe> all() {
        return Collections.unmodifiableMap(pipes);
    }

    /** {@code pipe 0 1 2} for pipe:0 of ring:1 and ring:2: what the next primary is to know. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        pipes.forEach((id, pipe) -> lines.add(TYPE + ' ' + id.index() + ' ' + pipe.rx + ' ' + pipe.tx));
        return lines;
    }

    /** Takes up a line of {@link #lines}; others are not for pipes. */
    void resume(String line, int rings) {
        if (line.matches(TYPE + "( [0-9]{1,4}){3}")) {
            String[] words = line.split(" ");
            add(
                    new PortId(TYPE, Integer.parseInt(words[1])),
                    new PortId(RING, Integer.parseInt(words[2])),
                    new PortId(RING, Integer.parseInt(words[3])),
                    rings);
        }
    }
}
