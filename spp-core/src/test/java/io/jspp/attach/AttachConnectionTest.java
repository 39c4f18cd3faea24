package io.jspp.attach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.jspp.linux.Constants;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.linux.Sockets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AttachConnectionTest {
    private int liveBefore;
    private AttachConnection here;
    private AttachConnection there;

    @BeforeEach
    void open() {
        liveBefore = FileDescriptor.live();
        FileDescriptor[] pair = Sockets.socketpair(Constants.SOCK_SEQPACKET);
        here = new AttachConnection(pair[0]);
        there = new AttachConnection(pair[1]);
    }

    @AfterEach
    void close() {
        here.close();
        there.close();
        assertEquals(liveBefore, FileDescriptor.live(), "open descriptors");
    }

    @Test
    void shouldCarryRecordsAndDescriptors() throws AttachException {
        try (FileDescriptor eventfd = Linux.eventfd()) {
            here.send(AttachMessage.of("claim", "ring:0").with("seq", 1), List.of(eventfd));
            AttachConnection.Received received = there.receive(1000);
            assertEquals("claim ring:0 seq=1", received.message().toString());
            Linux.eventfdWrite(received.descriptors().get(0).value());
            assertEquals(8, Linux.eventfdRead(eventfd.value()), "bytes of a counter that was written");
            FileDescriptor.closeAll(received.descriptors());
        }
        assertNull(there.receive(0));
        assertNull(there.receive(1));
    }

    @Test
    void shouldKeepMessagesApart() throws AttachException {
        String big = "x".repeat(60_000);
        here.send(AttachMessage.of("first", big), List.of());
        here.send(AttachMessage.of("second"), List.of());
        assertEquals(big, there.receive(1000).message().word(1));
        assertEquals("second", there.receive(1000).message().verb());
        assertThrows(IllegalArgumentException.class, () -> here.send(AttachMessage.of("x".repeat(70_000)), List.of()));
    }

    @Test
    void shouldTellTheEndOfThePeer() {
        there.close();
        assertEquals(
                AttachException.UNREACHABLE,
                assertThrows(AttachException.class, () -> here.receive(1000)).code());
        assertEquals(
                AttachException.UNREACHABLE,
                assertThrows(AttachException.class, () -> here.send(AttachMessage.of("hello"), List.of()))
                        .code());
    }

    @Test
    void shouldCloseDescriptorsThatCameWithNonsense() {
        try (FileDescriptor junk = Linux.eventfd()) {
            byte[] nonsense = {1, 2, 3};
            Sockets.send(here.fd(), nonsense, 0, 3, new int[] {junk.value(), junk.value()}, 0);
            int before = FileDescriptor.live();
            assertEquals(
                    AttachException.MALFORMED,
                    assertThrows(AttachException.class, () -> there.receive(1000))
                            .code());
            assertEquals(before, FileDescriptor.live());
        }
    }

    @Test
    void shouldGiveUpOnAPeerThatTakesNothing() {
        AttachMessage big = AttachMessage.of("x".repeat(60_000));
        AttachException refusal = assertThrows(AttachException.class, () -> {
            for (int i = 0; i < 100; i++) {
                here.send(big, List.of());
            }
        });
        assertEquals(AttachException.UNREACHABLE, refusal.code());
    }

    @Test
    void shouldKnowThePeer(@TempDir Path directory) {
        assertEquals(Linux.getpid(), here.peer().pid());
        try (FileDescriptor pidfd = here.peerPidfd()) {
            assertEquals(0, Linux.pollOne(pidfd.value(), Constants.POLLIN, 0));
        }
        AttachException absent =
                assertThrows(AttachException.class, () -> AttachConnection.connect(directory.resolve("primary.sock")));
        assertEquals("no primary at " + directory.resolve("primary.sock") + " (ENOENT)", absent.getMessage());
    }
}
