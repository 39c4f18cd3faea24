package io.jspp.port.vhost;

import static io.jspp.vhostuser.ScriptedFrontend.table;
import static io.jspp.vhostuser.ScriptedFrontend.u64;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.frontend.FrontendConfig;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.port.Port;
import io.jspp.port.PortState;
import io.jspp.vhostuser.Requests;
import io.jspp.virtio.Features;
import io.jspp.worker.IdleMode;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Numbers 44 and 73 of the catalogue of bad inputs, beyond {@link VanishedMemoryTest}: what else of a guest can vanish under a worker. */
@Timeout(180)
class VanishedKindsTest {
    private static final int ROUNDS = 3;
    private static final int FRAMES = 100;
    private static final long FAR = HostileGuest.GUEST + (1L << 30);
    private static final long FAR_USER = HostileGuest.USER + (1L << 40);
    private static final long FAR_SIZE = 1 << 20;
    private static final long LOG_SIZE = (HostileGuest.GUEST + HostileGuest.SIZE) >>> 15;

    private enum Kind {
        PACKED_RINGS,
        DIRTY_LOG,
        DIRTY_LOG_OF_PACKED_RINGS,
        SECOND_REGION;

        long features() {
            long packed = this == PACKED_RINGS || this == DIRTY_LOG_OF_PACKED_RINGS ? Features.RING_PACKED : 0;
            long log = this == DIRTY_LOG || this == DIRTY_LOG_OF_PACKED_RINGS ? Features.LOG_ALL : 0;
            return Victim.PLAIN | packed | log;
        }
    }

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldTakeDownThatPortOnlyAndServeTheNextGuest(Kind kind) throws Exception {
        Holdings before = Holdings.now();
        try (VhostLab lab = new VhostLab(directory, false, IdleMode.ADAPTIVE)) {
            Victim victim = new Victim(lab, 0);
            Port left = lab.open(1);
            Port right = lab.open(2);
            lab.patch(left, right);
            lab.patch(right, left);
            try (TestGuest a = new TestGuest(FrontendConfig.connectTo(lab.socket(1))).awaitUp();
                    TestGuest b = new TestGuest(FrontendConfig.connectTo(lab.socket(2))).awaitUp()) {
                VhostLab.awaitUp(left, right);
                for (int round = 0; round < ROUNDS; round++) {
                    try (HostileGuest g = victim.guest(kind.features());
                            FileDescriptor other = Linux.memfdCreate(HostileGuest.FILE, 0)) {
                        vanish(kind, lab, victim, g, other);
                        VanishedMemoryTest.exchange(lab, a, b, 100);
                        assertTrue(g.f.ended(), "the session goes on");
                        VanishedMemoryTest.exchange(lab, a, b, 50);
                    }
                    VhostLab.await("listens", () -> victim.port.state().phase() == PortState.Phase.LISTENING);
                }
                assertEquals(PortState.UP, left.state());
                try (HostileGuest next = victim.started(Victim.PLAIN)) {
                    passes(lab, victim, next);
                }
            }
            for (Throwable error : lab.errors) {
                assertTrue(error instanceof InternalError, error.toString());
            }
        }
        assertEquals(before, Holdings.now());
    }

    /**
     * The error of memory that vanished may be reported when its guest is gone and this one's first frame is in the worker's hand,
     * {@link VanishedMemoryTest#exchange}. Then the second one passes.
     */
    private static void passes(VhostLab lab, Victim victim, HostileGuest guest) {
        boolean late = Runtime.version().feature() < 25;
        int faults = lab.faults();
        long delivered = victim.delivered();
        guest.send(60);
        guest.kick();
        VhostLab.await("a frame or an error", () -> victim.delivered() > delivered || late && lab.faults() > faults);
        if (victim.delivered() == delivered) {
            guest.passes();
        }
    }

    private static void vanish(Kind kind, VhostLab lab, Victim victim, HostileGuest g, FileDescriptor other) {
        switch (kind) {
            case PACKED_RINGS -> {
                g.start();
                passes(lab, victim, g);
                for (int i = 0; i < FRAMES; i++) {
                    g.send(60);
                }
                g.kick();
                g.truncate();
                g.kick();
            }
            case DIRTY_LOG, DIRTY_LOG_OF_PACKED_RINGS -> {
                Linux.ftruncate(other.value(), LOG_SIZE);
                g.f.send(Requests.SET_PROTOCOL_FEATURES, u64(g.f.get(Requests.GET_PROTOCOL_FEATURES)));
                g.f.send(Requests.SET_LOG_BASE, u64(LOG_SIZE, 0), other.value());
                g.f.reply(Requests.SET_LOG_BASE);
                g.start();
                passes(lab, victim, g);
                Linux.ftruncate(other.value(), 0);
                for (int i = 0; i < FRAMES; i++) {
                    g.send(60);
                }
                g.kick();
            }
            case SECOND_REGION -> {
                Linux.ftruncate(other.value(), FAR_SIZE);
                assertEquals(0, g.f.ask(Requests.SET_FEATURES, u64(g.features)));
                byte[] both = table(
                        2, HostileGuest.GUEST, HostileGuest.SIZE, HostileGuest.USER, 4096, FAR, FAR_SIZE, FAR_USER, 0);
                assertEquals(0, g.f.ask(Requests.SET_MEM_TABLE, both, g.file.value(), other.value()));
                g.describe(HostileGuest.RX);
                g.describe(HostileGuest.TX);
                g.refill();
                long taken = victim.taken();
                for (int i = 0; i < FRAMES; i++) {
                    if (i == 1) {
                        g.kick();
                        VhostLab.await("a frame from there", () -> victim.taken() > taken);
                        Linux.ftruncate(other.value(), 0);
                    }
                    g.descriptor(HostileGuest.TX, i, FAR + 4096L * i, 72, 0, 0);
                    g.offer(HostileGuest.TX, i);
                }
                g.kick();
            }
        }
    }
}
