package io.jspp.patch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.jspp.port.PortId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueueIdTest {
    @Test
    void shouldReadTheFormsOfWireAndShell() {
        assertEquals(new QueueId(new PortId("phy", 0), 0), QueueId.parse("phy:0"));
        assertEquals(new QueueId(new PortId("phy", 0), 1), QueueId.parse("phy:0nq1"));
        assertEquals(new QueueId(new PortId("phy", 0), 1), QueueId.parse("phy:0 nq 1"));
    }

    @Test
    void shouldShowTheQueueAsSppDoes() {
        assertEquals("phy:0", QueueId.parse("phy:0nq0").toString());
        assertEquals("phy:0 nq 0", QueueId.parse("phy:0nq0").withQueue());
        assertEquals("phy:0 nq 1", QueueId.parse("phy:0nq1").toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "phy", "phy:", "phy:0nq", "phy:0nqx", "phy:0nq-1", "phy:0nq1024", "phy:0nq99999", "nq1"})
    void shouldRefuseWhatIsNoQueue(String text) {
        assertThrows(IllegalArgumentException.class, () -> QueueId.parse(text));
    }
}
