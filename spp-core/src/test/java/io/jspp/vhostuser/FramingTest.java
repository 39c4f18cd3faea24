package io.jspp.vhostuser;

import static io.jspp.vhostuser.ScriptedFrontend.message;
import static io.jspp.vhostuser.ScriptedFrontend.table;
import static io.jspp.vhostuser.ScriptedFrontend.u64;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.linux.FileDescriptor;
import io.jspp.linux.LinuxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Messages that break the rules of their transport: framing, sizes, descriptors, silence. Numbers are those of the catalogue of bad inputs. */
@Timeout(180)
class FramingTest extends SessionLab {
    @Test
    void shouldEndAConnectionWhoseFramingIsBroken() {
        for (int request : new int[] {0, 41, 1000, 4096, -1, Requests.GET_CONFIG, Requests.GPU_SET_SOCKET}) {
            assertEnds("1 2 82 request " + request, message(request, 1, new byte[NO_BYTES]));
        }
        for (int flags : new int[] {0, 2, 3, 5, 0x11, 0xfffffff1}) {
            assertEnds("3 4 flags " + flags, message(Requests.GET_FEATURES, flags, new byte[NO_BYTES]));
        }
        for (int size : new int[] {4096, 65536, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            byte[] bytes = new byte[12 + Math.max(0, Math.min(size, 65536))];
            ByteBuffer.wrap(bytes)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(1)
                    .putInt(1)
                    .putInt(size);
            assertEnds("5 6 size " + size, bytes);
        }
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 100; i++) {
            byte[] noise = new byte[4096];
            random.nextBytes(noise);
            assertEnds("15 noise, seed " + seed, noise);
        }
    }

    @Test
    void shouldEndAConnectionWithPayloadsOfTheWrongSize() {
        for (MessageType type : MessageType.values()) {
            for (int size : new int[] {0, 7, 9, 16, 39, 41, 500}) {
                int request = requestOf(type);
                Message probe = new Message(request, 1, new byte[size], new java.util.ArrayList<>());
                try {
                    type.check(probe);
                } catch (RequestRefused e) {
                    assertEnds("7 8 9 " + type + " of " + size, message(request, 1, new byte[size]));
                }
            }
        }
    }

    private static int requestOf(MessageType type) {
        for (int request = 1; request < 64; request++) {
            if (MessageType.of(request) == type) {
                return request;
            }
        }
        throw new AssertionError(type);
    }

    @Test
    void shouldSurviveADisconnectAfterEveryByteOfAMessageWithADescriptor() {
        // 10, 11
        try (FileDescriptor file = memfd(MEMORY)) {
            byte[] bytes = message(Requests.SET_MEM_TABLE, 1, table(1, 0, MEMORY, USER, 0));
            for (int n = 1; n < bytes.length; n++) {
                try (ScriptedFrontend f = new ScriptedFrontend(path)) {
                    f.raw(Arrays.copyOf(bytes, n), file.value());
                }
            }
        }
        try (ScriptedFrontend f = new ScriptedFrontend(path)) {
            likeQemu(f);
            awaitUp();
        }
    }

    @Test
    void shouldEndAConnectionThatDoesNotFinishItsMessage() {
        // 12
        try (ScriptedFrontend f = new ScriptedFrontend(path)) {
            f.raw(Arrays.copyOf(message(Requests.SET_FEATURES, 1, u64(QEMU)), 13));
            assertTrue(f.ended());
        }
    }

    @Test
    void shouldCloseDescriptorsNobodyAskedFor() {
        // 18, 19, 20, 21
        try (FileDescriptor file = memfd(MEMORY)) {
            for (int count : new int[] {1, 2, 8, 9, 200}) {
                int[] many = new int[count];
                Arrays.fill(many, file.value());
                for (int request = 1; request <= 40; request++) {
                    int size = request == Requests.SET_VRING_ADDR ? 40 : 8;
                    byte[] payload = new byte[size];
                    try (ScriptedFrontend f = new ScriptedFrontend(path)) {
                        endedOrServed(f, message(request, 1, payload), many);
                    }
                }
            }
        }
        await("all closed", () -> FileDescriptor.live() <= openBefore + 5);
    }

    private static void endedOrServed(ScriptedFrontend f, byte[] message, int[] descriptors) {
        try {
            f.raw(message, descriptors);
            f.get(Requests.GET_FEATURES);
        } catch (AssertionError | LinuxException e) {
            // ended, as most of these must be
        }
    }

    @Test
    void shouldEndAConnectionThatNeverReadsItsReplies() {
        // 84
        try (ScriptedFrontend f = new ScriptedFrontend(path)) {
            assertTrue(f.endedWithUnreadReplies());
        }
        try (ScriptedFrontend f = new ScriptedFrontend(path)) {
            likeQemu(f);
            awaitUp();
        }
    }

    @Test
    void shouldKeepTheFrontEndItHasWhenOthersCome() {
        // 13, 14
        try (ScriptedFrontend silent = new ScriptedFrontend(path)) {
            try (ScriptedFrontend f = new ScriptedFrontend(path)) {
                likeQemu(f);
                awaitUp();
                assertTrue(silent.ended(), "a silent one makes room");
                for (int i = 0; i < 200; i++) {
                    try (ScriptedFrontend other = new ScriptedFrontend(path)) {
                        assertTrue(other.ended());
                    }
                }
                assertEquals(0xf, f.get(Requests.GET_STATUS));
                assertNotNull(user.queue(0));
            }
        }
    }
}
