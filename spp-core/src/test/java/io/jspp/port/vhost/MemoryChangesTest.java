package io.jspp.port.vhost;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.counters.DropReason;
import io.jspp.counters.QueueCounters;
import io.jspp.frontend.FrontendConfig;
import io.jspp.frontend.FrontendRegion;
import io.jspp.frontend.RegionGuest;
import io.jspp.linux.FileDescriptor;
import io.jspp.port.Port;
import io.jspp.testing.conformance.Conformance;
import io.jspp.testing.conformance.Feature;
import io.jspp.testing.conformance.Peer;
import io.jspp.virtio.Features;
import io.jspp.worker.IdleMode;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A guest gains and loses memory while frames pass through the rest of it: nothing is lost but what is in the memory that goes, whether front-ends tell it by
 * ADD_MEM_REG and REM_MEM_REG or by whole tables.
 */
@Timeout(120)
class MemoryChangesTest {
    private static final int REGION = 1 << 20;
    private static final long BASE = 4L << 30;
    private static final int ROUNDS = 12;
    private static final int BUFFERS = 64;

    /** Through each region that stays, before, while and after another changes. */
    private static final int FRAMES = 40;

    /** Offered from memory that is taken away at that very moment. */
    private static final int DOOMED = 24;

    @TempDir
    Path directory;

    private final Random random = new Random(11);
    private RegionGuest guest;
    private TestGuest peer;
    private TestPatch there;
    private TestPatch back;
    private FrontendRegion boot;
    private int fromGuest;
    private int toGuest;

    @ParameterizedTest
    @CsvSource({
        "false, true, false",
        "true, true, false",
        "false, false, false",
        "true, false, false",
        "false, true, true",
        "true, true, true",
        "true, false, true"
    })
    void shouldPassFramesWhileRegionsComeAndGo(boolean packed, boolean slots, boolean busy) throws Exception {
        Feature proved = slots ? Feature.MEMORY_SLOTS : Feature.MEMORY_TABLE;
        String name = "regions come and go, packed " + packed + ", busy " + busy;
        Conformance.prove(proved, Peer.FRONTEND, name, () -> {
            passFramesWhileRegionsComeAndGo(packed, slots, busy);
            return "";
        });
    }

    private void passFramesWhileRegionsComeAndGo(boolean packed, boolean slots, boolean busy) throws Exception {
        int openBefore = FileDescriptor.live();
        long mappedBefore = RegionGuest.mappings();
        try (VhostLab lab = new VhostLab(directory, false, busy ? IdleMode.BUSY : IdleMode.ADAPTIVE)) {
            Port left = lab.open(0);
            Port right = lab.open(1);
            there = lab.patch(left, right);
            back = lab.patch(right, left);
            long features = Features.VERSION_1 | Features.MRG_RXBUF | Features.EVENT_IDX;
            FrontendConfig config = FrontendConfig.connectTo(lab.socket(0))
                    .withFeatures(features | (packed ? Features.RING_PACKED : 0))
                    .withMemorySlots(slots);
            boot = region(0);
            try (RegionGuest a = new RegionGuest(config, List.of(boot), false).awaitUp();
                    TestGuest b = new TestGuest(FrontendConfig.connectTo(lab.socket(1))).awaitUp()) {
                guest = a;
                peer = b;
                VhostLab.awaitUp(left, right);
                guest.makeBuffers(boot, BUFFERS);
                for (int round = 1; round <= ROUNDS; round++) {
                    comeAndGo(round);
                }
                assertEquals(
                        "1 region, 1 MiB; "
                                + (slots
                                        ? "SET_MEM_TABLE 0, ADD_MEM_REG " + (1 + ROUNDS) + ", REM_MEM_REG " + ROUNDS
                                        : "SET_MEM_TABLE " + (1 + 2 * ROUNDS) + ", ADD_MEM_REG 0, REM_MEM_REG 0"),
                        left.facts().get("memory"));
                assertEquals(1, guest.session.connections());
            }
            assertTrue(lab.errors.isEmpty(), lab.errors::toString);
        }
        assertEquals(mappedBefore, RegionGuest.mappings(), "mappings left");
        assertEquals(openBefore, FileDescriptor.live(), "descriptors left");
    }

    /** With chains in flight from the memory that goes, in both directions. */
    private void comeAndGo(int round) {
        long before = RegionGuest.mappings();
        FrontendRegion fresh = region(round);
        exchange(boot, FRAMES);
        guest.session.memory().add(fresh);
        while (!guest.session.shares(fresh)) {
            exchange(boot, 1);
        }
        assertEquals(before + 2, RegionGuest.mappings(), "the guest's mapping and ours");
        guest.makeBuffers(fresh, BUFFERS);
        exchange(fresh, FRAMES);
        exchange(boot, FRAMES);

        long malformedRx = malformed(there.rx.counters());
        long malformedTx = malformed(back.tx.counters());
        int doomedTx = 0;
        for (int i = 0; i < DOOMED; i++) {
            assertTrue(guest.offer(fresh));
        }
        while (doomedTx < DOOMED && guest.send(frame(900), fresh)) {
            doomedTx++;
        }
        fromGuest += doomedTx;
        guest.session.memory().remove(fresh);
        for (int i = 0; i < DOOMED / 2; i++) {
            peer.send(frame(900));
            toGuest++;
        }
        VhostLab.await("the region is gone", () -> !guest.session.shares(fresh));
        assertEquals(before + 1, RegionGuest.mappings(), "the guest's mapping only");
        for (int i = DOOMED / 2; i < DOOMED; i++) {
            peer.send(frame(900));
            toGuest++;
        }
        // Each is a frame or is counted: those that came too late, as chains that lead nowhere.
        VhostLab.await("all sent", () -> guest.reclaim() >= fromGuest);
        for (int i = 0; i < DOOMED; i++) {
            RegionGuest.Received[] received = new RegionGuest.Received[1];
            VhostLab.await("chain " + i + " comes back", () -> (received[0] = guest.receive()) != null);
            assertEquals(List.of(fresh), received[0].regions());
        }
        awaitCounted();
        long lostRx = malformed(there.rx.counters()) - malformedRx;
        long lostTx = malformed(back.tx.counters()) - malformedTx;
        assertTrue(lostTx >= DOOMED / 2, "frames into memory that was gone: " + lostTx);
        for (long arrived = lostRx; arrived < doomedTx; arrived++) {
            assertEquals(900, peer.receive().length);
        }
        fresh.close();
        assertEquals(before, RegionGuest.mappings());
        exchange(boot, FRAMES);
        assertExact();
    }

    /** A worker counts what it has already published. */
    private void awaitCounted() {
        QueueCounters tx = back.tx.counters();
        VhostLab.await("all counted", () -> tx.packets() + malformed(tx) >= toGuest);
        QueueCounters passed = there.tx.counters();
        VhostLab.await("all counted", () -> passed.packets() + malformed(there.rx.counters()) >= fromGuest);
    }

    private void assertExact() {
        awaitCounted();
        assertEquals(fromGuest, there.rx.counters().packets() + malformed(there.rx.counters()));
        assertEquals(there.rx.counters().packets(), there.tx.counters().packets());
        assertEquals(toGuest, back.rx.counters().packets());
        assertEquals(toGuest, back.tx.counters().packets() + malformed(back.tx.counters()));
        assertEquals(malformed(there.rx.counters()), there.rx.counters().drops());
        assertEquals(malformed(back.tx.counters()), back.tx.counters().drops());
        assertEquals(0, there.tx.counters().drops() + back.rx.counters().drops());
    }

    private static long malformed(QueueCounters counters) {
        return counters.drops(DropReason.MALFORMED_CHAIN);
    }

    /** Frames each way by buffers of a region; each arrives as it was sent. */
    private void exchange(FrontendRegion region, int frames) {
        for (int i = 0; i < frames; i++) {
            byte[] frame = frame(60 + random.nextInt(1400));
            assertTrue(guest.send(frame, region));
            fromGuest++;
            assertArrayEquals(frame, peer.receive());
            assertTrue(guest.offer(region));
            frame = frame(60 + random.nextInt(1400));
            peer.send(frame);
            toGuest++;
            RegionGuest.Received[] received = new RegionGuest.Received[1];
            VhostLab.await("a frame", () -> (received[0] = guest.receive()) != null);
            assertFalse(received[0].unused(), "a buffer came back without a frame");
            assertArrayEquals(frame, received[0].frame());
            assertEquals(List.of(region), received[0].regions());
        }
    }

    private byte[] frame(int length) {
        byte[] frame = new byte[length];
        random.nextBytes(frame);
        ByteBuffer.wrap(frame).putShort(12, (short) 0x88b5);
        return frame;
    }

    /** A part of a file of its own, all over the guest's address space. */
    private static FrontendRegion region(int number) {
        long offset = number * 4096L;
        try (FileDescriptor file = RegionGuest.file(offset + REGION, 0)) {
            return FrontendRegion.map(file.duplicate(), offset, REGION, BASE * (1 + number % 3) + number * 0x100_0000L);
        }
    }
}
