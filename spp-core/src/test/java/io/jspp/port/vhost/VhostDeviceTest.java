package io.jspp.port.vhost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.linux.FileDescriptor;
import io.jspp.port.LocalPorts;
import io.jspp.port.Port;
import io.jspp.port.PortException;
import io.jspp.port.PortId;
import io.jspp.port.PortState;
import io.jspp.port.RxQueue;
import io.jspp.port.TxQueue;
import io.jspp.state.Cause;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A vhost port by {@code --vdev}: the primary's words, and a socket that lives from the first queue to the last. */
@Timeout(60)
class VhostDeviceTest {
    @TempDir
    Path directory;

    private LocalPorts ports;
    private int openBefore;

    @BeforeEach
    void begin() {
        openBefore = FileDescriptor.live();
        ports = new LocalPorts(directory);
    }

    @AfterEach
    void end() {
        assertEquals(Set.of(), ports.claimed());
        ports.close();
        assertEquals(openBefore, FileDescriptor.live(), "descriptors leaked");
    }

    @Test
    void shouldServeTheSocketFromTheFirstQueueToTheLast() {
        Path socket = directory.resolve("any name");
        PortId id = ports.device("net_vhost3", Map.of("iface", socket.toString()));
        assertEquals(new PortId("vhost", 3), id);
        assertTrue(ports.device(id).exclusive());
        try (Port port = ports.open(id)) {
            for (int round = 0; round < 2; round++) {
                assertEquals(PortState.down(Cause.UNUSED), port.state());
                assertEquals(Map.of(), port.facts());
                RxQueue rx = port.openRx(0);
                assertEquals(PortState.Phase.LISTENING, port.state().phase());
                assertEquals(Map.of("socket", socket.toString(), "role", "server"), port.facts());
                TxQueue tx = port.openTx(0);
                rx.close();
                assertTrue(Files.exists(socket));
                tx.close();
                assertFalse(Files.exists(socket));
            }
        }
    }

    @Test
    void shouldConnectWhenTheDeviceSaysSoAndEndWithThePort() {
        Map<String, String> words = new LinkedHashMap<>();
        words.put("iface", directory.resolve("s").toString());
        words.put("client", "1");
        words.put("tso", "1");
        Port port = ports.open(ports.device("net_vhost3", words));
        RxQueue rx = port.openRx(0);
        assertEquals(Cause.NOBODY_LISTENS.code(), port.state().code());
        assertEquals("client", port.facts().get("role"));
        rx.close();
        port.close();
    }

    @Test
    void shouldLeaveNoClaimWhenAQueueCannotBeOpened() {
        Map<String, String> words = Map.of("iface", directory.resolve("s").toString());
        try (Port port = ports.open(ports.device("net_vhost3", words))) {
            PortException refused = assertThrows(PortException.class, () -> port.openRx(1));
            assertTrue(refused.getMessage().contains("queues=2"), refused.getMessage());
            assertEquals(PortState.down(Cause.UNUSED), port.state());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "client, 1, iface= is missing",
        "queues, 0, queues=0",
        "client, 2, client=2",
        "color, red, unknown argument color=",
    })
    void shouldRefuseWordsThatMakeNoSense(String key, String value, String sentence) {
        Map<String, String> words = new LinkedHashMap<>();
        if (!sentence.startsWith("iface")) {
            words.put("iface", "/tmp/s");
        }
        words.put(key, value);
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> new VhostDeviceType().open("net_vhost0", words));
        assertTrue(e.getMessage().contains(sentence), e.getMessage());
    }

    @Test
    void shouldRefuseAPathThatIsTooLongForASocket() {
        Map<String, String> words = Map.of("iface", "/tmp/" + "x".repeat(120));
        assertThrows(IllegalArgumentException.class, () -> new VhostDeviceType().open("net_vhost0", words));
    }
}
