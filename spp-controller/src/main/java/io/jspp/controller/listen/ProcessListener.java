package io.jspp.controller.listen;

import io.jspp.controller.inventory.Inventory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens for the primary and for the secondaries, and runs all their connections on one thread that never waits for any of
 * them. At most {@link #MAX_CONNECTIONS} are open; beyond that the oldest that has not registered makes room.
 */
public final class ProcessListener implements AutoCloseable {
    /** More than every client id and a few that are about to register. */
    static final int MAX_CONNECTIONS = 256;

    /** All unfinished replies together. */
    static final int MAX_BUFFERED_BYTES = 16 * 1024 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(ProcessListener.class);
    private static final Duration REGISTRATION_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(1);
    private static final long MAX_WAIT_NS = 1_000_000_000;
    private static final long ACCEPT_PAUSE_NS = 200_000_000;
    private static final int BACKLOG = 128;

    private final Selector selector;
    private final ServerSocketChannel primaries;
    private final ServerSocketChannel secondaries;
    private final Registrar registrar;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Set<ProcessConnection> connections = new LinkedHashSet<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);
    private final RateLimit acceptFailures = new RateLimit(Duration.ofMinutes(1));
    private final Thread thread;
    private long acceptPausedSinceNs;
    private boolean acceptPaused;
    private volatile boolean closing;

    /**
     * Binds both ports; {@link #start()} begins to accept.
     *
     * @throws IOException when a port is taken; the message names it
     */
    public ProcessListener(
            final InetSocketAddress primary, final InetSocketAddress secondary, final Inventory inventory)
            throws IOException {
        registrar = new Registrar(inventory, REGISTRATION_TIMEOUT, PROBE_TIMEOUT);
        selector = Selector.open();
        ServerSocketChannel first = null;
        try {
            first = bind(primary, "for the primary");
            secondaries = bind(secondary, "for secondaries");
            primaries = first;
        } catch (final IOException failure) {
            if (first != null) {
                first.close();
            }
            selector.close();
            throw failure;
        }
        primaries.register(
                selector, SelectionKey.OP_ACCEPT, (Consumer<ProcessConnection>) registrar::onPrimaryConnected);
        secondaries.register(
                selector, SelectionKey.OP_ACCEPT, (Consumer<ProcessConnection>) registrar::onSecondaryConnected);
        thread = new Thread(this::run, "listen");
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    /** The port on which the primary is awaited. */
    public int primaryPort() {
        return primaries.socket().getLocalPort();
    }

    /** The port on which secondaries are awaited. */
    public int secondaryPort() {
        return secondaries.socket().getLocalPort();
    }

    /** Stops listening and closes every connection; the processes connect again when there is a controller again. */
    @Override
    public void close() throws IOException {
        closing = true;
        selector.wakeup();
        if (thread.isAlive()) {
            try {
                thread.join(5_000);
            } catch (final InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        primaries.close();
        secondaries.close();
        selector.close();
    }

    /** Runs a task on the listen thread, at once when called there. */
    void execute(final Runnable task) {
        if (Thread.currentThread() == thread) {
            task.run();
        } else {
            tasks.add(task);
            selector.wakeup();
        }
    }

    private void run() {
        while (!closing) {
            try {
                selector.select(this::onReady, waitMs());
                for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                    task.run();
                }
                onTime();
            } catch (final IOException | RuntimeException failure) {
                LOG.error("listen thread goes on after a failure", failure);
            }
        }
        snapshot().forEach(connection -> connection.end("the controller ends"));
        tasks.forEach(Runnable::run);
    }

    private void onReady(final SelectionKey key) {
        if (!key.isValid()) {
            return;
        }
        if (key.isAcceptable()) {
            accept(key);
            return;
        }
        final ProcessConnection connection = (ProcessConnection) key.attachment();
        if (key.isReadable()) {
            connection.onReadable(buffer);
            limitMemory(connection);
        }
        if (key.isValid() && key.isWritable()) {
            connection.onWritable();
        }
    }

    /** Many long replies that do not end are not to exhaust the heap together. */
    private void limitMemory(final ProcessConnection growing) {
        if (growing.bufferedBytes() > MAX_BUFFERED_BYTES / MAX_CONNECTIONS
                && connections.stream()
                                .mapToLong(ProcessConnection::bufferedBytes)
                                .sum()
                        > MAX_BUFFERED_BYTES) {
            growing.end("unfinished replies of all processes exceed " + MAX_BUFFERED_BYTES + " bytes");
        }
    }

    @SuppressWarnings("unchecked") // attached in the constructor
    private void accept(final SelectionKey listening) {
        try {
            final SocketChannel channel = ((ServerSocketChannel) listening.channel()).accept();
            if (channel != null && makeRoom(channel)) {
                ((Consumer<ProcessConnection>) listening.attachment()).accept(open(channel));
            }
        } catch (final IOException failure) {
            // No descriptor is left: without a pause the pending connection would be reported again at once, for ever.
            acceptPaused = true;
            acceptPausedSinceNs = System.nanoTime();
            setAccepting(0);
            if (acceptFailures.allows()) {
                LOG.warn("cannot accept connections now: {}", failure.getMessage());
            }
        }
    }

    private ProcessConnection open(final SocketChannel channel) throws IOException {
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        final InetSocketAddress remote = (InetSocketAddress) channel.getRemoteAddress();
        final SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
        final ProcessConnection connection = new ProcessConnection(
                this,
                channel,
                key,
                remote == null ? "unknown" : remote.getAddress().getHostAddress() + ':' + remote.getPort(),
                this::onClosed);
        key.attach(connection);
        connections.add(connection);
        return connection;
    }

    private boolean makeRoom(final SocketChannel newcomer) throws IOException {
        if (connections.size() < MAX_CONNECTIONS) {
            return true;
        }
        final Iterator<ProcessConnection> oldest = connections.iterator();
        while (oldest.hasNext()) {
            final ProcessConnection connection = oldest.next();
            if (!registrar.isRegistered(connection)) {
                connection.end("too many connections that do not register");
                return true;
            }
        }
        newcomer.close();
        return false;
    }

    private void onClosed(final ProcessConnection connection) {
        connections.remove(connection);
        registrar.onClosed(connection);
    }

    private void onTime() {
        final long now = System.nanoTime();
        for (final ProcessConnection connection : snapshot()) {
            connection.onTime(now);
        }
        if (acceptPaused && now - acceptPausedSinceNs >= ACCEPT_PAUSE_NS) {
            acceptPaused = false;
            setAccepting(SelectionKey.OP_ACCEPT);
        }
    }

    private void setAccepting(final int interest) {
        primaries.keyFor(selector).interestOps(interest);
        secondaries.keyFor(selector).interestOps(interest);
    }

    private long waitMs() {
        final long now = System.nanoTime();
        long wait = acceptPaused ? ACCEPT_PAUSE_NS : MAX_WAIT_NS;
        for (final ProcessConnection connection : connections) {
            wait = connection.nextTimeNs(now, wait);
        }
        return Math.max(1, wait / 1_000_000);
    }

    private List<ProcessConnection> snapshot() {
        return new ArrayList<>(connections);
    }

    private static ServerSocketChannel bind(final InetSocketAddress address, final String purpose) throws IOException {
        final ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.configureBlocking(false);
            channel.bind(address, BACKLOG);
            return channel;
        } catch (final IOException failure) {
            channel.close();
            throw new IOException(
                    "cannot listen " + purpose + " on " + address.getHostString() + ':' + address.getPort() + ": "
                            + failure.getMessage(),
                    failure);
        }
    }
}
