package io.jspp.controller.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.json.Json;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * OpenStack's networking-spp against our controller: every kind of request its agent makes ({@code networking_spp/agent/spp_api.py}),
 * with the bodies it makes. It fails on a status of 400 or more, and reads JSON from everything but a 204.
 */
@Tag("once")
class NetworkingSppReplayTest extends ReplayFixture {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "POST | /v1/vfs/2/components | {\"name\": \"fwd_0_tx\", \"core\": 2, \"type\": \"forward\"} | vf2 component start fwd_0_tx 2 forward",
                "POST | /v1/vfs/2/components | {\"name\": \"classifier\", \"core\": 3, \"type\": \"classifier\"} | vf2 component start classifier 3 classifier",
                "POST | /v1/vfs/2/components | {\"name\": \"merger\", \"core\": 4, \"type\": \"merge\"} | vf2 component start merger 4 merge",
                "PUT | /v1/vfs/2/components/merger/ports | {\"action\": \"attach\", \"port\": \"phy:0\", \"dir\": \"tx\"} | vf2 port add phy:0 tx merger",
                "PUT | /v1/vfs/2/components/fwd_0_tx/ports | {\"action\": \"attach\", \"port\": \"ring:1\", \"dir\": \"tx\", \"vlan\": {\"operation\": \"add\", \"id\": 101, \"pcp\": 0}} | vf2 port add ring:1 tx fwd_0_tx add_vlantag 101 0",
                "PUT | /v1/vfs/2/components/fwd_0_tx/ports | {\"action\": \"attach\", \"port\": \"vhost:0\", \"dir\": \"rx\", \"vlan\": {\"operation\": \"del\"}} | vf2 port add vhost:0 rx fwd_0_tx del_vlantag",
                "PUT | /v1/vfs/2/components/fwd_0_tx/ports | {\"action\": \"detach\", \"port\": \"vhost:0\", \"dir\": \"rx\"} | vf2 port del vhost:0 rx fwd_0_tx",
                "PUT | /v1/vfs/2/classifier_table | {\"action\": \"add\", \"type\": \"mac\", \"mac_address\": \"fa:16:3e:00:00:01\", \"port\": \"ring:0\"} | vf2 classifier_table add mac fa:16:3e:00:00:01 ring:0",
                "PUT | /v1/vfs/2/classifier_table | {\"action\": \"del\", \"type\": \"mac\", \"mac_address\": \"fa:16:3e:00:00:01\", \"port\": \"ring:0\"} | vf2 classifier_table del mac fa:16:3e:00:00:01 ring:0",
                "PUT | /v1/vfs/2/classifier_table | {\"action\": \"add\", \"type\": \"vlan\", \"mac_address\": \"fa:16:3e:00:00:01\", \"port\": \"ring:0\", \"vlan\": 101} | vf2 classifier_table add vlan 101 fa:16:3e:00:00:01 ring:0",
                "PUT | /v1/vfs/2/classifier_table | {\"action\": \"del\", \"type\": \"vlan\", \"mac_address\": \"fa:16:3e:00:00:01\", \"port\": \"ring:0\", \"vlan\": 101} | vf2 classifier_table del vlan 101 fa:16:3e:00:00:01 ring:0",
                "POST | /v1/mirrors/3/components | {\"name\": \"mirror_0\", \"core\": 2, \"type\": \"mirror\"} | mirror3 component start mirror_0 2 mirror",
                "PUT | /v1/mirrors/3/components/mirror_0/ports | {\"action\": \"attach\", \"port\": \"ring:0\", \"dir\": \"rx\"} | mirror3 port add ring:0 rx mirror_0",
                "PUT | /v1/mirrors/3/components/mirror_0/ports | {\"action\": \"attach\", \"port\": \"ring:1\", \"dir\": \"tx\", \"vlan\": {\"operation\": \"add\", \"id\": 5, \"pcp\": 0}} | mirror3 port add ring:1 tx mirror_0",
                "PUT | /v1/mirrors/3/components/mirror_0/ports | {\"action\": \"detach\", \"port\": \"ring:0\", \"dir\": \"rx\"} | mirror3 port del ring:0 rx mirror_0",
            })
    void shouldDoWhatTheAgentAsks(final String method, final String path, final String body, final String command)
            throws Exception {
        final HttpResponse<String> reply = ctl.send(method, path, body, "Content-Type", "application/json");
        assertEquals("204 ", reply.statusCode() + " " + reply.body());
        assertEquals(
                List.of(command.toLowerCase(Locale.ROOT)),
                List.of(processes.takeRequests().get(0).toLowerCase(Locale.ROOT)));
    }

    @Test
    void shouldShowTheAgentComponentsAndTheirPorts() throws Exception {
        final String status = "{\"client-id\": 2, \"ports\": [\"phy:0\", \"vhost:0\", \"ring:1\"], \"master-lcore\": 1,"
                + " \"components\": [{\"core\": 2, \"name\": \"fwd_0_tx\", \"type\": \"forward\", \"rx_port\": [{\"port\":"
                + " \"vhost:0\", \"vlan\": {\"operation\": \"del\", \"id\": 0, \"pcp\": 0}}], \"tx_port\": [{\"port\": \"ring:1\","
                + " \"vlan\": {\"operation\": \"add\", \"id\": 101, \"pcp\": 0}}]}], \"classifier_table\": []}";
        processes.status("vf2", status);
        final HttpResponse<String> reply = ctl.get("/v1/vfs/2");
        assertEquals("200 " + status, reply.statusCode() + " " + reply.body());
        final Map<String, Object> component = Json.asObject(
                Json.asArray(Json.asObject(Json.parse(reply.body())).get("components"))
                        .get(0));
        assertTrue(component.get("name").equals("fwd_0_tx") && component.get("rx_port") != null);
    }

    @Test
    void shouldFailAsTheAgentExpects() throws Exception {
        assertEquals(404, ctl.get("/v1/vfs/9").statusCode());
        processes.reply(
                "vf2",
                "port add vhost:0 rx nosuch",
                "{ \"results\": [ { \"result\": \"error\", \"error_details\": { \"message\": \"Invalid value (component name)\""
                        + " } } ] }");
        final HttpResponse<String> reply = ctl.send(
                "PUT",
                "/v1/vfs/2/components/nosuch/ports",
                "{\"action\": \"attach\", \"port\": \"vhost:0\", \"dir\": \"rx\"}");
        assertEquals("400 command error: Invalid value (component name)", reply.statusCode() + " " + reply.body());
    }
}
