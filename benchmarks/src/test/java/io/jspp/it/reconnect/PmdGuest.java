package io.jspp.it.reconnect;

import io.jspp.controller.process.SppCluster;
import io.jspp.controller.process.SppProcess;
import io.jspp.it.Testpmd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A guest with a poll-mode driver on one vhost port, which sends all the time and counts what it receives. Used by one thread, but for {@link #received}. */
interface PmdGuest extends AutoCloseable {
    /** A number that grows with the frames received. */
    long received();

    /** SIGKILL, as a crashed virtual machine. */
    void kill();

    /** An orderly end. */
    @Override
    void close();

    /** DPDK's virtio-user driver in a testpmd of its own, flat out. */
    static PmdGuest virtioUser(Path directory, Path socket, boolean listens, boolean packed) {
        if (listens) {
            unlink(socket); // one that was killed leaves it, and the next then cannot bind
        }
        Testpmd testpmd = Testpmd.generator(
                directory,
                "net_virtio_user0,queue_size=256,path=" + socket + (listens ? ",server=1" : "")
                        + (packed ? ",packed_vq=1" : ""));
        return new PmdGuest() {
            @Override
            public long received() {
                return testpmd.receivedNow(0);
            }

            @Override
            public void kill() {
                testpmd.process().kill();
                testpmd.close();
            }

            @Override
            public void close() {
                testpmd.close();
            }
        };
    }

    /** {@code ./spp guest generate} at a moderate rate, every byte of every frame checked. */
    static PmdGuest frontend(SppCluster cluster, Path socket, boolean listens, boolean packed) {
        return new FrontendGuest(cluster, socket, listens, packed);
    }

    private static void unlink(Path socket) {
        try {
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The own front-end as a process. */
    final class FrontendGuest implements PmdGuest {
        private static final Duration LIMIT = Duration.ofSeconds(60);
        private static final Pattern READY = Pattern.compile("\\bready\\b");
        private static final Pattern STEP = Pattern.compile("received ([\\d.]+) Mpps");
        private static final int RATE = 20_000;

        private final SppCluster cluster;
        private final SppProcess process;
        private int read;
        private long steps;

        private FrontendGuest(SppCluster cluster, Path socket, boolean listens, boolean packed) {
            this.cluster = cluster;
            List<String> words = new ArrayList<>(List.of("guest", "generate", socket.toString(), "--payload"));
            words.addAll(List.of("--rate", "" + RATE, "--report", "0.02", "--no-huge"));
            if (listens) {
                words.add("--listen");
            }
            if (packed) {
                words.add("--packed");
            }
            process = cluster.start("guest", words);
            process.awaitLine(READY, LIMIT);
        }

        /** Steps of 20 ms in which something came. */
        @Override
        public synchronized long received() {
            List<String> lines = process.out();
            for (; read < lines.size(); read++) {
                Matcher step = STEP.matcher(lines.get(read));
                if (step.find() && Double.parseDouble(step.group(1)) > 0) {
                    steps++;
                }
            }
            return steps;
        }

        @Override
        public void kill() {
            process.kill();
            cluster.end(process);
        }

        /** Frames that were under way may be lost or come twice, none may come damaged. */
        @Override
        public void close() {
            // Process.destroy() would close the pipe before the result is read.
            ProcessHandle.of(process.pid()).ifPresent(ProcessHandle::destroy);
            process.awaitExit(LIMIT);
            cluster.end(process);
            if (process.out().stream().noneMatch(line -> line.matches("result: .* corrupt=0 .*"))) {
                throw new AssertionError("damaged frames, or no result" + process.tail());
            }
        }
    }
}
