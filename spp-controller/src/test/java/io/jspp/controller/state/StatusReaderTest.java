package io.jspp.controller.state;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jspp.control.ProcessKind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StatusReaderTest {
    /** Whoever connects as a vf may answer anything. */
    @Test
    void shouldReadAResponderThatDoesNotTellItsAddress() {
        StatusReader reader = new StatusReader();
        reader.add(ProcessKind.PRIMARY, 0, Map.of());
        reader.add(
                ProcessKind.VF,
                1,
                Map.of(
                        "core",
                        List.of(Map.of("core", 2, "name", "r", "type", "responder")),
                        "responders",
                        List.of(Map.of(
                                "name",
                                "r",
                                "addresses",
                                List.of(Map.of("address", "10.0.0.1", "mac_address", "52:54:00:00:00:01"))))));
        SecondaryState.Graph vf =
                (SecondaryState.Graph) reader.read().secondaries().get(1);
        assertEquals(
                Map.of("10.0.0.1", "52:54:00:00:00:01"),
                vf.components().get("r").addresses());
    }
}
