package io.jspp.secondary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.patch.Patch;
import io.jspp.patch.PatchEnd;
import io.jspp.port.PortId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StoredConfigurationTest {
    @Test
    void shouldReadBackWhatItWrote() {
        StoredConfiguration configuration = new StoredConfiguration(
                List.of(PortId.parse("ring:0"), PortId.parse("vhost:12")),
                List.of(
                        new Patch(PatchEnd.parse("phy:0nq1"), PatchEnd.parse("ring:0")),
                        new Patch(PatchEnd.parse("phy:0nq0"), PatchEnd.parse("vhost:12nq3")),
                        new Patch(PatchEnd.parse("vhost:12"), PatchEnd.parse("vhost:12"))),
                true);
        assertEquals(
                "nfv 1\nadd ring:0\nadd vhost:12\npatch phy:0nq1 ring:0\npatch phy:0nq0 vhost:12nq3\npatch vhost:12 vhost:12\nforward\n",
                configuration.encode());
        assertEquals(configuration, StoredConfiguration.decode(configuration.encode()));
    }

    @Test
    void shouldLeaveOutWhatMakesNoSense() {
        StoredConfiguration configuration = StoredConfiguration.decode(
                "nfv 1\nadd\nadd x\nadd ring:1\npatch ring:1\npatch a b\nmirror ring:1\n\nadd ring:2 more\n");
        assertEquals(List.of(PortId.parse("ring:1")), configuration.added());
        assertEquals(List.of(), configuration.patches());
        assertFalse(configuration.running());
    }

    @Test
    void shouldTakeNothingOfAnotherVersion() {
        assertEquals(
                new StoredConfiguration(List.of(), List.of(), false),
                StoredConfiguration.decode("nfv 2\nadd ring:0\nforward\n"));
        assertEquals(new StoredConfiguration(List.of(), List.of(), false), StoredConfiguration.decode(""));
    }

    @Test
    void shouldFitWhatIsLongIntoLittleRoom() {
        List<Patch> patches = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            patches.add(new Patch(PatchEnd.parse("vhost:" + i), PatchEnd.parse("ring:" + (500 - i))));
        }
        StoredConfiguration many = new StoredConfiguration(List.of(), patches, true);
        assertTrue(many.encode().length() > 2 * 4096);
        byte[] bytes = many.toBytes(4096);
        assertTrue(bytes.length <= 4096, bytes.length + " bytes");
        assertEquals(many, StoredConfiguration.ofBytes(bytes));
        bytes[bytes.length / 2] ^= 1;
        StoredConfiguration.ofBytes(bytes); // no exception: what is wrong is left out
        StoredConfiguration few = new StoredConfiguration(List.of(), patches.subList(0, 3), false);
        assertEquals(few, StoredConfiguration.ofBytes(few.toBytes(4096)));
    }
}
