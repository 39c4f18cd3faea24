package io.jspp.controller.state;

import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Ports and patches of an nfv, or of the primary's forwarder. Immutable.
 *
 * @param running whether packets move
 * @param ports that were added; devices and pipes, which are there anyway, are not among them
 * @param patches source to destination, as people write them: {@code phy:0 nq 1}
 */
public record PanelState(boolean running, SortedSet<String> ports, SortedMap<String, String> patches) {
    public PanelState {
        ports = Collections.unmodifiableSortedSet(new TreeSet<>(ports));
        patches = Collections.unmodifiableSortedMap(new TreeMap<>(patches));
    }
}
