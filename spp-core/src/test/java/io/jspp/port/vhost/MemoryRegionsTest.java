package io.jspp.port.vhost;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.frontend.FrontendConfig;
import io.jspp.frontend.FrontendRegion;
import io.jspp.frontend.RegionGuest;
import io.jspp.linux.Constants;
import io.jspp.linux.FileDescriptor;
import io.jspp.port.Port;
import io.jspp.testing.Need;
import io.jspp.testing.Requires;
import io.jspp.testing.conformance.Conformance;
import io.jspp.testing.conformance.Feature;
import io.jspp.testing.conformance.Peer;
import io.jspp.virtio.Features;
import io.jspp.worker.IdleMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Guest memory of every shape that front-ends have: several regions, parts of one file, more than 2 GiB, above 4 GiB, small and huge pages. In each, frames
 * pass both ways, with chains in each region and through all of them. As a table and region by region.
 */
@Timeout(120)
class MemoryRegionsTest {
    private static final long GIB = 1L << 30;
    private static final int HUGE = 2 << 20;
    private static final int BUFFERS = 48;
    private static final long RINGS = 256 << 10;

    @TempDir
    Path directory;

    /** A guest's regions, fresh. */
    @FunctionalInterface
    private interface Shape {
        List<FrontendRegion> make();
    }

    private enum Pages {
        SMALL(() -> {
            try (FileDescriptor file = RegionGuest.file(1 << 20, 0)) {
                return List.of(part(file, 0, 1 << 20, 0));
            }
        }),
        /** As QEMU's q35: one file, what doesn't fit below the devices goes on at 4 GiB. */
        BELOW_AND_ABOVE_4_GIB(() -> {
            try (FileDescriptor file = RegionGuest.file(6 * GIB, 0)) {
                return List.of(part(file, 0, 2 * GIB, 0), part(file, 2 * GIB, 4 * GIB, 4 * GIB));
            }
        }),
        RINGS_ABOVE_4_GIB(() -> {
            try (FileDescriptor file = RegionGuest.file(6 * GIB, 0)) {
                return List.of(part(file, 2 * GIB, 4 * GIB, 4 * GIB), part(file, 0, 2 * GIB, 0));
            }
        }),
        /** Next to each other for the guest, and in the file in the opposite order. */
        NEIGHBOURS(() -> {
            try (FileDescriptor file = RegionGuest.file(3 * GIB, 0)) {
                return List.of(
                        part(file, 2 * GIB, GIB, 5 * GIB), part(file, GIB, GIB, 6 * GIB), part(file, 0, GIB, 7 * GIB));
            }
        }),
        /** All that a table can have, each a file of its own, offset by a page. */
        EIGHT_FILES(() -> {
            List<FrontendRegion> regions = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                try (FileDescriptor file = RegionGuest.file((1 << 20) + 4096, 0)) {
                    regions.add(part(file, 4096, 1 << 20, 100 * GIB - i * GIB));
                }
            }
            return regions;
        }),
        HUGE_PAGES(() -> {
            try (FileDescriptor file = RegionGuest.file(4 * HUGE, Constants.MFD_HUGETLB)) {
                return List.of(part(file, HUGE, HUGE, 4 * GIB), part(file, 3 * HUGE, HUGE, 0));
            }
        }),
        /** Most of the file has no pages and never gets any: there are not that many. */
        FEW_HUGE_PAGES_OF_A_LARGE_FILE(() -> {
            try (FileDescriptor file = RegionGuest.file(512 * GIB, Constants.MFD_HUGETLB)) {
                return List.of(part(file, 400 * GIB, HUGE, 4 * GIB), part(file, 100 * GIB, HUGE, GIB));
            }
        });

        final Shape shape;

        Pages(Shape shape) {
            this.shape = shape;
        }

        boolean huge() {
            return name().contains("HUGE");
        }

        List<Feature> features() {
            return switch (this) {
                case SMALL -> List.of();
                case BELOW_AND_ABOVE_4_GIB, RINGS_ABOVE_4_GIB -> List.of(Feature.SEVERAL_REGIONS, Feature.LARGE_MEMORY);
                case NEIGHBOURS, EIGHT_FILES -> List.of(Feature.SEVERAL_REGIONS);
                case HUGE_PAGES, FEW_HUGE_PAGES_OF_A_LARGE_FILE -> List.of(Feature.SEVERAL_REGIONS, Feature.HUGE_PAGES);
            };
        }
    }

    private static FrontendRegion part(FileDescriptor file, long offset, long length, long guest) {
        return FrontendRegion.map(file.duplicate(), offset, length, guest);
    }

    static Stream<Arguments> onSmallPages() {
        return cases(false);
    }

    static Stream<Arguments> onHugePages() {
        return cases(true);
    }

    private static Stream<Arguments> cases(boolean huge) {
        return Stream.of(Pages.values())
                .filter(pages -> pages.huge() == huge)
                .flatMap(pages -> Stream.of(false, true)
                        .flatMap(packed -> Stream.of(false, true).map(slots -> Arguments.of(pages, packed, slots))));
    }

    @ParameterizedTest(name = "{0} packed={1} slots={2}")
    @MethodSource("onSmallPages")
    void shouldPassFramesThroughRegionsOfSmallPages(Pages pages, boolean packed, boolean slots) throws Exception {
        prove(pages, packed, slots);
    }

    @ParameterizedTest(name = "{0} packed={1} slots={2}")
    @MethodSource("onHugePages")
    @Requires(Need.HUGEPAGES)
    void shouldPassFramesThroughRegionsOfHugePages(Pages pages, boolean packed, boolean slots) throws Exception {
        prove(pages, packed, slots);
    }

    private void prove(Pages pages, boolean packed, boolean slots) throws Exception {
        String name = "regions " + pages + ", packed " + packed + ", slots " + slots;
        Conformance.prove(pages.features(), Peer.FRONTEND, name, () -> {
            passFrames(pages, packed, slots);
            return "";
        });
    }

    private void passFrames(Pages pages, boolean packed, boolean slots) throws Exception {
        long features =
                Features.VERSION_1 | Features.MRG_RXBUF | Features.EVENT_IDX | (packed ? Features.RING_PACKED : 0);
        long indirect = slots ? Features.INDIRECT_DESC : 0;
        int openBefore = FileDescriptor.live();
        long mappedBefore = RegionGuest.mappings();
        try (VhostLab lab = new VhostLab(directory, false, IdleMode.ADAPTIVE)) {
            Port left = lab.open(0);
            Port right = lab.open(1);
            TestPatch there = lab.patch(left, right);
            TestPatch back = lab.patch(right, left);
            FrontendConfig config = FrontendConfig.connectTo(lab.socket(0))
                    .withFeatures(features | indirect)
                    .withMemorySlots(slots);
            FrontendConfig plain = FrontendConfig.connectTo(lab.socket(1));
            try (RegionGuest guest = new RegionGuest(config, pages.shape.make(), slots).awaitUp();
                    TestGuest peer = new TestGuest(plain).awaitUp()) {
                VhostLab.awaitUp(left, right);
                List<FrontendRegion> regions = guest.session.memory().regions();
                assertEquals(
                        message(regions.size(), slots),
                        left.facts().get("memory").replaceAll("^.*; ", ""));
                for (FrontendRegion region : regions) {
                    if (region.length() > RINGS) {
                        // Towards the end of the region: beyond 2 GiB of it, where it has that much.
                        region.allocate(region.length() - RINGS - (region == regions.get(0) ? RINGS : 0), 1);
                    }
                    guest.makeBuffers(region, BUFFERS);
                }
                exchange(guest, peer, regions);
                // A worker counts what it has already published.
                VhostLab.await("all counted", () -> back.tx.counters().packets() == 8 * regions.size() + 2);
                assertEquals(8 * regions.size() + 1, there.rx.counters().packets());
                assertEquals(0, there.rx.counters().drops() + back.tx.counters().drops());
            }
            VhostLab.await("listens", () -> left.facts().get("memory") == null);
            assertTrue(lab.errors.isEmpty(), lab.errors::toString);
        }
        assertEquals(mappedBefore, RegionGuest.mappings(), "mappings left");
        assertEquals(openBefore, FileDescriptor.live(), "descriptors left");
    }

    private static String message(int regions, boolean slots) {
        return slots
                ? "SET_MEM_TABLE 0, ADD_MEM_REG " + regions + ", REM_MEM_REG 0"
                : "SET_MEM_TABLE 1, ADD_MEM_REG 0, REM_MEM_REG 0";
    }

    /** By buffers of each region, then by chains through all of them; frames that take several receive buffers in different regions, too. */
    private static void exchange(RegionGuest guest, TestGuest peer, List<FrontendRegion> regions) {
        FrontendRegion[] all = regions.toArray(new FrontendRegion[0]);
        Random random = new Random(7);
        for (FrontendRegion region : regions) {
            for (int i = 0; i < 8; i++) {
                byte[] frame = frame(random, 60 + 200 * i);
                assertTrue(guest.send(frame, region));
                assertArrayEquals(frame, peer.receive());
                assertTrue(guest.offer(region));
                frame = frame(random, 60 + 200 * i);
                peer.send(frame);
                RegionGuest.Received received = receive(guest);
                assertArrayEquals(frame, received.frame());
                assertEquals(List.of(region), received.regions());
            }
        }
        byte[] frame = frame(random, 1514);
        assertTrue(guest.send(frame, all));
        assertArrayEquals(frame, peer.receive());
        for (FrontendRegion region : regions) {
            assertTrue(guest.offer(region));
        }
        frame = frame(random, regions.size() * RegionGuest.BUFFER - 12);
        peer.send(frame);
        RegionGuest.Received received = receive(guest);
        assertArrayEquals(frame, received.frame());
        assertEquals(regions, received.regions());
        assertTrue(guest.offer(all));
        frame = frame(random, regions.size() * RegionGuest.BUFFER - 12);
        peer.send(frame);
        assertArrayEquals(frame, receive(guest).frame());
    }

    private static RegionGuest.Received receive(RegionGuest guest) {
        RegionGuest.Received[] received = new RegionGuest.Received[1];
        VhostLab.await("a frame", () -> (received[0] = guest.receive()) != null);
        return received[0];
    }

    private static byte[] frame(Random random, int length) {
        byte[] frame = new byte[length];
        random.nextBytes(frame);
        return frame;
    }
}
