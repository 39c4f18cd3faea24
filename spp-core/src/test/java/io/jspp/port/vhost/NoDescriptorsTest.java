package io.jspp.port.vhost;

import static io.jspp.vhostuser.ScriptedFrontend.message;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.linux.Errno;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.linux.LinuxException;
import io.jspp.port.PortState;
import io.jspp.vhostuser.Closers;
import io.jspp.vhostuser.Requests;
import io.jspp.vhostuser.ScriptedFrontend;
import io.jspp.worker.IdleMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Number 215 of the catalogue of bad inputs: no descriptor is left when a front-end connects, or sends one. The guests that are there go on, nothing
 * is kept, and when there are descriptors again the port serves again.
 */
@Timeout(120)
class NoDescriptorsTest {
    private static final int SPARE = 256;
    private static final String LIMIT = "Max open files";

    @TempDir
    Path directory;

    /** All that this process may still open. */
    private static final class Hoard implements AutoCloseable {
        private final List<FileDescriptor> all = new ArrayList<>();

        Hoard(FileDescriptor of) {
            try {
                while (true) {
                    all.add(of.duplicate());
                }
            } catch (LinuxException e) {
                assertEquals(Errno.EMFILE, e.errno());
            }
        }

        void giveBackOne() {
            all.remove(all.size() - 1).close();
        }

        @Override
        public void close() {
            FileDescriptor.closeAll(all);
        }
    }

    private static void limit(String descriptors) throws Exception {
        String[] command = {"prlimit", "--pid", Integer.toString(Linux.getpid()), "--nofile=" + descriptors + ":"};
        assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor());
    }

    private static String softLimit() throws Exception {
        for (String line : Files.readAllLines(Path.of("/proc/self/limits"))) {
            if (line.startsWith(LIMIT)) {
                return line.substring(LIMIT.length()).strip().split(" +")[0];
            }
        }
        throw new AssertionError("no " + LIMIT);
    }

    @Test
    void shouldHarmNobodyAndServeAgainWhenThereAreDescriptorsAgain() throws Exception {
        Holdings atFirst = Holdings.now();
        String before = softLimit();
        try (VhostLab lab = new VhostLab(directory, false, IdleMode.ADAPTIVE);
                FileDescriptor event = Linux.eventfd()) {
            Victim victim = new Victim(lab, 0);
            Bystanders bystanders = new Bystanders(lab, 1, 2);
            serve(victim);
            Holdings idle = Holdings.now();
            bystanders.begin();
            limit(Integer.toString(Holdings.kernelDescriptors() + SPARE));
            try {
                whenConnecting(victim, event);
                serve(victim);
                whenSending(victim, event);
                serve(victim);
            } finally {
                limit(before);
            }
            bystanders.assertUnharmed();
            assertEquals(idle, Holdings.now());
            bystanders.close();
            assertTrue(lab.errors.isEmpty(), lab.errors::toString);
        }
        assertEquals(atFirst, Holdings.now());
    }

    private static void whenConnecting(Victim victim, FileDescriptor event) {
        try (Hoard hoard = new Hoard(event)) {
            hoard.giveBackOne();
            try (ScriptedFrontend f = victim.connect()) {
                assertTrue(f.ended(), "accepted with no descriptor");
            }
        }
    }

    private static void whenSending(Victim victim, FileDescriptor event) {
        try (ScriptedFrontend f = victim.connect()) {
            f.get(Requests.GET_FEATURES);
            try (Hoard hoard = new Hoard(event)) {
                f.raw(message(Requests.SET_MEM_TABLE, 9, HostileGuest.memoryTable()), event.value());
                assertTrue(f.ended(), "goes on with a descriptor that was lost");
            }
        }
    }

    private static void serve(Victim victim) {
        VhostLab.await("listens", () -> victim.port.state().phase() == PortState.Phase.LISTENING);
        try (HostileGuest guest = victim.started(Victim.PLAIN)) {
            guest.passes();
        }
        VhostLab.await("listens", () -> victim.port.state().phase() == PortState.Phase.LISTENING);
        Closers.awaitIdle();
    }
}
