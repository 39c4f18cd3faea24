package io.jspp.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.jspp.patch.Patch;
import io.jspp.patch.PatchEnd;
import io.jspp.port.PortId;
import java.util.List;
import org.junit.jupiter.api.Test;

class StoredPatchesTest {
    @Test
    void shouldReadBackWhatItWrote() {
        StoredPatches configuration = new StoredPatches(
                List.of(PortId.parse("ring:0"), PortId.parse("vhost:12")),
                List.of(
                        new Patch(PatchEnd.parse("phy:0nq1"), PatchEnd.parse("ring:0")),
                        new Patch(PatchEnd.parse("phy:0nq0"), PatchEnd.parse("vhost:12nq3")),
                        new Patch(PatchEnd.parse("vhost:12"), PatchEnd.parse("vhost:12"))),
                true);
        assertEquals(
                "nfv 1\nadd ring:0\nadd vhost:12\npatch phy:0nq1 ring:0\npatch phy:0nq0 vhost:12nq3\npatch vhost:12 vhost:12\nforward\n",
                configuration.encode());
        assertEquals(configuration, StoredPatches.decode(configuration.encode()));
    }

    @Test
    void shouldLeaveOutWhatMakesNoSense() {
        StoredPatches configuration = StoredPatches.decode(
                "nfv 1\nadd\nadd x\nadd ring:1\npatch ring:1\npatch a b\nmirror ring:1\n\nadd ring:2 more\n");
        assertEquals(List.of(PortId.parse("ring:1")), configuration.added());
        assertEquals(List.of(), configuration.patches());
        assertFalse(configuration.running());
    }

    @Test
    void shouldTakeNothingOfAnotherVersion() {
        assertEquals(
                new StoredPatches(List.of(), List.of(), false), StoredPatches.decode("nfv 2\nadd ring:0\nforward\n"));
        assertEquals(new StoredPatches(List.of(), List.of(), false), StoredPatches.decode(""));
    }
}
