package io.jspp.controller.state;

import io.jspp.control.ProcessKind;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** What a secondary is configured to do. */
public sealed interface SecondaryState {
    ProcessKind kind();

    /** Its lcores, main one first ({@code 0,2,3}); empty when they are not known. Not part of what is compared. */
    String lcores();

    /** An nfv. */
    record Nfv(String lcores, PanelState panel) implements SecondaryState {
        @Override
        public ProcessKind kind() {
            return ProcessKind.NFV;
        }
    }

    /**
     * A vf or mirror.
     *
     * @param components by name
     * @param entries of the classifiers: {@code mac MAC PORT}, {@code vlan VID MAC PORT}
     */
    record Graph(
            ProcessKind kind, String lcores, SortedMap<String, ComponentState> components, SortedSet<String> entries)
            implements SecondaryState {
        public Graph {
            components = Collections.unmodifiableSortedMap(new TreeMap<>(components));
            entries = Collections.unmodifiableSortedSet(new TreeSet<>(entries));
        }
    }

    /** A pcap with the port that it was started for. */
    record Pcap(String lcores, String port, boolean capturing) implements SecondaryState {
        @Override
        public ProcessKind kind() {
            return ProcessKind.PCAP;
        }
    }
}
