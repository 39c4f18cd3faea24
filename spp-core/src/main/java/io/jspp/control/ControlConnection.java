package io.jspp.control;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process's connection to ctl. Its one daemon thread connects, answers requests one at a time in the order they come, and
 * connects again every second for ever; ctl keeps no state, so a reconnect is all a restarted ctl needs. Handlers run on
 * that thread. A reply is one write of at most {@link #MAX_REPLY_BYTES}.
 */
public final class ControlConnection implements AutoCloseable {
    /** Longest reply; SPP's ctl copes with 32768 in one read, ours with this. */
    public static final int MAX_REPLY_BYTES = 1024 * 1024;

    /** Ctl's question to a process that has connected. */
    public static final String REGISTRATION_REQUEST = "_get_client_id";

    /** First word of ctl's farewell to a process it does not want; the rest is the reason. */
    public static final String REFUSAL = "_refused";

    private static final Logger LOG = LoggerFactory.getLogger(ControlConnection.class);
    private static final int CONNECT_TIMEOUT_MS = 3_000;
    private static final int MAX_NOTICE_LENGTH = 200;
    private static final long RETRY_MS = 1_000;
    private static final long NOTICE_INTERVAL_NS = TimeUnit.SECONDS.toNanos(60);

    private final int clientId;
    private final ControlEndpoint endpoint;
    private final CommandTable commands;
    private final List<String> portTypes;
    private final Consumer<String> notices;
    private final CountDownLatch connected = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread;
    private volatile Socket socket;
    private volatile boolean closing;
    private long lastNoticeNs;
    private boolean noticed;

    /**
     * Does not connect yet: {@link #start()} does.
     *
     * @param clientId id told to ctl: 1..127, 0 for the primary
     * @param portTypes names of the port types this process can open, announced to ctl for checks and completion
     * @param notices receives one line when ctl is not reachable, and again once a minute while it stays so
     */
    public ControlConnection(
            final int clientId,
            final ControlEndpoint endpoint,
            final CommandTable commands,
            final List<String> portTypes,
            final Consumer<String> notices) {
        this.clientId = clientId;
        this.endpoint = endpoint;
        this.commands = commands;
        this.portTypes = List.copyOf(portTypes);
        this.notices = notices;
        thread = new Thread(this::run, "control");
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    /**
     * Waits until ctl was reached once.
     *
     * @return false when that took longer: exit code 3 is for the caller to give
     */
    public boolean awaitConnected(final long timeout, final TimeUnit unit) throws InterruptedException {
        return connected.await(timeout, unit);
    }

    /** Ends the connection and its thread; called by a handler's {@code afterwards} or by any other thread. */
    @Override
    public void close() {
        closing = true;
        stopped.countDown();
        closeQuietly(socket);
        if (Thread.currentThread() == thread) {
            return;
        }
        thread.interrupt();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (final InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!closing) {
            try (Socket attempt = new Socket()) {
                socket = attempt;
                attempt.connect(endpoint.resolve(), CONNECT_TIMEOUT_MS);
                attempt.setTcpNoDelay(true);
                attempt.setKeepAlive(true);
                connected.countDown();
                LOG.info("connected to ctl at {}", endpoint);
                serve(attempt);
            } catch (final IOException failure) {
                if (!closing) {
                    notice("waiting for ctl at " + endpoint + " (" + reason(failure) + "), trying again every second");
                }
            } catch (final RuntimeException failure) {
                LOG.error("control connection failed, connecting again", failure);
            }
            pauseBeforeRetry();
        }
    }

    private void serve(final Socket connection) throws IOException {
        final RequestReader reader = new RequestReader(connection.getInputStream());
        try {
            for (String request = reader.next(); request != null && !closing; request = reader.next()) {
                if (!answer(connection, request)) {
                    return;
                }
            }
            if (!closing) {
                LOG.info("ctl at {} closed the connection", endpoint);
            }
        } catch (final RequestReader.RequestTooLongException tooLong) {
            send(connection, failure("", tooLong.getMessage()));
        }
    }

    /** Answers one request; false when the connection is to end. */
    private boolean answer(final Socket connection, final String request) throws IOException {
        if (request.equals(REGISTRATION_REQUEST)) {
            send(connection, registration());
            noticed = false;
            return true;
        }
        if (request.startsWith(REFUSAL)) {
            notice("ctl at " + endpoint + " refused this process: "
                    + CommandCodec.printable(request.substring(REFUSAL.length()).strip(), MAX_NOTICE_LENGTH));
            return false;
        }
        final CommandTable.Execution execution = commands.execute(request);
        send(connection, execution.replyText());
        noticed = false;
        if (execution.afterwards() == null) {
            return true;
        }
        closeQuietly(connection);
        execution.afterwards().run();
        return false;
    }

    private String registration() {
        return new JsonWriter()
                .object()
                .name("results")
                .array()
                .object()
                .field("result", "success")
                .endObject()
                .endArray()
                .field("client_id", clientId)
                .field("process_type", commands.kind().wireName())
                .field("framing", "newline")
                .field("port_types", portTypes)
                .endObject()
                .toString();
    }

    private String failure(final String verb, final String message) {
        return CommandCodec.encode(commands.kind(), null, verb, Reply.failed(message));
    }

    private void send(final Socket connection, final String reply) throws IOException {
        byte[] bytes = reply.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > MAX_REPLY_BYTES) {
            bytes = failure("", "the reply has " + bytes.length + " bytes, the limit is " + MAX_REPLY_BYTES)
                    .getBytes(StandardCharsets.UTF_8);
        }
        connection.getOutputStream().write(bytes);
    }

    private void notice(final String line) {
        final long now = System.nanoTime();
        if (!noticed || now - lastNoticeNs >= NOTICE_INTERVAL_NS) {
            noticed = true;
            lastNoticeNs = now;
            notices.accept(line);
        }
    }

    private void pauseBeforeRetry() {
        try {
            stopped.await(RETRY_MS, TimeUnit.MILLISECONDS);
        } catch (final InterruptedException interrupted) {
            closing = true;
        }
    }

    private static String reason(final IOException failure) {
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }

    private static void closeQuietly(final Socket connection) {
        if (connection != null) {
            try {
                connection.close();
            } catch (final IOException ignored) {
                LOG.debug("close", ignored);
            }
        }
    }
}
