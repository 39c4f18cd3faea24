package io.jspp.controller.state;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the primary is configured to do.
 *
 * @param forwarder null when it has none
 * @param pipes by name
 * @param flows rules by port, in the order in which they were made
 */
public record PrimaryState(PanelState forwarder, SortedMap<String, Pipe> pipes, SortedMap<String, List<Flow>> flows) {
    public PrimaryState {
        pipes = Collections.unmodifiableSortedMap(new TreeMap<>(pipes));
        flows = Collections.unmodifiableSortedMap(new TreeMap<>(flows));
    }

    /** Two rings that are a port. */
    public record Pipe(String rx, String tx) {}

    /**
     * A flow rule.
     *
     * @param id the primary's number, -1 when it has none yet
     * @param words canonical
     */
    public record Flow(int id, String words) {}
}
