package io.jspp.controller.inventory;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A way to a connected process. Thread-safe; requests of several callers are sent one after the other. */
public interface ProcessLink {
    /**
     * Sends one command and completes with the text of its reply: a JSON value, or what an SPP process sends instead of one.
     * Completes exceptionally with {@link ProcessTimeoutException} or {@link ProcessLostException}.
     *
     * @param timeout from now until the reply is complete, waiting for earlier commands included
     */
    CompletableFuture<String> request(String command, Duration timeout);

    /** Ends the connection; the process connects again if it lives. */
    void close();
}
