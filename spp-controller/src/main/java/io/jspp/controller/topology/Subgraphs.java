package io.jspp.controller.topology;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Ports that pictures show together, by label. Bounded. Thread-safe. */
public final class Subgraphs {
    /** Most subgraphs. */
    public static final int MAX = 256;

    /** Most ports in one. */
    public static final int MAX_PORTS = 256;

    private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9_.-]{1,32}");
    private static final Pattern PORT =
            Pattern.compile("[a-z][a-z0-9]{0,15}:[0-9]{1,9}( nq [0-9]{1,5})?(:[A-Za-z0-9_.-]{1,64})?");

    private final Map<String, List<String>> ports = new LinkedHashMap<>();

    /**
     * Adds one, or replaces the one with that label.
     *
     * @throws IllegalArgumentException with a sentence for the user
     */
    public synchronized void put(final String label, final List<String> members) {
        check(label, members);
        if (ports.size() == MAX && !ports.containsKey(label)) {
            throw new IllegalArgumentException("there are " + MAX + " subgraphs already");
        }
        ports.put(label, List.copyOf(members));
    }

    /** Removes one; false when there is none with that label. */
    public synchronized boolean remove(final String label) {
        return ports.remove(label) != null;
    }

    /** All of them now, in the order in which they came. */
    public synchronized Map<String, List<String>> all() {
        return new LinkedHashMap<>(ports);
    }

    private static void check(final String label, final List<String> members) {
        if (!LABEL.matcher(label).matches()) {
            throw new IllegalArgumentException("a label has 1 to 32 letters, digits, '_', '.' or '-'");
        }
        if (members.isEmpty() || members.size() > MAX_PORTS) {
            throw new IllegalArgumentException("a subgraph has 1 to " + MAX_PORTS + " ports");
        }
        for (final String port : members) {
            if (!PORT.matcher(port).matches()) {
                throw new IllegalArgumentException("ports are written TYPE:NUMBER, such as vhost:1");
            }
        }
    }
}
