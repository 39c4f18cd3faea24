package io.jspp.secondary.component.bridge;

import io.jspp.secondary.component.ComponentCounters;
import io.jspp.secondary.component.ComponentCounters.Count;
import io.jspp.secondary.component.ComponentType;
import io.jspp.secondary.component.StartedComponent;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** {@code bridge}: any number of ports, rx and tx, between which frames go where their destination was seen. */
public final class BridgeType implements ComponentType {
    private static final Set<Count> COUNTS = Collections.unmodifiableSet(EnumSet.of(
            Count.FLOODED,
            Count.COPIED,
            Count.LEARNED,
            Count.MOVED,
            Count.AGED,
            Count.UNLEARNED,
            Count.PORT_LIMIT,
            Count.RUNT,
            Count.UNMATCHED,
            Count.MALFORMED_HEADER,
            Count.RESERVED_ADDRESS,
            Count.SAME_PORT,
            Count.STORM));

    private final Bridges bridges;
    private final BridgeOptions options;

    /** @param bridges of the process, which the started ones enter */
    public BridgeType(Bridges bridges, BridgeOptions options) {
        this.bridges = bridges;
        this.options = options;
    }

    @Override
    public String name() {
        return "bridge";
    }

    @Override
    public int maxRx() {
        return ANY;
    }

    @Override
    public int maxTx() {
        return ANY;
    }

    @Override
    public Set<Count> counts() {
        return COUNTS;
    }

    @Override
    public StartedComponent start(String name, ComponentCounters counters, int burstCapacity) {
        return new StartedBridge(name, options, bridges, counters, burstCapacity);
    }
}
