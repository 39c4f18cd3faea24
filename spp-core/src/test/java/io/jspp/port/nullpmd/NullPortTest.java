package io.jspp.port.nullpmd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.mbuf.Burst;
import io.jspp.port.LocalPorts;
import io.jspp.port.Port;
import io.jspp.port.PortException;
import io.jspp.port.PortId;
import io.jspp.port.RxQueue;
import io.jspp.port.TxQueue;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NullPortTest {
    @TempDir
    Path directory;

    @Test
    void shouldBeASourceOf64ByteFramesAndASink() {
        LocalPorts ports = new LocalPorts(directory);
        Port port = ports.open(PortId.parse("nullpmd:7"));
        Burst burst = new Burst();
        try (RxQueue rx = port.openRx(0);
                TxQueue tx = port.openTx(0)) {
            assertThrows(PortException.class, () -> port.openRx(0));
            assertEquals(burst.capacity(), rx.rxBurst(burst));
            assertEquals(64, burst.length[burst.capacity() - 1]);
            assertTrue(rx.arm());
            assertEquals(burst.capacity(), tx.txBurst(burst));
            tx.flush();
            rx.release(burst);
            assertEquals(64L * burst.capacity(), tx.counters().bytes());
        }
        assertEquals(0, ports.claimed().size());
        assertEquals(0, ports.countersInUse());
    }

    @Test
    void shouldFollowItsDeviceArguments() {
        try (LocalPorts ports = new LocalPorts(directory)) {
            Port silent = ports.open(ports.device("net_null1", Map.of("no-rx", "1")));
            Port big = ports.open(ports.device("net_null2", Map.of("size", "1514")));
            Burst burst = new Burst();
            try (RxQueue none = silent.openRx(0);
                    RxQueue frames = big.openRx(3)) {
                assertEquals(0, none.rxBurst(burst));
                frames.rxBurst(burst);
                assertEquals(1514, burst.length[0]);
            }
            assertThrows(IllegalArgumentException.class, () -> ports.device("net_null3", Map.of("size", "1")));
            assertThrows(PortException.class, () -> big.openTx(16));
        }
    }
}
