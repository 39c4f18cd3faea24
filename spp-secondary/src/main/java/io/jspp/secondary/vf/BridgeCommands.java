package io.jspp.secondary.vf;

import io.jspp.control.JsonWriter;
import io.jspp.control.Reply;
import io.jspp.net.MacAddress;
import io.jspp.secondary.component.ComponentGraph;
import io.jspp.secondary.component.bridge.Bridges;
import io.jspp.secondary.component.bridge.Bridges.Address;
import io.jspp.secondary.component.bridge.Bridges.Table;
import io.jspp.secondary.graph.GraphCommands;

/** The tables of a vf's bridges: their commands and their part of the status. What is learned is not kept for the next process. Control thread. */
final class BridgeCommands {
    /** Addresses beyond these are counted only, so that a reply stays within the longest one. */
    private static final int MAX_ADDRESSES = 10_000;

    private final Bridges bridges;

    BridgeCommands(ComponentGraph graph, Bridges bridges, GraphCommands commands) {
        this.bridges = bridges;
        commands.answering("bridge_table show", request -> {
                    Table table = bridges.table(request.argument("name"), MAX_ADDRESSES);
                    return Reply.status(json -> write(json, table));
                })
                .answering("bridge_table flush", request -> {
                    bridges.flush(request.argument("name"));
                    graph.rebuild(request.argument("name"));
                    return Reply.ok();
                });
    }

    private static void write(JsonWriter json, Table table) {
        writeSize(json, table);
        json.name("table").array();
        for (Address address : table.first()) {
            json.object()
                    .field("vlan", address.vlan())
                    .field("address", MacAddress.format(address.address()))
                    .field("port", address.port())
                    .field("age", address.ageSeconds())
                    .endObject();
        }
        json.endArray();
    }

    private static void writeSize(JsonWriter json, Table table) {
        json.field("name", table.name())
                .field("addresses", table.total())
                .field("capacity", table.capacity())
                .field("port_limit", table.portLimit());
        json.name("ports").array();
        table.ports()
                .forEach((port, addresses) -> json.object()
                        .field("port", port)
                        .field("addresses", addresses)
                        .endObject());
        json.endArray();
    }

    /** {@code bridges}: how many addresses each knows, and at which ports. */
    void writeSizes(JsonWriter json) {
        json.name("bridges").array();
        for (String name : bridges.names()) {
            json.object();
            writeSize(json, bridges.table(name, 0));
            json.endObject();
        }
        json.endArray();
    }
}
