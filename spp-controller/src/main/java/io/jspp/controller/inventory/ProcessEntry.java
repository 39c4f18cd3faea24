package io.jspp.controller.inventory;

import io.jspp.control.ProcessKind;
import java.util.List;

/**
 * A connected process.
 *
 * @param kind what it is
 * @param clientId 1..127; 0 for the primary
 * @param portTypes names of the port types it announced; empty for SPP's own processes
 * @param link the way to it
 */
public record ProcessEntry(ProcessKind kind, int clientId, List<String> portTypes, ProcessLink link) {
    public ProcessEntry {
        portTypes = List.copyOf(portTypes);
    }

    /** {@code nfv 1}, {@code primary}. */
    public String label() {
        return kind.isSecondary() ? kind.wireName() + ' ' + clientId : kind.wireName();
    }
}
