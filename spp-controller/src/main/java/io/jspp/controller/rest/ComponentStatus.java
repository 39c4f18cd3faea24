package io.jspp.controller.rest;

import io.jspp.controller.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The status of a process with components, from the form it has on the wire to the one it has in REST. Stateless. */
final class ComponentStatus {
    /** Port types that SPP's processes list by number, in SPP's order. */
    private static final List<String> LISTED_TYPES = List.of("phy", "vhost", "ring");

    /** Ports of types that SPP's vf does not have, as whole words. */
    private static final String MORE_PORTS = "more_ports";

    private ComponentStatus() {}

    /**
     * SPP's members in SPP's order: {@code client-id ports master-lcore components classifier_table}, then all others.
     *
     * @param info null when the process sent none
     * @throws RestException 500 when there is none
     */
    static Map<String, Object> toRest(final Map<String, Object> info) throws RestException {
        if (info == null) {
            throw new RestException(500, "the process answered a status without \"info\"");
        }
        final Map<String, Object> others = new LinkedHashMap<>(info);
        final Map<String, Object> status = new LinkedHashMap<>();
        status.put("client-id", others.remove("client-id"));
        status.put("ports", ports(others));
        status.put("master-lcore", others.remove("master-lcore"));
        status.put("components", Json.asArray(others.remove("core")));
        final Object table = others.remove("classifier_table");
        if (table != null) {
            status.put("classifier_table", table);
        }
        status.putAll(others);
        return status;
    }

    private static List<String> ports(final Map<String, Object> info) {
        final List<String> ports = new ArrayList<>();
        for (final String type : LISTED_TYPES) {
            for (final Object number : Json.asArray(info.remove(type))) {
                ports.add(type + ':' + number);
            }
        }
        for (final Object port : Json.asArray(info.remove(MORE_PORTS))) {
            ports.add(String.valueOf(port));
        }
        return ports;
    }
}
