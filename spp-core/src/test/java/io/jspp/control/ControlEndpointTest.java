package io.jspp.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ControlEndpointTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"127.0.0.1:5555", "localhost:1", "ctl-1.example.org:65535", "[::1]:6666", "[fe80::1%eth0]:7"})
    void shouldTakeHostsAndPorts(final String text) {
        assertEquals(text, ControlEndpoint.parse(text).toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                "127.0.0.1",
                ":5555",
                "127.0.0.1:",
                "127.0.0.1:0",
                "127.0.0.1:65536",
                "127.0.0.1:x",
                "127.0.0.1:-1",
                "300.1.1.1:5555",
                "1.2.3:5555",
                "1.2.3.4.:5555",
                "::1:5555",
                "[127.0.0.1]:5555",
                "a b:1",
                "-x:1",
            })
    void shouldRefuseOthersWithASentence(final String text) {
        final IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> ControlEndpoint.parse(text));
        assertTrue(refusal.getMessage().contains(" is no "), refusal.getMessage());
    }
}
