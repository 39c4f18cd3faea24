package io.jspp.secondary.component.bridge;

import io.jspp.secondary.component.GraphException;
import io.jspp.secondary.component.GraphException.Subject;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The bridges of a process by name, for commands and status. Control thread. */
public final class Bridges {
    private final Map<String, StartedBridge> bridges = new LinkedHashMap<>();

    /**
     * An address that a bridge knows.
     *
     * @param vlan 0 for untagged frames
     * @param port as the operator named it
     * @param ageSeconds since it was seen
     */
    public record Address(int vlan, long address, String port, int ageSeconds) {}

    /**
     * What a bridge knows.
     *
     * @param total addresses
     * @param capacity addresses it can know
     * @param portLimit addresses it may know at one port
     * @param ports addresses known at each port from which it learns, by the ports' names
     * @param first some of the addresses, in order
     */
    public record Table(
            String name, int total, int capacity, int portLimit, Map<String, Integer> ports, List<Address> first) {}

    /** Names of all, in the order in which they were started. */
    public Collection<String> names() {
        return Collections.unmodifiableCollection(bridges.keySet());
    }

    /**
     * The table of a bridge.
     *
     * @param most addresses to list
     * @throws GraphException when there is no such bridge
     */
    public Table table(String name, int most) {
        return find(name).table(System.nanoTime(), most);
    }

    /** Forgets all addresses as soon as the bridge's worker gets a plan made from now on. */
    public void flush(String name) {
        find(name).flush();
    }

    private StartedBridge find(String name) {
        StartedBridge bridge = bridges.get(name);
        if (bridge == null) {
            throw new GraphException(Subject.COMPONENT_NAME, "no bridge " + name + " runs here");
        }
        return bridge;
    }

    void add(String name, StartedBridge bridge) {
        bridges.put(name, bridge);
    }

    void remove(String name) {
        bridges.remove(name);
    }
}
