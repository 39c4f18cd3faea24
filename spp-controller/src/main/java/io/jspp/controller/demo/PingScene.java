package io.jspp.controller.demo;

import io.jspp.config.DirectoryTree;
import io.jspp.config.ProcessException;
import io.jspp.controller.process.Packages;
import io.jspp.controller.process.SppCluster;
import io.jspp.controller.process.SppProcess;
import io.jspp.controller.qemu.GuestImage;
import io.jspp.controller.qemu.GuestShell;
import io.jspp.controller.qemu.QemuGuest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** A Linux guest under QEMU pings an address that only the switch answers, which prints each packet: any user, once QEMU is installed. */
final class PingScene implements Scene {
    private static final String GUEST = "192.168.1.1";
    private static final String SWITCH = "192.168.1.2";
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String ENDED = "ping has ended";
    private static final long POLL_NS = 5_000_000;
    private static final String LOOK = "./spp doctor; then the same command again, with nothing else on the machine";

    private final int count;

    /**
     * Nothing runs yet.
     *
     * @param count echo requests
     */
    PingScene(int count) {
        this.count = count;
    }

    @Override
    public void play(Stage stage) {
        GuestImage image = image();
        SppCluster cluster = stage.cluster();
        stage.say("controller, primary, one vf");
        cluster.startController();
        cluster.startPrimary(1, "0x01", "--vdev", "net_null0");
        SppProcess vf = cluster.startSecondary("vf", 1, "0,1");

        stage.say("a responder on vhost:0: it answers for " + SWITCH + ", and prints what comes");
        stage.shell(
                "vf 1; component start ping 1 responder",
                "vf 1; responder add ping " + SWITCH,
                "vf 1; responder print ping on",
                "vf 1; port add vhost:0 rx ping",
                "vf 1; port add vhost:0 tx ping",
                "vf 1; status");

        stage.say("a Linux guest under QEMU, its eth0 on vhost:0, boots as " + GUEST);
        Path directory = stage.open(GuestDirectory::make).path();
        QemuGuest.Options options =
                new QemuGuest.Options("guest", directory, cluster.vhostSocket(0), false, "52:54:00:00:00:01");
        QemuGuest guest = stage.open(() -> QemuGuest.start(image, options));
        guest.boot(GUEST + "/24");

        stage.say("the guest pings " + SWITCH);
        ping(stage, guest, vf);
    }

    private static GuestImage image() {
        Path home = Path.of(System.getProperty("spp.home", ""));
        try {
            new Packages(home).install("demo ping", List.of(), true);
            return GuestImage.prepare(home, List.of());
        } catch (ProcessException e) {
            throw new DemoFailure(e.getMessage(), "the command above, then ./spp demo ping");
        }
    }

    /** Where QEMU makes its files. */
    private record GuestDirectory(Path path) implements AutoCloseable {
        static GuestDirectory make() {
            try {
                return new GuestDirectory(Files.createTempDirectory(
                        "spp-demo-" + ProcessHandle.current().pid() + "-"));
            } catch (IOException e) {
                throw new DemoFailure("no temporary directory: " + e.getMessage(), "df /tmp; ls -ld /tmp");
            }
        }

        @Override
        public void close() throws IOException {
            DirectoryTree.remove(path);
        }
    }

    /** Shows what the guest and the switch print as it comes: a packet first, then the reply to it. */
    private void ping(Stage stage, QemuGuest guest, SppProcess vf) {
        PacketLog packets = new PacketLog(vf, vf.out().size());
        Supplier<List<GuestShell.Line>> report =
                guest.stream("ping", "ping -c " + count + " " + SWITCH + "; echo " + ENDED);
        long deadlineNs = System.nanoTime() + LIMIT.plusSeconds(count).toNanos();
        int replies = 0;
        for (int next = 0; ; next++) {
            String line = await(report, next, deadlineNs);
            if (line.startsWith(ENDED)) {
                break;
            }
            if (line.contains("bytes from")) {
                stage.show(packets.untilEchoRequest(replies, deadlineNs));
                replies++;
            } else if (line.startsWith("---")) {
                stage.show(List.of(""));
            }
            stage.show(List.of(line));
        }
        if (replies != count) {
            throw new DemoFailure(replies + " of " + count + " pings were answered" + vf.tail(), LOOK);
        }
    }

    private static String await(Supplier<List<GuestShell.Line>> report, int index, long deadlineNs) {
        while (true) {
            List<GuestShell.Line> lines = report.get();
            if (lines.size() > index) {
                return lines.get(index).text();
            }
            if (System.nanoTime() > deadlineNs) {
                throw new DemoFailure("the guest's ping does not end", LOOK);
            }
            LockSupport.parkNanos(POLL_NS);
        }
    }

    /** What the responder prints, packet by packet. */
    private static final class PacketLog {
        private final SppProcess vf;
        private int shown;

        PacketLog(SppProcess vf, int from) {
            this.vf = vf;
            this.shown = from;
        }

        /** What is not shown yet, up to the end of the guest's echo request with this number, from 0; a blank line in front and behind. */
        List<String> untilEchoRequest(int number, long deadlineNs) {
            while (true) {
                List<String> lines = vf.out();
                for (int i = shown; i < lines.size(); i++) {
                    if (isEchoRequest(lines, i, number)) {
                        List<String> packets = new ArrayList<>(List.of(""));
                        lines.subList(shown, i + 1).stream()
                                .dropWhile(String::isEmpty)
                                .forEach(packets::add);
                        packets.add("");
                        shown = i + 1;
                        return packets;
                    }
                }
                if (System.nanoTime() > deadlineNs) {
                    throw new DemoFailure("ping " + number + " was answered, and not printed" + vf.tail(), LOOK);
                }
                LockSupport.parkNanos(POLL_NS);
            }
        }

        /** The sequence number is printed as a machine of the other byte order reads it, as in the demonstration that this one follows. */
        private static boolean isEchoRequest(List<String> lines, int i, int number) {
            return lines.get(i).startsWith("ICMP Header - Type: 8 ")
                    && lines.get(i).endsWith("| seq: " + (Short.reverseBytes((short) number) & 0xffff))
                    && lines.get(i - 1)
                            .equals("IP Header - Version: IPv4 protocol: 1 | src address: " + GUEST
                                    + " | dest address: " + SWITCH);
        }
    }
}
