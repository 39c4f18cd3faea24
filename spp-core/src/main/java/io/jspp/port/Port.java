package io.jspp.port;

import java.util.Map;

/**
 * A place where packets enter or leave the switch. Opened, asked and closed by the control thread; its queues belong to
 * workers.
 */
public interface Port extends AutoCloseable {
    PortId id();

    /** Current state with its cause; any thread. */
    PortState state();

    /** What its peer must know, for status: {@code socket=…/sock0}. Names are words, values printable. */
    default Map<String, String> facts() {
        return Map.of();
    }

    /** Receive queues the port has at most. */
    int rxQueues();

    /** Transmit queues the port has at most. */
    int txQueues();

    /** Receive queues that may have packets now; the port's, for its life. */
    default LiveQueues liveRx() {
        return LiveQueues.all(rxQueues());
    }

    /** Transmit queues that lead somewhere now; the port's, for its life. */
    default LiveQueues liveTx() {
        return LiveQueues.all(txQueues());
    }

    /**
     * Whether a worker that sends to the whole port spreads flows over all live transmit queues, because somebody behind the port serves each of
     * them by another CPU; else one queue per worker is used.
     */
    default boolean spreadsFlows() {
        return false;
    }

    /** Whether lists of ports name it while nothing uses it; SPP's own shell can't draw ports that SPP does not list. */
    default boolean listedUnused() {
        return true;
    }

    /**
     * Claims and opens a receive queue.
     *
     * @throws PortException when it doesn't exist or somebody else has claimed it
     */
    RxQueue openRx(int queue);

    /**
     * Claims and opens a transmit queue.
     *
     * @throws PortException as {@link #openRx}
     */
    TxQueue openTx(int queue);

    /** Closes what the port itself holds; its queues are closed before. */
    @Override
    void close();
}
