package io.jspp.primary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.attach.AttachClient;
import io.jspp.config.ExitCode;
import io.jspp.linux.FileDescriptor;
import io.jspp.port.Direction;
import io.jspp.port.PortId;
import io.jspp.testing.Need;
import io.jspp.testing.Patience;
import io.jspp.testing.Requires;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A real primary and real secondaries: claims, death, resumption, adoption of memory. */
@Timeout(120)
class AttachProcessTest extends PrimaryProcesses {
    private static String mempool(Socket primary) throws Exception {
        String status = PrimaryFixture.ask(primary, "status");
        return status.replaceFirst(".*\"mempool\":\\{(.*?),\"hugepages.*", "$1");
    }

    /** Asks for the status until it contains a text. */
    private static String awaitStatus(Socket primary, String text) throws Exception {
        long deadline = System.nanoTime() + 20_000_000_000L;
        String status;
        do {
            status = PrimaryFixture.ask(primary, "status");
            if (status.contains(text)) {
                return status;
            }
        } while (System.nanoTime() < deadline);
        throw new AssertionError("no " + text + " in " + status);
    }

    @Tag("once")
    @Test
    void shouldRefuseTheSecondClaimantAndNameTheFirst() throws Exception {
        fixture.primary("--vdev net_null0", "").awaitOut("primary ready: nullpmd:0, ring:0..ring:3");
        ChildJvm first = fixture.secondary(1);
        ChildJvm second = fixture.secondary(2);
        first.awaitOut("attached epoch 1");
        second.awaitOut("attached epoch 1");
        assertEquals("granted 1 {eventfd=0, leased=1536}", sorted(first.ask("claim ring:0 tx")));
        assertEquals("leased 1536", first.ask("leased 0"));
        String refusal = second.ask("claim ring:0 tx");
        assertEquals(
                "refused: ring:0 tx is in use by nfv 1 (pid " + first.pid() + "): take it out of its patches first",
                refusal);
        assertEquals("granted 1 {eventfd=0, leased=0}", sorted(second.ask("claim ring:0 rx")));
        assertTrue(first.ask("claim nullpmd:0 rx").startsWith("granted"), "a device");
        assertTrue(second.ask("claim nullpmd:0 tx").startsWith("granted"), "the other direction");
        assertEquals(
                "refused: ring:4 rx: the primary has ring:0..ring:3 with one queue each (its option -n)",
                second.ask("claim ring:4 rx"));
        assertEquals(
                "refused: phy:7: no device, add --vdev net_af_packet7,iface=… to the primary",
                second.ask("claim phy:7 rx"));
        assertTrue(second.ask("claim vhost:3 rx").startsWith("granted 0"), "a port that the secondary makes itself");
        assertEquals("released", first.ask("release ring:0 tx"));
        assertTrue(second.ask("claim ring:0 tx").startsWith("granted 1"), "free again");
        assertTrue(second.ask("devices").contains("nullpmd:0"), "lists the devices");
    }

    private static String sorted(String grant) {
        return grant.replace("{leased=1536, eventfd=0}", "{eventfd=0, leased=1536}")
                .replace("{leased=0, eventfd=0}", "{eventfd=0, leased=0}");
    }

    @Tag("once")
    @Test
    void shouldRefuseAClientIdInUse() throws Exception {
        fixture.primary("", "").awaitOut("primary ready");
        ChildJvm first = fixture.secondary(1);
        first.awaitOut("attached");
        ChildJvm second = fixture.secondary(1);
        assertEquals(ExitCode.REFUSED, second.awaitExit());
        assertTrue(
                second.allErr().contains("client id 1 is in use by nfv 1 (pid " + first.pid() + ")"),
                "names the holder");
        assertEquals("true", first.ask("attached").split(" ")[0]);
    }

    @Test
    void shouldTakeBackEverythingOfAKilledSecondaryAndResumeItsConfiguration() throws Exception {
        ChildJvm primary = fixture.primary("", "--mbufs 8192");
        try (Socket controller = fixture.acceptPrimary()) {
            primary.awaitOut("primary ready");
            ChildJvm killed = fixture.secondary(1);
            killed.awaitOut("attached epoch 1");
            assertTrue(killed.ask("claim ring:0 tx").startsWith("granted"), "tx");
            assertTrue(killed.ask("claim ring:1 rx").startsWith("granted"), "rx");
            assertEquals("committed", killed.ask("commit patch,ring:1,ring:0"));
            assertEquals(
                    "\"size\":8192,\"free\":6656,\"held\":1536,\"in_ring\":0,\"in_return\":0,\"kernel\":0",
                    mempool(controller));
            killed.kill();
            primary.awaitOut("nfv 1 (pid " + killed.pid()
                    + ") died: ring:0 tx, ring:1 rx released, 1536 mbufs back in the pool");
            assertEquals(
                    "\"size\":8192,\"free\":8192,\"held\":0,\"in_ring\":0,\"in_return\":0,\"kernel\":0",
                    mempool(controller));

            ChildJvm next = fixture.secondary(1);
            next.awaitOut("attached epoch 2 resumes");
            assertEquals("patch,ring:1,ring:0", next.ask("committed"));
            assertTrue(next.ask("claim ring:0 tx").startsWith("granted"), "free again");
            assertEquals("forgotten", next.ask("forget"));
            next.close();

            ChildJvm last = fixture.secondary(1);
            assertEquals("attached epoch 3", last.awaitOut("attached"));
            assertEquals("nothing", last.ask("committed"));
            assertEquals("committed", last.ask("commit x"));
            last.kill();
            ChildJvm fresh = fixture.secondary(1, "fresh");
            assertEquals("attached epoch 4", fresh.awaitOut("attached"));
            assertEquals("nothing", fresh.ask("committed"));
        }
        assertEquals("", errors(primary));
    }

    private static String errors(ChildJvm primary) throws InterruptedException {
        primary.terminate();
        primary.awaitExit();
        return primary.allErr();
    }

    @Tag("once")
    @Test
    void shouldKillASecondaryThatLetGoOfItsConnectionButGoesOn() throws Exception {
        ChildJvm primary = fixture.primary("", "");
        primary.awaitOut("primary ready");
        ChildJvm mute = fixture.start(
                MuteSecondary.class,
                fixture.runDirectory().resolve("primary.sock").toString(),
                "5");
        mute.awaitOut("connection closed");
        primary.awaitErr("nfv 5 (pid " + mute.pid() + ") closed its connection but goes on: killing it");
        assertEquals(137, mute.awaitExit());
        primary.awaitOut("nfv 5 (pid " + mute.pid() + ") died");
    }

    /** Numbers 167 to 169 of the catalogue of bad inputs: who is stopped lives, and keeps what is its own. */
    @Tag("once")
    @Test
    void shouldNotTakeAStoppedSecondaryForDead() throws Exception {
        ChildJvm primary = fixture.primary("", "");
        primary.awaitOut("primary ready");
        ChildJvm stopped = fixture.secondary(1);
        stopped.awaitOut("attached epoch 1");
        assertTrue(stopped.ask("claim ring:0 tx").startsWith("granted"));
        signal(stopped, "-STOP");
        ChildJvm other = fixture.secondary(2);
        other.awaitOut("attached epoch 1");
        assertTrue(other.ask("claim ring:0 tx").contains("in use by nfv 1 (pid " + stopped.pid() + ")"), "kept");
        assertTrue(other.ask("claim ring:1 tx").startsWith("granted"), "others are served");
        assertEquals("released", other.ask("release ring:1 tx"));
        signal(stopped, "-CONT");
        assertEquals("true", stopped.ask("attached").split(" ")[0]);
        assertEquals("released", stopped.ask("release ring:0 tx"));

        // the primary: who is attached goes on, and nobody takes its place
        assertTrue(stopped.ask("claim ring:0 tx").startsWith("granted"));
        signal(primary, "-STOP");
        assertEquals("true " + primary.pid(), stopped.ask("attached"));
        ChildJvm second = fixture.primary("", "");
        assertEquals(ExitCode.REFUSED, second.awaitExit());
        assertTrue(second.allErr().contains("a primary (pid " + primary.pid() + ") runs already"), "names it");
        signal(primary, "-CONT");
        assertTrue(other.ask("claim ring:0 tx").contains("in use by nfv 1 (pid " + stopped.pid() + ")"), "kept");
        assertEquals("released", stopped.ask("release ring:0 tx"));
    }

    /** Number 230: the signals that are to end nothing. */
    @Tag("once")
    @Test
    void shouldGoOnAfterSignalsThatEndNothing() throws Exception {
        ChildJvm primary = fixture.primary("", "");
        primary.awaitOut("primary ready");
        signal(primary, "-PIPE");
        signal(primary, "-QUIT");
        primary.awaitOut("Full thread dump");
        ChildJvm secondary = fixture.secondary(1);
        secondary.awaitOut("attached epoch 1");
        assertTrue(secondary.ask("claim ring:0 tx").startsWith("granted"));
    }

    private static void signal(ChildJvm process, String signal) throws Exception {
        String[] command = {"kill", signal, Long.toString(process.pid())};
        assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor());
    }

    /** Sets how many descriptors a running process may have from now on. */
    private static void limitDescriptors(ChildJvm process, String limit) throws Exception {
        String[] command = {"prlimit", "--pid", Long.toString(process.pid()), "--nofile=" + limit + ":"};
        assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor());
    }

    @Tag("once")
    @Test
    void shouldServeTheAttachedWhileThereIsNoDescriptorForAnother() throws Exception {
        ChildJvm primary = fixture.primary("", "");
        primary.awaitOut("primary ready");
        ChildJvm attached = fixture.secondary(1);
        attached.awaitOut("attached epoch 1");
        assertTrue(attached.ask("claim ring:0 tx").startsWith("granted"));
        limitDescriptors(primary, "16");
        ChildJvm another = fixture.secondary(2);
        primary.awaitErr("a secondary can't attach for a second: accept4");
        assertEquals("released", attached.ask("release ring:0 tx"));
        limitDescriptors(primary, "1024");
        another.awaitOut("attached epoch 1");
    }

    @Test
    void shouldAdoptTheMemoryOfAKilledPrimary() throws Exception {
        ChildJvm killed = fixture.primary("", "--mbufs 8192");
        killed.awaitOut("primary ready");
        ChildJvm producer = fixture.secondary(1);
        producer.awaitOut("attached epoch 1");
        ChildJvm consumer = fixture.secondary(2);
        consumer.awaitOut("attached epoch 1");
        ChildJvm victim = fixture.secondary(3);
        victim.awaitOut("attached epoch 1");
        assertTrue(producer.ask("claim ring:0 tx").startsWith("granted"), "tx");
        assertTrue(producer.ask("claim vhost:0 rx").startsWith("granted"), "port of the secondary itself");
        assertTrue(consumer.ask("claim ring:0 rx").startsWith("granted"), "rx");
        assertTrue(victim.ask("claim ring:1 tx").startsWith("granted"), "the victim's tx");
        killed.kill();
        producer.awaitOut("the primary (pid " + killed.pid() + ") is gone");
        assertTrue(producer.ask("claim ring:2 tx").startsWith("refused: "), "no primary, no claim");
        assertEquals("released", consumer.ask("release ring:0 rx"));
        victim.kill();

        ChildJvm next = fixture.primary("", "--mbufs 4096");
        next.awaitOut("waiting up to 2000 ms for 2 secondaries of an earlier primary");
        next.awaitOut("primary ready: ring:0..ring:3; 8192 mbufs");
        producer.awaitOut("attached to the primary again (pid " + next.pid() + ")");
        consumer.awaitOut("attached to the primary again (pid " + next.pid() + ")");
        try (Socket first = fixture.acceptPrimary();
                Socket controller = fixture.acceptPrimary()) {
            assertTrue(first.isConnected(), "the killed primary's");
            String status = awaitStatus(
                    controller,
                    "{\"id\":2,\"type\":\"nfv\",\"pid\":" + consumer.pid()
                            + ",\"epoch\":1,\"state\":\"attached\",\"claims\":[]}");
            assertTrue(
                    status.contains("{\"id\":1,\"type\":\"nfv\",\"pid\":" + producer.pid()
                            + ",\"epoch\":1,\"state\":\"attached\",\"claims\":[\"ring:0 tx\",\"vhost:0 rx\"]}"),
                    status);
            assertEquals(
                    "\"size\":8192,\"free\":6656,\"held\":1536,\"in_ring\":0,\"in_return\":0,\"kernel\":0",
                    mempool(controller));
            assertEquals(
                    "refused: vhost:0 rx is in use by nfv 1 (pid " + producer.pid()
                            + "): take it out of its patches first",
                    consumer.ask("claim vhost:0 rx"));
            assertTrue(
                    consumer.ask("claim ring:0 rx").startsWith("granted 1"),
                    "the ring's eventfd came back with the producer");
        }
    }

    @Tag("once")
    @Test
    void shouldStartWithNewMemoryWhenTheOldOneIsNotBrought() throws Exception {
        ChildJvm killed = fixture.primary("", "");
        killed.awaitOut("primary ready");
        ChildJvm frozen = fixture.secondary(1);
        frozen.awaitOut("attached epoch 1");
        killed.kill();
        frozen.awaitOut("is gone");
        stop(frozen, "STOP");
        ChildJvm next = fixture.primary("--set adopt.wait.ms=300", "");
        next.awaitOut("none did: starting with new memory");
        next.awaitOut("primary ready");
        stop(frozen, "CONT");
        frozen.awaitOut("the new primary refuses this process");
        frozen.awaitOut("replaced");
    }

    private static void stop(ChildJvm child, String signal) throws Exception {
        assertEquals(
                0,
                new ProcessBuilder("kill", "-" + signal, Long.toString(child.pid()))
                        .start()
                        .waitFor());
    }

    @Tag("once")
    @Test
    void shouldComeBackToAPrimaryThatEndedInOrder() throws Exception {
        ChildJvm first = fixture.primary("", "");
        first.awaitOut("primary ready");
        ChildJvm secondary = fixture.secondary(1);
        secondary.awaitOut("attached epoch 1");
        assertTrue(secondary.ask("claim ring:0 tx").startsWith("granted"), "tx");
        first.terminate();
        assertEquals(ExitCode.OK, first.awaitExit());
        ChildJvm next = fixture.primary("", "");
        next.awaitOut("primary ready");
        secondary.awaitOut("attached to the primary again");
        next.terminate();
        assertEquals(ExitCode.OK, next.awaitExit());
        secondary.awaitOut("is gone");
        assertEquals("closed", secondary.ask("hangup"));
        assertEquals(List.of(), fixture.leftovers());
    }

    @Tag("once")
    @Test
    void shouldSurviveNonsenseOnItsSocket() throws Exception {
        ChildJvm primary = fixture.primary("", "");
        primary.awaitOut("primary ready");
        Path socket = fixture.runDirectory().resolve("primary.sock");
        assertEquals(
                "rw-------",
                java.nio.file.attribute.PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)));
        long before = 0;
        for (int seed = 1; seed <= 4; seed++) {
            if (seed == 2) {
                before = descriptors(primary); // the JVM has opened by now what it opens at first use
            }
            ChildJvm hostile = fixture.start(HostilePeer.class, socket.toString(), Integer.toString(seed), "300");
            int status = hostile.awaitExit();
            assertTrue(status == 0 || status == 137, "seed " + seed + ": " + hostile.allErr());
        }
        ChildJvm secondary = fixture.secondary(1);
        secondary.awaitOut("attached epoch");
        assertTrue(secondary.ask("claim ring:0 tx").startsWith("granted"), "still serves");
        secondary.ask("hangup");
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (descriptors(primary) > before + 1 && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertTrue(
                descriptors(primary) <= before + 1,
                "one more is the ring's eventfd: " + before + ", " + descriptors(primary));
    }

    private static long descriptors(ChildJvm process) {
        try (Stream<Path> files = Files.list(Path.of("/proc", Long.toString(process.pid()), "fd"))) {
            return files.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Tag("once")
    @Test
    void shouldServeHundredsOfShortLivedSecondariesWithoutLeaking() throws Exception {
        ChildJvm primary = fixture.primary("--vdev net_null0", "");
        primary.awaitOut("primary ready");
        AttachClient.Identity identity =
                new AttachClient.Identity(fixture.runDirectory().resolve("primary.sock"), 7, "nfv", false, 20);
        long ours = FileDescriptor.live();
        long before = 0;
        for (int i = 0; i < 300; i++) {
            AttachClient client = AttachClient.attach(identity, line -> {}, () -> {});
            PortId ring = PortId.parse("ring:" + i % 4);
            FileDescriptor.closeAll(client.claim(ring, 0, Direction.TX).fds());
            FileDescriptor.closeAll(
                    client.claim(PortId.parse("nullpmd:0"), 0, Direction.RX).fds());
            assertEquals(i + 1, client.epoch());
            if (i == 10) {
                before = descriptors(primary);
            }
            client.close();
        }
        assertTrue(descriptors(primary) <= before, before + " then, now " + descriptors(primary));
        assertEquals(ours, FileDescriptor.live());
    }

    /** Attaches, and exits with the answer unread beyond its first word; COUNT times, each a process of its own. Prints how many were welcome. */
    private static final String CRASH_LOOP = """
            use Socket;
            my ($path, $count, $welcome) = (@ARGV, 0);
            for (1..$count) {
                my $child = fork;
                if ($child == 0) {
                    my $s;
                    socket($s, AF_UNIX, SOCK_SEQPACKET, 0) && connect($s, pack_sockaddr_un($path)) or exit 1;
                    send($s, 'hello version=1 id=7 type=nfv fresh=0 seq=1', 0);
                    recv($s, my $answer, 2, 0);
                    exit($answer eq 'ok' ? 0 : 2);
                }
                waitpid($child, 0);
                $welcome++ if $? == 0;
            }
            print $welcome;
            """;

    /** Number 184 of the catalogue of bad inputs. */
    @Tag("once")
    @Requires(Need.PERL)
    @Test
    void shouldForgetHundredsThatEndAsSoonAsTheyAreAttached() throws Exception {
        ChildJvm primary = fixture.primary("", "--mbufs 4096");
        primary.awaitOut("primary ready");
        String socket = fixture.runDirectory().resolve(AttachClient.SOCKET_NAME).toString();
        try (Socket controller = fixture.acceptPrimary()) {
            assertEquals("20", output(crashLoop(socket, 20)));
            String idle = mempool(controller);
            long descriptors = descriptors(primary);
            Process loop = crashLoop(socket, 300);
            int answers = 0;
            while (loop.isAlive()) {
                PrimaryFixture.ask(controller, "status"); // waits 30 s at most
                answers++;
            }
            assertEquals("300", output(loop));
            assertTrue(answers > 1, "the controller is served meanwhile");
            assertTrue(mempool(controller).contains("\"size\":4096,\"free\":4096"), mempool(controller));
            assertEquals(idle, mempool(controller));
            Patience.await("descriptors as before", 20, () -> descriptors(primary) <= descriptors);
        }
        ChildJvm next = fixture.secondary(7);
        next.awaitOut("attached epoch 321");
    }

    private static Process crashLoop(String socket, int count) throws IOException {
        return new ProcessBuilder("perl", "-e", CRASH_LOOP, socket, Integer.toString(count))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static String output(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
}
