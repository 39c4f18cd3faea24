package io.jspp.secondary.guest;

import io.jspp.frontend.DriverVirtqueue;
import io.jspp.frontend.FrontendConfig;
import io.jspp.frontend.FrontendException;
import io.jspp.frontend.FrontendMemory;
import io.jspp.frontend.FrontendSession;
import io.jspp.frontend.GeneratorRx;
import io.jspp.frontend.GeneratorTx;
import io.jspp.frontend.TrafficPattern;
import io.jspp.frontend.TrafficRun;
import io.jspp.frontend.TrafficStreams;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.HdrHistogram.Histogram;

/**
 * One or several guests that generate and check traffic, driven by one thread: {@link #start}, {@link #awaitUp}, then {@link #run()} on the traffic thread.
 * Each guest receives on all of its queues; those with a destination send on all of them, one flow a queue.
 */
public final class TrafficGuest implements AutoCloseable {
    private static final long MAX_LATENCY_NS = 60_000_000_000L;

    private final List<FrontendSession> sessions = new ArrayList<>();
    private final List<Queues> guests = new ArrayList<>();
    private final Histogram latencyNs = new Histogram(1, MAX_LATENCY_NS, 3);
    private final Options options;
    private TrafficRun run;

    /**
     * What to send and how to look at it.
     *
     * @param sampleEvery a power of two: every so many frames carry a timestamp
     * @param payload whether each byte is written and checked, not just headers and sequence numbers
     * @param busy whether an idle run spins instead of sleeping
     * @param window frames that a queue has sent and the next guest (the first, for the last) not received, at most; 0: no limit
     */
    public record Options(TrafficPattern pattern, int sampleEvery, boolean payload, boolean busy, int window) {
        /** 64-byte frames, one in 1024 timed, spinning, no more under way than a receiving ring of default size takes. */
        public static final Options DEFAULT =
                new Options(TrafficPattern.fixed(64), 1024, false, true, FrontendConfig.DEFAULT_QUEUE_SIZE);
    }

    /** One guest: its socket, its MAC, and whom it sends to; null sends nothing. */
    public record Port(FrontendConfig config, byte[] mac, byte[] destination) {}

    /** The queues of one guest, filled by its session's thread before it is up. */
    private final class Queues implements FrontendSession.Driver {
        private final Port port;
        private final TrafficStreams streams = new TrafficStreams();
        private final List<GeneratorRx> receivers = new ArrayList<>();
        private final List<GeneratorTx> senders = new ArrayList<>();

        Queues(Port port) {
            this.port = port;
        }

        @Override
        public void start(FrontendMemory memory, DriverVirtqueue[] queues, long features) {
            for (int pair = 0; pair < queues.length / 2; pair++) {
                receivers.add(GeneratorRx.on(
                        queues[2 * pair], features, streams, TrafficGuest.this::recordLatency, options.payload()));
                if (port.destination() != null) {
                    senders.add(GeneratorTx.on(
                            queues[2 * pair + 1],
                            features,
                            options.pattern(),
                            port.destination(),
                            flowMac(port.mac(), pair),
                            ThreadLocalRandom.current().nextInt(),
                            options.sampleEvery(),
                            options.payload()));
                }
            }
        }
    }

    public TrafficGuest(List<Port> ports, Options options) {
        this.options = options;
        for (Port port : ports) {
            Queues queues = new Queues(port);
            guests.add(queues);
            sessions.add(new FrontendSession(port.config(), queues));
        }
    }

    /** Source of the frames of a queue: the guest's own for the first, which differs in the fourth byte for others. */
    static byte[] flowMac(byte[] mac, int queue) {
        byte[] flow = mac.clone();
        flow[3] += (byte) queue;
        return flow;
    }

    private void recordLatency(long ns) {
        latencyNs.recordValue(Math.max(1, Math.min(MAX_LATENCY_NS, ns)));
    }

    /** Opens the sockets and begins to negotiate. */
    public void start() {
        for (FrontendSession session : sessions) {
            session.start();
        }
    }

    /** Waits for all back-ends; false after the time. */
    public boolean awaitUp(long timeoutMs) throws InterruptedException {
        long deadline = System.nanoTime() + timeoutMs * 1_000_000L;
        for (FrontendSession session : sessions) {
            if (!session.awaitUp(Math.max(0, (deadline - System.nanoTime()) / 1_000_000L))) {
                return false;
            }
        }
        return true;
    }

    public List<FrontendSession> sessions() {
        return sessions;
    }

    /** The queues, ready to run once all back-ends are there. Traffic thread only. */
    public TrafficRun run() {
        if (run == null) {
            List<GeneratorTx> senders = new ArrayList<>();
            List<GeneratorRx> receivers = new ArrayList<>();
            List<TrafficStreams> ends = new ArrayList<>();
            for (int g = 0; g < guests.size(); g++) {
                Queues guest = guests.get(g);
                if (guest.receivers.isEmpty()) {
                    throw new FrontendException("traffic cannot run before every back-end has answered");
                }
                receivers.addAll(guest.receivers);
                senders.addAll(guest.senders);
                TrafficStreams end = guests.get((g + 1) % guests.size()).streams;
                ends.addAll(Collections.nCopies(guest.senders.size(), end));
            }
            run = new TrafficRun(
                    senders.toArray(GeneratorTx[]::new), receivers.toArray(GeneratorRx[]::new), options.busy());
            run.window(ends.toArray(TrafficStreams[]::new), options.window());
        }
        return run;
    }

    /** Age of the frames that carried a timestamp, in nanoseconds. Reset it on the traffic thread; read it when no run is on. */
    public Histogram latencyNs() {
        return latencyNs;
    }

    /** Ends the sessions. The traffic thread has stopped. */
    @Override
    public void close() {
        for (FrontendSession session : sessions) {
            session.close();
        }
        if (run != null) {
            run.close();
        }
    }
}
