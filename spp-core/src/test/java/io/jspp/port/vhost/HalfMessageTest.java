package io.jspp.port.vhost;

import static io.jspp.vhostuser.ScriptedFrontend.message;
import static io.jspp.vhostuser.ScriptedFrontend.u64;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.frontend.FrontendConfig;
import io.jspp.linux.Constants;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.port.Port;
import io.jspp.port.PortState;
import io.jspp.vhostuser.Requests;
import io.jspp.vhostuser.ScriptedFrontend;
import io.jspp.worker.IdleMode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** While a message hangs half received on one port, a guest comes up on another one of the same process. Row 12 of the catalogue of bad inputs. */
@Timeout(120)
class HalfMessageTest {
    /** More than a guest takes that has the process for itself: a thread that waits for the missing bytes does so for two seconds. */
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(1);

    /** Such a thread would delay each guest, a busy machine one or the other. */
    private static final int ATTEMPTS = 3;

    @TempDir
    private Path directory;

    private VhostLab lab;
    private Victim first;
    private Port second;

    @BeforeEach
    void open() throws Exception {
        lab = new VhostLab(directory, false, IdleMode.ADAPTIVE);
        first = new Victim(lab, 0);
        second = lab.open(1);
        lab.patch(second, second);
        comesUpNs(); // loads what is loaded once
    }

    @AfterEach
    void close() throws Exception {
        lab.close();
        assertTrue(lab.errors.isEmpty(), lab.errors::toString);
    }

    /** Cut in the header's request, flags and size, behind the header, and in the payload. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4, 7, 8, 11, 12, 13, 19})
    void shouldBringUpAGuestWhileAMessageHangs(int bytes) throws Exception {
        delaysNobody(message(Requests.SET_FEATURES, 9, u64(Victim.PLAIN)), bytes);
    }

    /** Its descriptor comes with the first byte. */
    @ParameterizedTest
    @ValueSource(ints = {1, 11, 12, 20, 51})
    void shouldBringUpAGuestWhileAMemoryTableHangs(int bytes) throws Exception {
        try (FileDescriptor file = Linux.memfdCreate(HostileGuest.FILE, 0)) {
            Linux.ftruncate(file.value(), HostileGuest.SIZE * 2);
            delaysNobody(message(Requests.SET_MEM_TABLE, 9, HostileGuest.memoryTable()), bytes, file.value());
        }
    }

    private void delaysNobody(byte[] whole, int bytes, int... descriptors) throws Exception {
        long laterNs = Long.MAX_VALUE;
        for (int i = 0; i < ATTEMPTS && laterNs >= LIMIT_NS; i++) {
            long aloneNs = comesUpNs();
            try (ScriptedFrontend half = first.connect()) {
                half.get(Requests.GET_FEATURES); // it is served
                half.raw(Arrays.copyOf(whole, bytes), descriptors);
                laterNs = comesUpNs() - aloneNs;
                if (laterNs < LIMIT_NS) {
                    // It was waited for all the time.
                    assertEquals(0, Linux.pollOne(half.socket.value(), Constants.POLLIN, 0), "answered, or ended");
                    half.raw(Arrays.copyOfRange(whole, bytes, whole.length));
                    assertEquals(0, half.reply(whole[0]));
                }
            }
            VhostLab.await("listens", () -> first.port.state().phase() == PortState.Phase.LISTENING);
        }
        assertTrue(laterNs < LIMIT_NS, "a guest came up " + laterNs / 1_000_000 + " ms later");
    }

    /** Until a guest of the second port has its first frame back. */
    private long comesUpNs() throws Exception {
        byte[] frame = new byte[100];
        Arrays.fill(frame, (byte) 7);
        long begunNs = System.nanoTime();
        long tookNs;
        try (TestGuest guest = new TestGuest(FrontendConfig.connectTo(lab.socket(1))).awaitUp()) {
            guest.send(frame);
            assertArrayEquals(frame, guest.receive());
            tookNs = System.nanoTime() - begunNs;
        }
        VhostLab.await("listens", () -> second.state().phase() == PortState.Phase.LISTENING);
        return tookNs;
    }
}
