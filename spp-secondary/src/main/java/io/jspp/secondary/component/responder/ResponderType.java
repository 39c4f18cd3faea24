package io.jspp.secondary.component.responder;

import io.jspp.secondary.component.ComponentCounters;
import io.jspp.secondary.component.ComponentCounters.Count;
import io.jspp.secondary.component.ComponentType;
import io.jspp.secondary.component.StartedComponent;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** {@code responder}: one rx port, and one tx port to which it answers, usually the same. */
public final class ResponderType implements ComponentType {
    private static final Set<Count> COUNTS = Collections.unmodifiableSet(EnumSet.of(
            Count.UNPRINTED, Count.RUNT, Count.UNMATCHED, Count.MALFORMED_HEADER, Count.FRAGMENT, Count.BAD_CHECKSUM));

    private final Responders responders;

    /** @param responders of the process, which the started ones enter */
    public ResponderType(Responders responders) {
        this.responders = responders;
    }

    @Override
    public String name() {
        return "responder";
    }

    @Override
    public int maxRx() {
        return 1;
    }

    @Override
    public int maxTx() {
        return 1;
    }

    @Override
    public Set<Count> counts() {
        return COUNTS;
    }

    @Override
    public StartedComponent start(String name, ComponentCounters counters, int burstCapacity) {
        return new StartedResponder(name, responders, counters, burstCapacity);
    }
}
