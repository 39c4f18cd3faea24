package io.jspp.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.process.NetworkNamespace;
import io.jspp.controller.process.SppCluster;
import io.jspp.controller.process.SppProcess;
import io.jspp.it.qemu.GuestImage;
import io.jspp.it.qemu.QemuGuest;
import io.jspp.testing.Need;
import io.jspp.testing.ProjectHome;
import io.jspp.testing.Requires;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A guest that pings and receives a stream moves from a QEMU on vhost:0 to one on vhost:1 of the same nfv. The stream is written to guest memory
 * by us and read there with checksums left out (the sender is on this machine), so a page that the dirty log missed shows in the checksum over
 * the whole, or breaks the guest's network card.
 */
@Tag("peer")
@Tag("once")
@Requires({Need.QEMU, Need.GUEST_KERNEL, Need.BUSYBOX, Need.NET_ADMIN, Need.IP})
class LiveMigrationIT {
    private static final Duration COMMAND = Duration.ofSeconds(30);
    private static final Duration TRANSFER = Duration.ofSeconds(90);

    /** Lines that are the same wherever they are made, no two blocks alike; long enough to last over the migration. */
    private static final String NUMBERS = "busybox seq 1 14000000";

    /** Waits for 8 MiB of it. */
    private static final String RECEIVED_SOME =
            "for i in $(seq 100); do [ $(cat /sys/class/net/eth0/statistics/rx_bytes) -gt 8388608 ] && exit 0; sleep 0.1;"
                    + " done; exit 1";

    private static final int MOST_LOST_PINGS = 3;

    /** Fewer would say nothing about the time of the move: they are sent five times a second. */
    private static final int FEWEST_PINGS = 10;

    private static final Pattern PINGS = Pattern.compile("(\\d+) packets transmitted, (\\d+) packets received");

    @TempDir
    private Path directory;

    @Test
    void shouldMoveAPatchedGuestBetweenTwoQemusWithoutLosingMemoryOrMoreThanThreePings() throws Exception {
        move("");
    }

    /** The position travels in QEMU's own state: GET_VRING_BASE at the source, SET_VRING_BASE at the destination. */
    @Tag("long")
    @Test
    void shouldMoveAGuestWithPackedRings() throws Exception {
        move("packed=on");
    }

    private void move(String deviceOptions) throws Exception {
        String outside = "sppm" + ProcessHandle.current().pid() % 100_000;
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
            GuestImage image = GuestImage.prepare();
            try (QemuGuest source = QemuGuest.start(image, guest("source", cluster.vhostSocket(0), deviceOptions));
                    QemuGuest target =
                            QemuGuest.awaitMigration(image, guest("target", cluster.vhostSocket(1), deviceOptions))) {
                source.boot("192.168.7.1/24");
                source.run("ping -c 1 -W 5 192.168.7.2", COMMAND); // resolves the address
                source.check("ping -i 0.2 192.168.7.2 >/tmp/pings 2>&1 & echo $! >/tmp/pinger", COMMAND);
                String wanted = String.join("", namespace.check("busybox", "sh", "-c", NUMBERS + "| busybox md5sum"));
                SppProcess server = namespace.start("busybox", "sh", "-c", "exec busybox nc -l -p 5001 -e " + NUMBERS);
                source.check("(nc 192.168.7.2 5001 </dev/null | md5sum >/tmp/sum) >/dev/null 2>&1 &", COMMAND);
                source.check(RECEIVED_SOME, COMMAND);

                cluster.shell("nfv 1; migrate vhost:0 vhost:1");
                source.migrateTo(target, COMMAND);

                assertNotEquals(0, target.run("[ -s /tmp/sum ]", COMMAND).exitCode(), "the stream ended before");
                String sum = target.check(
                        "for i in $(seq 800); do [ -s /tmp/sum ] && exec cat /tmp/sum; sleep 0.1; done; exit 1",
                        TRANSFER);
                assertEquals(wanted, sum);
                assertEquals(0, server.awaitExit(COMMAND), server.tail());
                String pings = target.check("kill -INT $(cat /tmp/pinger); sleep 0.5; tail -n 3 /tmp/pings", COMMAND);
                Matcher count = PINGS.matcher(pings);
                assertTrue(count.find(), pings);
                int sent = Integer.parseInt(count.group(1));
                int lost = sent - Integer.parseInt(count.group(2));
                assertTrue(sent >= FEWEST_PINGS && lost <= MOST_LOST_PINGS, pings);
            }
        }
    }

    private QemuGuest.Options guest(String name, Path socket, String deviceOptions) {
        return new QemuGuest.Options(name, directory, socket, false, "52:54:00:00:00:01", 160, 1, "", deviceOptions);
    }
}
