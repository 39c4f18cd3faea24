package io.jspp.controller.state;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A component. Immutable.
 *
 * @param rx ports it receives from
 * @param tx ports it sends to; their order counts for a mirror only
 * @param addresses that a responder answers for, each with its MAC address or an empty text for the responder's own
 * @param print whether a responder prints
 */
public record ComponentState(
        String name,
        int core,
        String type,
        List<Use> rx,
        List<Use> tx,
        SortedMap<String, String> addresses,
        boolean print) {
    static final String MIRROR = "mirror";
    static final String CLASSIFIER = "classifier";
    static final String RESPONDER = "responder";

    public ComponentState {
        rx = List.copyOf(rx);
        tx = List.copyOf(tx);
        addresses = Collections.unmodifiableSortedMap(new TreeMap<>(addresses));
    }

    /**
     * A port in one direction.
     *
     * @param port as people write it
     * @param vlan empty, {@code add_vlantag VID PCP} or {@code del_vlantag}
     */
    public record Use(String port, String vlan) {
        @Override
        public String toString() {
            return vlan.isEmpty() ? port : port + ' ' + vlan;
        }
    }

    /** Whether the order of its tx ports means something. */
    boolean ordered() {
        return type.equals(MIRROR);
    }
}
