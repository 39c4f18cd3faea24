package io.jspp.it.reconnect;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Watches from a thread of its own for the first traffic of every guest after an interruption, and for the front-ends' connections. Begun
 * when nothing can flow any more.
 */
final class Recovery {
    private static final long STEP_NS = TimeUnit.MILLISECONDS.toNanos(4);
    /** What was under way when the back-end stopped is counted by then. */
    private static final long SETTLE_NS = TimeUnit.MILLISECONDS.toNanos(150);

    private static final Path SOCKETS = Path.of("/proc/net/unix");
    private static final String LISTENING = "00010000";

    private final List<LongSupplier> received;
    private final List<String> paths;
    private final CompletableFuture<Result> result;

    /**
     * When everything had come back, by {@link System#nanoTime}.
     *
     * @param connectedNs when the last front-end had connected, 0 where none was watched for
     * @param trafficNs when the last guest had received something
     */
    record Result(long connectedNs, long trafficNs) {}

    /**
     * Starts to watch.
     *
     * @param received what each guest has received so far
     * @param listening sockets on which the back-end listens
     */
    Recovery(List<LongSupplier> received, List<Path> listening, long limitNs) {
        this.received = List.copyOf(received);
        this.paths = listening.stream().map(Path::toString).toList();
        result = CompletableFuture.supplyAsync(() -> watch(System.nanoTime() + limitNs));
    }

    private Result watch(long deadline) {
        LockSupport.parkNanos(SETTLE_NS);
        long[] before = received.stream().mapToLong(LongSupplier::getAsLong).toArray();
        long[] movedAt = new long[before.length];
        long connectedAt = 0;
        while (Arrays.stream(movedAt).anyMatch(at -> at == 0)) {
            if (System.nanoTime() > deadline) {
                List<String> waiting = new ArrayList<>();
                for (int i = 0; i < movedAt.length; i++) {
                    waiting.add("guest " + i + (movedAt[i] == 0 ? " nothing" : " traffic"));
                }
                throw new IllegalStateException("no traffic came back: " + waiting
                        + (paths.isEmpty() ? "" : connectedAt == 0 ? ", not all connected" : ", all connected"));
            }
            if (!paths.isEmpty() && connectedAt == 0 && allConnected()) {
                connectedAt = System.nanoTime();
            }
            for (int i = 0; i < before.length; i++) {
                if (movedAt[i] == 0 && received.get(i).getAsLong() > before[i]) {
                    movedAt[i] = System.nanoTime();
                }
            }
            LockSupport.parkNanos(STEP_NS);
        }
        return new Result(connectedAt, Arrays.stream(movedAt).max().orElseThrow());
    }

    /** Each path has a socket that does not listen: one made by a connect(), accepted or not yet. */
    private boolean allConnected() {
        try {
            List<String[]> rows = Files.readAllLines(SOCKETS).stream()
                    .map(line -> line.strip().split("\\s+"))
                    .filter(words -> words.length == 8)
                    .toList();
            return paths.stream()
                    .allMatch(path ->
                            rows.stream().anyMatch(words -> words[7].equals(path) && !words[3].equals(LISTENING)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for the end of it. */
    Result await() {
        try {
            return result.get(10, TimeUnit.MINUTES);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause().getMessage(), e);
        } catch (TimeoutException e) {
            throw new IllegalStateException("the watcher hangs", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
