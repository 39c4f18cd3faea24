package io.jspp.primary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.port.Direction;
import io.jspp.port.PortException;
import io.jspp.port.PortId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PipesTest {
    private static final int RINGS = 4;

    private final Pipes pipes = new Pipes();

    private void add(String id, String rx, String tx) {
        pipes.add(PortId.parse(id), PortId.parse(rx), PortId.parse(tx), RINGS);
    }

    @Test
    void shouldJoinTwoRingsAndKeepThemForTheNextPrimary() {
        add("pipe:7", "ring:0", "ring:1");
        add("pipe:7", "ring:0", "ring:1");
        add("pipe:2", "ring:1", "ring:0");
        assertEquals(0, pipes.ring(PortId.parse("pipe:7"), Direction.RX));
        assertEquals(1, pipes.ring(PortId.parse("pipe:7"), Direction.TX));
        assertEquals(-1, pipes.ring(PortId.parse("pipe:0"), Direction.RX));
        assertEquals(List.of("pipe 2 1 0", "pipe 7 0 1"), pipes.lines());
        Pipes next = new Pipes();
        pipes.lines().forEach(line -> next.resume(line, RINGS));
        next.resume("patch phy:0 ring:1", RINGS);
        assertEquals(pipes.lines(), next.lines());
        pipes.delete(PortId.parse("pipe:2"));
        assertEquals(List.of("pipe 7 0 1"), pipes.lines());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pipe:1 | ring:2 | ring:2 | add pipe:1: ring:2 is named twice, a pipe joins two rings",
                "pipe:1 | ring:2 | ring:4 | there is no ring:4, the primary made ring:0 to ring:3",
                "pipe:1 | phy:0 | ring:1 | there is no phy:0",
                "pipe:0 | ring:2 | ring:3 | it is there with ring:0 and ring:1: del pipe:0 first",
                "pipe:1 | ring:0 | ring:3 | pipe:0 has ring:0 to receive from and ring:1 to send to already",
                "pipe:1 | ring:2 | ring:1 | pipe:0 has ring:0 to receive from and ring:1 to send to already",
            })
    void shouldRefuseWhatIsNoPipe(String id, String rx, String tx, String sentence) {
        add("pipe:0", "ring:0", "ring:1");
        PortException refused = assertThrows(PortException.class, () -> add(id, rx, tx));
        assertTrue(refused.getMessage().contains(sentence), refused.getMessage());
        assertEquals(List.of("pipe 0 0 1"), pipes.lines());
    }

    @Test
    void shouldRefuseToDeleteWhatIsNotThere() {
        PortException absent = assertThrows(PortException.class, () -> pipes.delete(PortId.parse("pipe:3")));
        assertEquals("del pipe:3: there is no such pipe", absent.getMessage());
    }
}
