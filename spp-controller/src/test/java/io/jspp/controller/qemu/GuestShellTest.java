package io.jspp.controller.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jspp.controller.process.LiveProcess;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The other end of the guest's second serial port, as this test plays it. */
class GuestShellTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    /** A machine that is there as long as the test. */
    private static final class Machine implements LiveProcess {
        @Override
        public String name() {
            return "machine";
        }

        @Override
        public boolean isAlive() {
            return true;
        }

        @Override
        public String tail() {
            return "";
        }
    }

    private static void answer(SocketChannel guest, int lines) {
        try (guest;
                BufferedReader in = new BufferedReader(Channels.newReader(guest, StandardCharsets.US_ASCII));
                BufferedWriter out = new BufferedWriter(Channels.newWriter(guest, StandardCharsets.US_ASCII))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                out.write("\nRUN\n");
                for (int i = 0; i < (line.endsWith("yes") ? lines : 1); i++) {
                    out.write(line.endsWith("sign") ? "EXIT through the gift shop\n" : "y\n");
                }
                out.write("\nEXIT 7\n");
                out.flush();
            }
        } catch (IOException closed) {
            // The shell has what it wanted.
        }
    }

    @Test
    void shouldKeepNoMoreOfAGuestsOutputThanAnybodyReads() throws IOException {
        Path socket = directory.resolve("guest.cmd");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            try (GuestShell shell = new GuestShell("guest", socket, new Machine(), directory.resolve("console"))) {
                SocketChannel guest = server.accept();
                Thread thread = new Thread(() -> answer(guest, 200_000), "guest");
                thread.start();
                QemuGuest.Result endless = shell.run("yes", LIMIT);
                assertEquals(7, endless.exitCode());
                assertEquals(50_000, endless.output().lines().count(), 2);
                assertEquals("y", shell.run("echo y", LIMIT).output());
                assertEquals(new QemuGuest.Result("EXIT through the gift shop", 7), shell.run("cat sign", LIMIT));
            }
        }
    }
}
