package io.jspp.secondary.pcap;

import io.jspp.config.Lcore;
import io.jspp.counters.QueueCounters;
import io.jspp.port.RxQueue;
import io.jspp.runtime.ProcessRuntime;
import io.jspp.worker.Component;
import java.io.IOException;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** One capture from {@code start} to {@code stop}: the claimed port, the files, the worker's component and the writers. Control thread. */
final class Session implements AutoCloseable {
    /** 16 MiB between worker and writers, as many as 16 000 frames of a usual size. */
    private static final int BLOCKS = 64;

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMddHHmmss", Locale.ROOT);

    private final ProcessRuntime runtime;
    private final RxQueue queue;
    private final CaptureBlocks blocks;
    private final List<CaptureWriter> writers = new ArrayList<>();
    private final CaptureComponent component;

    /**
     * Opens everything; {@link #start} makes it run.
     *
     * @param queue owned from here on, also when this fails
     * @param lcores of the writers
     * @throws IOException when a file can't be made
     */
    Session(
            ProcessRuntime runtime,
            CaptureOptions options,
            RxQueue queue,
            List<Lcore> lcores,
            QueueCounters counters,
            int burstCapacity)
            throws IOException {
        this.runtime = runtime;
        this.queue = queue;
        List<CaptureFile> files = new ArrayList<>();
        CaptureBlocks made = null;
        try {
            String prefix = "spp_pcap." + LocalDateTime.now().format(TIME) + '.'
                    + options.port().wire().replace(":", "") + '.';
            for (int i = 1; i <= lcores.size(); i++) {
                files.add(
                        new CaptureFile(options.directory(), prefix + i + '.', options.format(), options.fileBytes()));
            }
            made = new CaptureBlocks(BLOCKS, lcores.size());
            blocks = made;
            component = new CaptureComponent(
                    "capture " + options.port(),
                    queue,
                    options.format(),
                    blocks,
                    this::wakeWriter,
                    counters,
                    burstCapacity,
                    TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()) - System.nanoTime());
        } catch (IOException | RuntimeException | Error e) {
            files.forEach(CaptureFile::discard);
            if (made != null) {
                made.close();
            }
            queue.close();
            throw e;
        }
        for (int i = 0; i < lcores.size(); i++) {
            writers.add(new CaptureWriter(lcores.get(i), i, blocks, options.format(), files.get(i)));
        }
    }

    private void wakeWriter(int number) {
        writers.get(number).wake();
    }

    /** Begins to take packets. */
    void start() {
        writers.forEach(CaptureWriter::start);
        run(List.of(component));
    }

    RxQueue queue() {
        return queue;
    }

    List<CaptureWriter> writers() {
        return writers;
    }

    private void run(List<Component> components) {
        runtime.workers().apply(List.of(components));
    }

    /** Takes no more packets, writes those taken and completes the files. */
    @Override
    public void close() {
        run(List.of());
        component.finish();
        writers.forEach(CaptureWriter::end);
        writers.forEach(CaptureWriter::join);
        component.close();
        blocks.close();
        queue.close();
    }
}
