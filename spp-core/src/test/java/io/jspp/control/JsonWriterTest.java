package io.jspp.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class JsonWriterTest {
    /** The primary's status as SPP sends it. */
    @Test
    void shouldWriteNestedObjectsInCallOrder() {
        final JsonWriter json = new JsonWriter()
                .object()
                .field("master-lcore", 0)
                .field("lcores", new int[] {0, 1})
                .name("forwarder")
                .object()
                .field("status", "idling")
                .field("ports", List.of("phy:0"))
                .name("patches")
                .array()
                .object()
                .field("src", "phy:0")
                .field("dst", "ring:0")
                .endObject()
                .endArray()
                .endObject()
                .name("phy_ports")
                .array()
                .endArray()
                .field("up", true)
                .field("cause", (String) null)
                .endObject();
        assertEquals(
                "{\"master-lcore\":0,\"lcores\":[0,1],\"forwarder\":{\"status\":\"idling\",\"ports\":[\"phy:0\"],"
                        + "\"patches\":[{\"src\":\"phy:0\",\"dst\":\"ring:0\"}]},\"phy_ports\":[],\"up\":true,\"cause\":null}",
                json.toString());
    }

    @Test
    void shouldEscapeWhateverIsNoPlainAscii() {
        assertEquals(
                "\"a\\\"b\\\\c\\n\\r\\t\\u0000\\u001b\\u007f\\u00e4\\ud800\\u202e\"",
                new JsonWriter()
                        .value("a\"b\\c\n\r\t\0\u001b\u007f\u00e4\ud800\u202e")
                        .toString());
    }
}
