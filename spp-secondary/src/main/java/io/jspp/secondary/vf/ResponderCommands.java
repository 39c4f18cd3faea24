package io.jspp.secondary.vf;

import io.jspp.control.CommandRequest;
import io.jspp.control.IpAddresses;
import io.jspp.control.JsonWriter;
import io.jspp.net.MacAddress;
import io.jspp.secondary.component.responder.Responders;
import io.jspp.secondary.graph.GraphCommands;
import java.nio.ByteBuffer;

/** The responders of a vf: their commands, their lines in the kept configuration and their part of the status. Control thread. */
final class ResponderCommands {
    private static final String ON = "on";

    private final Responders responders;

    ResponderCommands(Responders responders, GraphCommands commands) {
        this.responders = responders;
        commands.on("responder add", request -> responders.add(name(request), address(request), null))
                .on(
                        "responder add mac",
                        request -> responders.add(
                                name(request), address(request), MacAddress.parse(request.argument("mac"))))
                .on("responder del", request -> responders.remove(name(request), address(request)))
                .on(
                        "responder print",
                        request -> responders.print(
                                name(request), request.argument("state").equals(ON)))
                .keep(this::appendLines);
    }

    private static String name(CommandRequest request) {
        return request.argument("name");
    }

    private static byte[] address(CommandRequest request) {
        return IpAddresses.parse(request.argument("address"));
    }

    private void appendLines(StringBuilder text) {
        for (Responders.View responder : responders.all()) {
            responder
                    .macs()
                    .forEach((address, mac) -> text.append("responder add ")
                            .append(responder.name())
                            .append(' ')
                            .append(text(address))
                            .append(mac == responder.mac() ? "" : ' ' + MacAddress.format(mac))
                            .append('\n'));
            if (responder.printing()) {
                text.append("responder print ").append(responder.name()).append(" on\n");
            }
        }
    }

    private static String text(ByteBuffer address) {
        return IpAddresses.format(address.array());
    }

    /** {@code responders}: what each answers for. */
    void write(JsonWriter json) {
        json.name("responders").array();
        for (Responders.View responder : responders.all()) {
            json.object()
                    .field("name", responder.name())
                    .field("mac_address", MacAddress.format(responder.mac()))
                    .field("print", responder.printing() ? ON : "off")
                    .name("addresses")
                    .array();
            responder
                    .macs()
                    .forEach((address, mac) -> json.object()
                            .field("address", text(address))
                            .field("mac_address", MacAddress.format(mac))
                            .endObject());
            json.endArray().endObject();
        }
        json.endArray();
    }
}
