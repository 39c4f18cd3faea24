package io.jspp.secondary.component.classifier;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * What one classifier knows: per (VLAN, address) a port, per VLAN a default port and the ports to flood. Ports are numbers that the classifier
 * gives. Changed by the control thread while the worker reads; every change takes effect between two frames.
 */
final class ClassifierTable {
    /** The VLAN of frames without a tag; a VLAN id of 4095 is another one. */
    static final int UNTAGGED = 4096;

    /** Answer for a frame that goes nowhere. */
    static final int NOWHERE = -1;

    /** Answer for a frame that goes to all ports of {@link #flood}. */
    static final int FLOOD = -2;

    private static final int[] NO_PORTS = {};

    /** All that is known of one VLAN but its addresses. Immutable. */
    private static final class Vlan {
        final int defaultPort;
        /** Ports with an entry in this VLAN, the default's included; entries per port in {@link #entries}. */
        final int[] ports;

        final int[] entries;

        Vlan(int defaultPort, int[] ports, int[] entries) {
            this.defaultPort = defaultPort;
            this.ports = ports;
            this.entries = entries;
        }
    }

    private final MacTable addresses = new MacTable();
    private final AtomicReferenceArray<Vlan> vlans = new AtomicReferenceArray<>(UNTAGGED + 1);

    MacTable addresses() {
        return addresses;
    }

    /**
     * Where a frame whose address has no entry goes: the port of its VLAN's default, else of the default for untagged frames; a group address
     * floods its VLAN. Worker thread.
     *
     * @return a port, {@link #FLOOD} or {@link #NOWHERE}
     */
    int fallback(int vlanIndex, boolean group) {
        Vlan vlan = vlans.getAcquire(vlanIndex);
        if (vlan != null) {
            if (group) {
                return FLOOD;
            }
            if (vlan.defaultPort != NOWHERE) {
                return vlan.defaultPort;
            }
        }
        return untaggedDefault();
    }

    /** Ports of a VLAN that is flooded, its default's included. Worker thread. */
    int[] flood(int vlanIndex) {
        Vlan vlan = vlans.getAcquire(vlanIndex);
        return vlan == null ? NO_PORTS : vlan.ports;
    }

    /** Port of the default for untagged frames, or {@link #NOWHERE}. */
    int untaggedDefault() {
        Vlan vlan = vlans.getAcquire(UNTAGGED);
        return vlan == null ? NOWHERE : vlan.defaultPort;
    }

    /** Adds an address. Control thread, as all that follows. */
    void putAddress(int vlanIndex, long address, int port) {
        long key = MacTable.key(vlanIndex, address);
        int former = addresses.get(key);
        if (former != port) {
            addresses.put(key, port);
            count(vlanIndex, port, 1, defaultPort(vlanIndex));
            if (former != MacTable.ABSENT) {
                count(vlanIndex, former, -1, defaultPort(vlanIndex));
            }
        }
    }

    void removeAddress(int vlanIndex, long address) {
        long key = MacTable.key(vlanIndex, address);
        int former = addresses.get(key);
        if (former != MacTable.ABSENT) {
            addresses.remove(key);
            count(vlanIndex, former, -1, defaultPort(vlanIndex));
        }
    }

    void putDefault(int vlanIndex, int port) {
        int former = defaultPort(vlanIndex);
        if (former != port) {
            count(vlanIndex, port, 1, port);
            if (former != NOWHERE) {
                count(vlanIndex, former, -1, port);
            }
        }
    }

    void removeDefault(int vlanIndex) {
        int former = defaultPort(vlanIndex);
        if (former != NOWHERE) {
            count(vlanIndex, former, -1, NOWHERE);
        }
    }

    /** Port of a VLAN's default, or {@link #NOWHERE}. */
    int defaultPort(int vlanIndex) {
        Vlan vlan = vlans.getPlain(vlanIndex);
        return vlan == null ? NOWHERE : vlan.defaultPort;
    }

    /** Publishes a VLAN in which a port has some entries more or less. */
    private void count(int vlanIndex, int port, int change, int defaultPort) {
        Vlan old = vlans.getPlain(vlanIndex);
        int[] ports = old == null ? NO_PORTS : old.ports;
        int[] entries = old == null ? NO_PORTS : old.entries;
        int at = 0;
        while (at < ports.length && ports[at] != port) {
            at++;
        }
        if (at == ports.length) {
            ports = Arrays.copyOf(ports, at + 1);
            entries = Arrays.copyOf(entries, at + 1);
            ports[at] = port;
        } else {
            entries = entries.clone();
        }
        entries[at] += change;
        if (entries[at] == 0) {
            ports = without(ports, at);
            entries = without(entries, at);
        }
        vlans.setRelease(vlanIndex, ports.length == 0 ? null : new Vlan(defaultPort, ports, entries));
    }

    private static int[] without(int[] array, int index) {
        int[] shorter = Arrays.copyOf(array, array.length - 1);
        System.arraycopy(array, index + 1, shorter, index, shorter.length - index);
        return shorter;
    }
}
