package io.jspp.patch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.jspp.port.PortId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PatchEndTest {
    @Test
    void shouldReadTheFormsOfWireAndShell() {
        PortId phy = new PortId("phy", 0);
        assertEquals(PatchEnd.whole(phy), PatchEnd.parse("phy:0"));
        assertEquals(new PatchEnd(phy, 0), PatchEnd.parse("phy:0nq0"));
        assertEquals(new PatchEnd(phy, 1), PatchEnd.parse("phy:0nq1"));
        assertEquals(new PatchEnd(phy, 1), PatchEnd.parse("phy:0 nq 1"));
    }

    @Test
    void shouldShowAQueueAsSppDoesAndAWholePortByItsName() {
        assertEquals("phy:0", PatchEnd.parse("phy:0").toString());
        assertEquals("phy:0", PatchEnd.parse("phy:0").wire());
        assertEquals("phy:0 nq 0", PatchEnd.parse("phy:0nq0").toString());
        assertEquals("phy:0nq0", PatchEnd.parse("phy:0 nq 0").wire());
        assertEquals("phy:0 nq 1", PatchEnd.parse("phy:0nq1").toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "phy", "phy:", "phy:0nq", "phy:0nqx", "phy:0nq-1", "phy:0nq1024", "phy:0nq99999", "nq1"})
    void shouldRefuseWhatIsNoQueue(String text) {
        assertThrows(IllegalArgumentException.class, () -> PatchEnd.parse(text));
    }
}
