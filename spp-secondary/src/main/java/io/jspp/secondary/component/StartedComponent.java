package io.jspp.secondary.component;

import io.jspp.worker.Component;
import java.util.List;

/**
 * One component from {@code start} to {@code stop}: what it knows stays here while its running form is made anew for every change of its ports.
 * Control thread.
 */
public interface StartedComponent extends AutoCloseable {
    /** Whether it can run with these ports; until then its sources are left alone. */
    boolean isComplete(List<Input> inputs, List<Output> outputs);

    /**
     * Gets ready for these tx ports, before {@link #build}.
     *
     * @throws GraphException when they contradict each other; nothing has changed then
     */
    default void prepare(List<Output> outputs) {}

    /** The running form for complete ports. */
    Component build(List<Input> inputs, List<Output> outputs);

    /** The last build is in use, or the attempt was given up: forgets all ports but these. */
    default void settle(List<Input> inputs, List<Output> outputs) {}

    /** Stopped; no worker runs it any more. */
    @Override
    void close();
}
