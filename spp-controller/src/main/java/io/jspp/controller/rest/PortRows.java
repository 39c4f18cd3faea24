package io.jspp.controller.rest;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The ports in a process's status, each with whose it is. Stateless. */
final class PortRows {
    /** Where a secondary lists its ports, and the primary its devices and rings. */
    private static final List<String> MEMBERS = List.of("port_states", "devices", "rings");

    private PortRows() {}

    /** {@code {"type":"nfv","client-id":1,"port":"vhost:0","state":"down","code":…,"cause":…,"next":…}}, one for each port. */
    static List<Map<String, Object>> of(final StatusCollector.Answer answer) {
        final List<Map<String, Object>> rows = new ArrayList<>();
        for (final String member : MEMBERS) {
            for (final Map<String, Object> port : answer.objects(member)) {
                if (port.get("port") instanceof String) {
                    final Map<String, Object> row = answer.head();
                    row.putAll(port);
                    rows.add(row);
                }
            }
        }
        return rows;
    }
}
