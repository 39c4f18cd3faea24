package io.jspp.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.process.NetworkNamespace;
import io.jspp.controller.process.SppCluster;
import io.jspp.controller.process.SppProcess;
import io.jspp.controller.qemu.GuestImage;
import io.jspp.controller.qemu.QemuGuest;
import io.jspp.testing.Need;
import io.jspp.testing.ProjectHome;
import io.jspp.testing.Requires;
import io.jspp.testing.conformance.Feature;
import io.jspp.testing.conformance.Peer;
import io.jspp.testing.conformance.Proves;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A guest that pings and receives a stream moves from a QEMU on vhost:0 to one on vhost:1 of the same nfv.
 *
 * <p>What shows that received buffers are in the dirty log: the stream begins when QEMU has sent all of the guest's memory once, and goes to a
 * program that is stopped until the guest has moved. Its first MiB fills buffers that the guest had put on the ring before that first pass, and
 * lies there unread, acknowledged: the guest writes to few of these pages itself (where a buffer has room for the kernel's trailer), so that only
 * our marks make QEMU send them again, and nobody else does. The checksum over the whole is made at the destination.
 *
 * <p>It is no proof that the used area of a split ring is marked: QEMU marks that itself when it stops the source's rings (it unmaps the area as
 * written to, vhost_virtqueue_stop of hw/virtio/vhost.c), before it looks for changed pages the last time. {@code DirtyLogTest} is one.
 */
@Tag("peer")
@Tag("once")
@Requires({Need.QEMU, Need.GUEST_KERNEL, Need.BUSYBOX, Need.NET_ADMIN, Need.IP})
class LiveMigrationIT {
    private static final Duration COMMAND = Duration.ofSeconds(30);
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** Lines that are the same wherever they are made, no two blocks alike; 15 MB, which no socket holds. */
    private static final String NUMBERS = "busybox seq 1 2000000";

    /** Of the stream, unread in the guest while it moves. */
    private static final int UNREAD_BYTES = 1 << 20;

    /** Frames of 1514 bytes in as many buffers are more than {@link #UNREAD_BYTES}. */
    private static final String RING = "rx_queue_size=1024";

    /** Changes 16 MiB again and again: QEMU is never done with them as fast as {@link #FIRST_PASS}, let alone {@link #HELD}. */
    private static final String CHANGE =
            "(while [ ! -e /tmp/go ]; do dd if=/dev/urandom of=/tmp/x bs=1M count=16 conv=notrunc; done) 2>/dev/null &";

    private static final String FIRST_PASS = "{\"max-bandwidth\":33554432,\"downtime-limit\":1}";
    private static final String HELD = "{\"max-bandwidth\":1048576}";

    /** No limit but the machine's. */
    private static final String FAST = "{\"max-bandwidth\":4294967296,\"downtime-limit\":300}";

    /** Connected to port 5001, in /proc/net/tcp. The group is the count of bytes that were received and not read. */
    private static final Pattern STREAM =
            Pattern.compile(":\\p{XDigit}{4} \\p{XDigit}{8}:1389 01 \\p{XDigit}{8}:(\\p{XDigit}{8})");

    private static final Pattern PASSES = Pattern.compile("\"dirty-sync-count\": (\\d+)");

    private static final int MOST_LOST_PINGS = 3;

    /** Fewer would say nothing about the time of the move: they are sent five times a second. */
    private static final int FEWEST_PINGS = 10;

    private static final Pattern PINGS = Pattern.compile("(\\d+) packets transmitted, (\\d+) packets received");

    private static final int RING_PACKED = 34;

    @TempDir
    private Path directory;

    @Test
    @Proves(
            value = {Feature.MIGRATION, Feature.DIRTY_LOG},
            with = Peer.QEMU)
    void shouldMoveAPatchedGuestBetweenTwoQemusWithoutLosingMemoryOrMoreThanThreePings() throws Exception {
        move(false);
    }

    /** The position travels in QEMU's own state: GET_VRING_BASE at the source, SET_VRING_BASE at the destination. */
    @Tag("long")
    @Test
    @Proves(
            value = {Feature.MIGRATION, Feature.DIRTY_LOG, Feature.PACKED},
            with = Peer.QEMU)
    void shouldMoveAGuestWithPackedRings() throws Exception {
        move(true);
    }

    private void move(boolean packed) throws Exception {
        String outside = "sppm" + ProcessHandle.current().pid() % 100_000;
        String device = RING + (packed ? ",packed=on" : "");
        try (NetworkNamespace namespace = NetworkNamespace.open();
                SppCluster cluster =
                        new SppCluster("migrate", ProjectHome.launcher().toString(), line -> {})) {
            namespace.addVeth(outside, "192.168.7.2/24");
            cluster.startController();
            cluster.startPrimary(1, "0x01", "--vdev", "net_af_packet0,iface=" + outside);
            cluster.startNfv(1);
            cluster.shell(
                    "nfv 1; add vhost:0",
                    "nfv 1; add vhost:1",
                    "nfv 1; patch vhost:0 phy:0",
                    "nfv 1; patch phy:0 vhost:0",
                    "nfv 1; forward");
            GuestImage image = TestGuests.image();
            try (QemuGuest source = QemuGuest.start(image, guest("source", cluster.vhostSocket(0), device));
                    QemuGuest target =
                            QemuGuest.startIncoming(image, guest("target", cluster.vhostSocket(1), device))) {
                source.boot("192.168.7.1/24");
                String features = source.check("cat /sys/bus/virtio/devices/virtio0/features", COMMAND);
                assertEquals(packed ? '1' : '0', features.charAt(RING_PACKED), features);
                source.run("ping -c 1 -W 5 192.168.7.2", COMMAND); // resolves the address
                source.check("ping -i 0.2 192.168.7.2 >/tmp/pings 2>&1 & echo $! >/tmp/pinger", COMMAND);
                Path gate = directory.resolve("gate");
                SppProcess sender = startSender(namespace, gate);
                startStoppedReceiver(source);

                cluster.shell("nfv 1; migrate vhost:0 vhost:1");
                source.check(CHANGE, COMMAND);
                source.qmp().execute("migrate-set-parameters", FIRST_PASS);
                source.beginMigration(target);
                source.awaitMigration("each page sent once", LIMIT, state -> passes(state) >= 2);
                source.qmp().execute("migrate-set-parameters", HELD);
                Files.createFile(gate);
                awaitUnread(source);
                source.check("touch /tmp/go", COMMAND);
                source.qmp().execute("migrate-set-parameters", FAST);
                source.awaitMigration("moved", LIMIT, now -> now.contains("\"status\": \"completed\""));

                assertTrue(unread(target) >= UNREAD_BYTES, "the stream's first part was not to be read before");
                target.check("kill -CONT $(cat /tmp/receiver)", COMMAND);
                String sum = target.check("until [ -s /tmp/sum ]; do sleep 0.1; done; cat /tmp/sum", LIMIT);
                String wanted = String.join("", namespace.check("busybox", "sh", "-c", NUMBERS + "| busybox md5sum"));
                assertEquals(wanted, sum, "checksum of what the guest received");
                assertEquals(0, sender.awaitExit(COMMAND), sender.tail());
                requireFewLost(target.check("kill -INT $(cat /tmp/pinger); sleep 0.5; tail -n 3 /tmp/pings", COMMAND));
            }
        }
    }

    private QemuGuest.Options guest(String name, Path socket, String deviceOptions) {
        return new QemuGuest.Options(name, directory, socket, false, "52:54:00:00:00:01", 160, 1, "", deviceOptions);
    }

    /** Sends the stream to who connects, from when {@code gate} exists. */
    private static SppProcess startSender(NetworkNamespace namespace, Path gate) {
        String wait = "until [ -e " + gate + " ]; do busybox sleep 0.05; done; ";
        return namespace.start(
                "busybox", "nc", "-l", "-p", "5001", "-e", "busybox", "sh", "-c", wait + "exec " + NUMBERS);
    }

    /** Connects a program in the guest that stops itself before it reads anything; its process id is in /tmp/receiver. */
    private static void startStoppedReceiver(QemuGuest guest) {
        // A socket that doesn't hold the MiB would end the stream's first part early.
        guest.check("echo 4096 4194304 8388608 >/proc/sys/net/ipv4/tcp_rmem", COMMAND);
        guest.check(
                "(until nc 192.168.7.2 5001 -e sh -c 'echo $$ >/tmp/receiver; kill -STOP $$; exec md5sum >/tmp/sum';"
                        + " do sleep 0.2; done) >/dev/null 2>&1 &",
                COMMAND);
        guest.check(
                "until grep -q 'T (stopped)' /proc/$(cat /tmp/receiver)/status; do sleep 0.1; done 2>/dev/null",
                COMMAND);
    }

    /** Until the MiB is there, and the guest too. */
    private static void awaitUnread(QemuGuest guest) {
        long end = System.nanoTime() + LIMIT.toNanos();
        int unread = 0;
        while (unread < UNREAD_BYTES) {
            assertTrue(System.nanoTime() < end, "the stream stopped at " + unread + " bytes");
            requireActive(guest);
            unread = unread(guest);
        }
        requireActive(guest);
    }

    private static void requireActive(QemuGuest guest) {
        String state = guest.migration();
        assertTrue(state.contains("\"status\": \"active\""), state);
    }

    private static int unread(QemuGuest guest) {
        String sockets = guest.check("cat /proc/net/tcp", COMMAND);
        Matcher stream = STREAM.matcher(sockets);
        assertTrue(stream.find(), sockets);
        return Integer.parseInt(stream.group(1), 16);
    }

    /** How often QEMU has looked for changed pages: once at the start, then after each pass. */
    private static int passes(String state) {
        Matcher passes = PASSES.matcher(state);
        return passes.find() ? Integer.parseInt(passes.group(1)) : 0;
    }

    private static void requireFewLost(String pings) {
        Matcher count = PINGS.matcher(pings);
        assertTrue(count.find(), pings);
        int sent = Integer.parseInt(count.group(1));
        int lost = sent - Integer.parseInt(count.group(2));
        assertTrue(sent >= FEWEST_PINGS && lost <= MOST_LOST_PINGS, pings);
    }
}
