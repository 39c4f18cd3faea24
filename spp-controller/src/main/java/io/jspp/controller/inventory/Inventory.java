package io.jspp.controller.inventory;

import io.jspp.control.ProcessKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The connected processes by client id, in the order in which the ids first appeared. Client ids are shared by all kinds of
 * secondary, as in SPP; the primary has its own place. Thread-safe.
 */
public final class Inventory {
    private static final int PRIMARY_KEY = 0;
    /** Port types that SPP's own processes, which announce none, may have. */
    private static final List<String> SPP_PORT_TYPES =
            List.of("phy", "vhost", "ring", "pcap", "nullpmd", "tap", "memif", "pipe");

    private final Map<Integer, ProcessEntry> entries = new LinkedHashMap<>();

    /** Adds a process; returns the one that had its place, or null. */
    public synchronized ProcessEntry put(final ProcessEntry entry) {
        return entries.put(key(entry), entry);
    }

    /** Removes this process, unless another has taken its place; returns whether it was there. */
    public synchronized boolean remove(final ProcessEntry entry) {
        return entries.remove(key(entry), entry);
    }

    /** Puts back a process that was removed, unless another has taken its place meanwhile; returns whether it is there. */
    public synchronized boolean restore(final ProcessEntry entry) {
        return entries.putIfAbsent(key(entry), entry) == null;
    }

    /** The connected primary, or null. */
    public synchronized ProcessEntry primary() {
        return entries.get(PRIMARY_KEY);
    }

    /** The secondary of this kind and id, or null. */
    public synchronized ProcessEntry secondary(final ProcessKind kind, final int clientId) {
        final ProcessEntry entry = entries.get(clientId);
        return entry != null && entry.kind() == kind && kind.isSecondary() ? entry : null;
    }

    /** All of them now. */
    public synchronized List<ProcessEntry> all() {
        return List.copyOf(entries.values());
    }

    /** Every port type that some process may know. */
    public synchronized Set<String> portTypes() {
        final Set<String> types = new TreeSet<>(SPP_PORT_TYPES);
        entries.values().forEach(entry -> types.addAll(entry.portTypes()));
        return types;
    }

    private static int key(final ProcessEntry entry) {
        return entry.kind().isSecondary() ? entry.clientId() : PRIMARY_KEY;
    }
}
