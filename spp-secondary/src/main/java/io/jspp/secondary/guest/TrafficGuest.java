package io.jspp.secondary.guest;

import io.jspp.frontend.FrontendConfig;
import io.jspp.frontend.FrontendException;
import io.jspp.frontend.FrontendSession;
import io.jspp.frontend.GeneratorRx;
import io.jspp.frontend.GeneratorTx;
import io.jspp.frontend.TrafficPattern;
import io.jspp.frontend.TrafficRun;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.HdrHistogram.Histogram;

/**
 * One or several guests that generate and check traffic, driven by one thread: {@link #start}, {@link #awaitUp}, then {@link #run()} on the traffic thread.
 * Each port receives; those of {@code senders} send as well.
 */
public final class TrafficGuest implements AutoCloseable {
    private static final long MAX_LATENCY_NS = 60_000_000_000L;

    private final List<FrontendSession> sessions = new ArrayList<>();
    private final GeneratorTx[] senders;
    private final GeneratorRx[] receivers;
    private final Histogram latencyNs = new Histogram(1, MAX_LATENCY_NS, 3);
    private final int[] sinks;
    private final Options options;
    private TrafficRun run;

    /**
     * What to send and how to look at it.
     *
     * @param sampleEvery a power of two: every so many frames carry a timestamp
     * @param payload whether each byte is written and checked, not just headers and sequence numbers
     * @param busy whether an idle run spins instead of sleeping
     * @param window frames that a port has sent and the next port (the first, for the last) not received, at most; 0: no limit
     */
    public record Options(TrafficPattern pattern, int sampleEvery, boolean payload, boolean busy, int window) {
        /** 64-byte frames, one in 1024 timed, spinning, no more under way than a receiving ring of default size takes. */
        public static final Options DEFAULT =
                new Options(TrafficPattern.fixed(64), 1024, false, true, FrontendConfig.DEFAULT_QUEUE_SIZE);
    }

    /** One guest: its socket, its MAC, and whom it sends to; null sends nothing. */
    public record Port(FrontendConfig config, byte[] mac, byte[] destination) {}

    public TrafficGuest(List<Port> ports, Options options) {
        int count = ports.size();
        this.receivers = new GeneratorRx[count];
        this.options = options;
        int sending = 0;
        for (Port port : ports) {
            sending += port.destination() == null ? 0 : 1;
        }
        this.senders = new GeneratorTx[sending];
        this.sinks = new int[sending];
        int sender = 0;
        for (int i = 0; i < count; i++) {
            Port port = ports.get(i);
            int index = i;
            int senderIndex = port.destination() == null ? -1 : sender++;
            if (senderIndex >= 0) {
                sinks[senderIndex] = (i + 1) % count;
            }
            sessions.add(new FrontendSession(port.config(), (memory, queues, features) -> {
                receivers[index] = GeneratorRx.on(queues[0], features, this::recordLatency, options.payload());
                if (senderIndex >= 0) {
                    senders[senderIndex] = GeneratorTx.on(
                            queues[1],
                            features,
                            options.pattern(),
                            port.destination(),
                            port.mac(),
                            ThreadLocalRandom.current().nextInt(),
                            options.sampleEvery(),
                            options.payload());
                }
            }));
        }
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
            for (GeneratorRx receiver : receivers) {
                if (receiver == null) {
                    throw new FrontendException("traffic cannot run before every back-end has answered");
                }
            }
            GeneratorRx[] ends = new GeneratorRx[senders.length];
            for (int s = 0; s < ends.length; s++) {
                ends[s] = receivers[sinks[s]];
            }
            run = new TrafficRun(senders, receivers, options.busy());
            run.window(ends, options.window());
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
