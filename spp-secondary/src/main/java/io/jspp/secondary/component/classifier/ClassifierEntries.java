package io.jspp.secondary.component.classifier;

import io.jspp.net.MacAddress;
import io.jspp.patch.PatchEnd;
import io.jspp.secondary.component.GraphException;
import io.jspp.secondary.component.GraphException.Subject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The classifier entries of one process, in the order in which they were added. As in SPP an entry belongs to a port, and works in the classifier
 * that has this port as tx. Control thread.
 */
public final class ClassifierEntries {
    /** The address of an entry for everything that has none: {@code default}. Not an address, so that none is taken for it. */
    public static final long DEFAULT = -1;

    /** The VLAN of an entry for untagged frames. */
    public static final int UNTAGGED = ClassifierTable.UNTAGGED;

    /**
     * One entry.
     *
     * @param vlan 0..4095, or {@link #UNTAGGED}
     * @param address destination, or {@link #DEFAULT}
     * @param port where such frames go
     */
    public record Entry(int vlan, long address, PatchEnd port) {
        public Entry {
            if (vlan < 0 || vlan > UNTAGGED || address < DEFAULT || address > MacAddress.BROADCAST) {
                throw new IllegalArgumentException("VLAN " + vlan + ", address " + address);
            }
        }

        /** {@code mac} or {@code vlan}, as status has it. */
        public String type() {
            return vlan == UNTAGGED ? "mac" : "vlan";
        }

        /** {@code 52:54:00:12:34:56}, {@code default}, {@code 101/52:54:00:12:34:58}; letters in upper case, as in SPP. */
        public String value() {
            String destination =
                    address == DEFAULT ? "default" : MacAddress.format(address).toUpperCase(Locale.ROOT);
            return vlan == UNTAGGED ? destination : vlan + "/" + destination;
        }
    }

    private final int maxPerPort;
    private final Set<Entry> entries = new LinkedHashSet<>();
    private final Map<PatchEnd, Set<Entry>> byPort = new HashMap<>();
    private final List<StartedClassifier> classifiers = new ArrayList<>();
    private long changes;

    /** @param maxPerPort entries a port may have; 1 in SPP */
    public ClassifierEntries(int maxPerPort) {
        this.maxPerPort = maxPerPort;
    }

    /** All entries. */
    public Collection<Entry> all() {
        return Collections.unmodifiableCollection(entries);
    }

    /** How often they have changed: who reads them bit by bit has read the same ones when this is the same. */
    public long changes() {
        return changes;
    }

    /**
     * Adds an entry; it works when this returns.
     *
     * @throws GraphException when it is there already, its port has enough, or the port's classifier has the address for another port
     */
    public void add(Entry entry) {
        Set<Entry> same = of(entry.port());
        if (entries.contains(entry)) {
            throw new GraphException(Subject.PORT, entry.value() + " is registered for " + entry.port() + " already");
        }
        if (same.size() >= maxPerPort) {
            throw new GraphException(
                    Subject.PORT,
                    entry.port() + " has " + same.size() + " entries, as many as classifier.entries.per.port allows");
        }
        for (StartedClassifier classifier : classifiers) {
            classifier.add(entry);
        }
        entries.add(entry);
        changes++;
        byPort.computeIfAbsent(entry.port(), port -> new LinkedHashSet<>()).add(entry);
    }

    /**
     * Removes an entry.
     *
     * @throws GraphException when there is no such entry
     */
    public void remove(Entry entry) {
        if (!entries.remove(entry)) {
            throw new GraphException(Subject.PORT, entry.value() + " is not registered for " + entry.port());
        }
        changes++;
        Set<Entry> same = byPort.get(entry.port());
        same.remove(entry);
        if (same.isEmpty()) {
            byPort.remove(entry.port());
        }
        classifiers.forEach(classifier -> classifier.remove(entry));
    }

    /** Entries of one port. */
    Set<Entry> of(PatchEnd port) {
        return byPort.getOrDefault(port, Set.of());
    }

    /** Forgets all entries of a port whose classifier was stopped. */
    void forget(PatchEnd port) {
        Set<Entry> gone = byPort.remove(port);
        if (gone != null) {
            entries.removeAll(gone);
            changes++;
        }
    }

    void register(StartedClassifier classifier) {
        classifiers.add(classifier);
    }

    void unregister(StartedClassifier classifier) {
        classifiers.remove(classifier);
    }
}
