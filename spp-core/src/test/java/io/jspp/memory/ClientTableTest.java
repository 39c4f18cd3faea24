package io.jspp.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ClientTableTest {
    private static byte[] content(int n) {
        byte[] bytes = new byte[n % (CommittedBytes.MAX_LENGTH + 1)];
        new Random(n).nextBytes(bytes);
        return bytes;
    }

    @Test
    void shouldGiveEachAttachmentAnEpoch() {
        try (NativeMemory memory = NativeMemory.allocate(4L * ClientTable.ENTRY)) {
            ClientTable table = new ClientTable(memory.address(), 4);
            assertEquals(ClientTable.State.NONE, table.get(3).state());
            assertEquals(1, table.attach(3, "nfv", 4711, 99L, 2));
            ClientTable.Client c = table.get(3);
            assertEquals(new ClientTable.Client(3, ClientTable.State.ATTACHED, 4711, 99L, 1, 2, "nfv"), c);
            table.configuration(3).commit(content(1000));
            table.end(3, ClientTable.State.DIED);
            assertEquals(ClientTable.State.DIED, table.get(3).state());
            assertEquals(2, table.attach(3, "sixteen-letters!", 4712, 100L, -1));
            assertEquals("sixteen-letters!", table.get(3).type());
            assertArrayEquals(content(1000), table.configuration(3).read());
            assertEquals(ClientTable.State.NONE, table.get(2).state());
            assertThrows(IndexOutOfBoundsException.class, () -> table.get(4));
            assertThrows(IllegalArgumentException.class, () -> table.attach(1, "seventeen-letters", 1, 1, -1));
            Memory.putInt(memory.address() + 3L * ClientTable.ENTRY, 1234);
            assertEquals(ClientTable.State.NONE, table.get(3).state());
        }
    }

    @Test
    void shouldNeverGiveEpochZero() {
        try (NativeMemory memory = NativeMemory.allocate(ClientTable.ENTRY)) {
            ClientTable table = new ClientTable(memory.address(), 1);
            for (int i = 1; i <= 0xffff; i++) {
                assertEquals(i, table.attach(0, "primary", 1, 1, 0));
            }
            assertEquals(1, table.attach(0, "primary", 1, 1, 0));
        }
    }

    @Test
    void shouldKeepTheOldContentWhenTheWriterDies() {
        for (ParkPoint point : new ParkPoint[] {ParkPoint.COMMIT_CLEARED, ParkPoint.COMMIT_WRITTEN}) {
            try (NativeMemory memory = NativeMemory.allocate(CommittedBytes.SIZE)) {
                CommittedBytes committed = new CommittedBytes(memory.address());
                assertNull(committed.read());
                for (int i = 0; i < 20; i++) {
                    committed.commit(content(100 + i));
                    assertTrue(ParkPoint.ENABLED);
                    ParkPoint.hook(p -> {
                        if (p == point) {
                            throw new IllegalStateException("killed");
                        }
                    });
                    assertThrows(IllegalStateException.class, () -> committed.commit(content(4000)));
                    ParkPoint.hook(p -> {});
                    assertArrayEquals(content(100 + i), committed.read());
                }
                committed.commit(new byte[0]);
                assertEquals(0, committed.read().length);
                committed.commit(new byte[CommittedBytes.MAX_LENGTH]);
                assertEquals(CommittedBytes.MAX_LENGTH, committed.read().length);
                assertThrows(IllegalArgumentException.class, () -> committed.commit(new byte[4097]));
                committed.clear();
                assertNull(committed.read());
            } finally {
                ParkPoint.hook(p -> {});
            }
        }
    }

    @Test
    void shouldBelieveNothingThatDoesNotAddUp() {
        Random random = new Random(9);
        try (NativeMemory memory = NativeMemory.allocate(CommittedBytes.SIZE)) {
            CommittedBytes committed = new CommittedBytes(memory.address());
            byte[] old = content(500);
            byte[] last = content(600);
            for (int i = 0; i < 2000; i++) {
                committed.clear();
                committed.commit(old);
                committed.commit(last);
                int offset = random.nextInt(CommittedBytes.SIZE / 4) * 4;
                Memory.putInt(memory.address() + (i % 2 == 0 ? offset : offset % 64), random.nextInt());
                byte[] read = committed.read();
                assertTrue(read == null || Arrays.equals(read, old) || Arrays.equals(read, last), "run " + i);
            }
        }
    }

    @Test
    void shouldShowReadersWholeContentsOnly() throws Exception {
        try (NativeMemory memory = NativeMemory.allocate(CommittedBytes.SIZE)) {
            CommittedBytes committed = new CommittedBytes(memory.address());
            committed.commit(content(1));
            AtomicBoolean stop = new AtomicBoolean();
            Thread writer = new Thread(() -> {
                for (int i = 1; i < 3000; i++) {
                    committed.commit(content(i));
                }
                stop.set(true);
            });
            writer.start();
            int seen = 0;
            while (!stop.get()) {
                byte[] read = committed.read();
                if (read != null) {
                    assertArrayEquals(content(read.length), read);
                    seen++;
                }
            }
            writer.join();
            assertTrue(seen > 0);
            assertArrayEquals(content(2999), committed.read());
        }
    }
}
