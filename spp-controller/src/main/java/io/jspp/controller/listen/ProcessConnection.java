package io.jspp.controller.listen;

import io.jspp.controller.inventory.ProcessLink;
import io.jspp.controller.inventory.ProcessLostException;
import io.jspp.controller.inventory.ProcessTimeoutException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process's connection. {@link #request} may be called by any thread; everything else happens on the listen thread.
 *
 * <p>At most one command is on its way. A caller's time begins when he asks, the process's when it gets the command: a crowd
 * of callers makes callers late, not the process. When its time is over, its reply is still owed: it is dropped when it comes,
 * so that the next command gets its own. A process that lets three in a row pass is disconnected; it connects again and
 * starts clean.
 */
final class ProcessConnection implements ProcessLink {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessConnection.class);
    /** Longest reply of a registered process. */
    static final int MAX_REPLY_BYTES = 1024 * 1024;
    /** Longest reply of one that is not registered yet. */
    static final int MAX_REGISTRATION_BYTES = 8 * 1024;

    private static final int MAX_QUEUED = 64;
    private static final int MAX_MISSED = 3;
    /** SPP's text replies have no end mark; a pause of this length is taken for one. */
    private static final long TEXT_PAUSE_NS = 50_000_000;

    private final ProcessListener listener;
    private final SocketChannel channel;
    private final SelectionKey key;
    private final String peer;
    private final Consumer<ProcessConnection> onClosed;
    private final Deque<Exchange> waiting = new ArrayDeque<>();
    private final Deque<ByteBuffer> output = new ArrayDeque<>();
    private final ReplyScanner scanner = new ReplyScanner(MAX_REGISTRATION_BYTES);
    private String label;
    private Exchange active;
    private long sentNs;
    private int owedReplies;
    private int missed;
    private long lastInputNs;
    private boolean newlineFramed;
    private boolean closed;
    private boolean closeWhenSent;

    /** A command and who waits for its reply. */
    private record Exchange(String command, long startNs, long timeoutNs, CompletableFuture<String> reply) {
        boolean isOver(final long nowNs) {
            return nowNs - startNs >= timeoutNs;
        }
    }

    ProcessConnection(
            final ProcessListener listener,
            final SocketChannel channel,
            final SelectionKey key,
            final String peer,
            final Consumer<ProcessConnection> onClosed) {
        this.listener = listener;
        this.channel = channel;
        this.key = key;
        this.peer = peer;
        this.onClosed = onClosed;
        this.label = peer;
    }

    @Override
    public CompletableFuture<String> request(final String command, final Duration timeout) {
        final Exchange exchange =
                new Exchange(command, System.nanoTime(), timeout.toNanos(), new CompletableFuture<>());
        listener.execute(() -> submit(exchange));
        return exchange.reply();
    }

    @Override
    public void close() {
        listener.execute(() -> end("closed by the controller"));
    }

    /** {@code 127.0.0.1:4711}. */
    String peer() {
        return peer;
    }

    boolean isClosed() {
        return closed;
    }

    /** Names the connection for messages. */
    void register(final String processLabel) {
        label = processLabel + " (" + peer + ')';
        scanner.limit(MAX_REPLY_BYTES);
    }

    /** From now on requests end with a newline; says so with an empty request. */
    void useNewlineFraming() {
        newlineFramed = true;
        send("");
    }

    /** Says why the process is not wanted and closes. */
    void refuse(final String farewell) {
        closeWhenSent = true;
        send(farewell);
    }

    private void submit(final Exchange exchange) {
        if (closed) {
            exchange.reply().completeExceptionally(new ProcessLostException(label + " is not connected any more"));
        } else if (waiting.size() >= MAX_QUEUED) {
            exchange.reply()
                    .completeExceptionally(new ProcessTimeoutException(
                            label + " has " + MAX_QUEUED + " commands waiting already, try again later"));
        } else {
            waiting.add(exchange);
            startNext();
        }
    }

    private void startNext() {
        if (active != null || waiting.isEmpty() || closed) {
            return;
        }
        if (owedReplies == 0) {
            scanner.reset();
        }
        active = waiting.poll();
        sentNs = System.nanoTime();
        send(active.command());
    }

    /** Reads what has come; called when the channel is readable. */
    void onReadable(final ByteBuffer buffer) {
        try {
            buffer.clear();
            final int length = channel.read(buffer);
            if (length < 0) {
                end("the process closed the connection");
                return;
            }
            lastInputNs = System.nanoTime();
            buffer.flip();
            if (active == null && owedReplies == 0) {
                LOG.debug("{}: dropped {} bytes that nobody asked for", label, length);
                return;
            }
            for (String reply = scanner.scan(buffer); reply != null && !closed; reply = scanner.scan(buffer)) {
                onReply(reply);
            }
        } catch (final IOException failure) {
            end(failure.getMessage());
        } catch (final ReplyScanner.ReplyTooLongException tooLong) {
            end(tooLong.getMessage());
        }
    }

    /** Bytes of an incomplete reply that are kept. */
    int bufferedBytes() {
        return scanner.size();
    }

    /** Writes what did not fit before; called when the channel is writable. */
    void onWritable() {
        try {
            while (!output.isEmpty()) {
                channel.write(output.peek());
                if (output.peek().hasRemaining()) {
                    key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
                    return;
                }
                output.poll();
            }
            key.interestOps(SelectionKey.OP_READ);
            if (closeWhenSent) {
                end("refused");
            }
        } catch (final IOException failure) {
            end(failure.getMessage());
        }
    }

    /** Ends what has lasted too long. */
    void onTime(final long nowNs) {
        if (scanner.holdsText() && nowNs - lastInputNs >= TEXT_PAUSE_NS) {
            onReply(scanner.take());
        }
        final List<Exchange> over =
                waiting.stream().filter(exchange -> exchange.isOver(nowNs)).toList();
        waiting.removeAll(over);
        // Whoever is told may end this connection.
        over.forEach(this::fail);
        if (active != null && active.isOver(nowNs)) {
            fail(active);
        }
        if (active == null || nowNs - sentNs < active.timeoutNs()) {
            return;
        }
        active = null;
        owedReplies++;
        missed++;
        if (missed >= MAX_MISSED || !output.isEmpty()) {
            end("it does not answer");
        } else {
            startNext();
        }
    }

    /** Nanoseconds until {@link #onTime} has something to do, at most {@code limitNs}. */
    long nextTimeNs(final long nowNs, final long limitNs) {
        long next = limitNs;
        if (scanner.holdsText()) {
            next = Math.min(next, lastInputNs + TEXT_PAUSE_NS - nowNs);
        }
        if (active != null) {
            final long from = active.reply().isDone() ? sentNs : active.startNs();
            next = Math.min(next, from + active.timeoutNs() - nowNs);
        }
        for (final Exchange exchange : waiting) {
            next = Math.min(next, exchange.startNs() + exchange.timeoutNs() - nowNs);
        }
        return Math.max(next, 0);
    }

    /** Closes the connection now; whoever waits for a reply is told. */
    void end(final String reason) {
        if (closed) {
            return;
        }
        closed = true;
        key.cancel();
        try {
            channel.close();
        } catch (final IOException failure) {
            LOG.debug("closing {}", label, failure);
        }
        final ProcessLostException lost =
                new ProcessLostException(label + " did not answer: " + (reason == null ? "connection lost" : reason));
        if (active != null) {
            active.reply().completeExceptionally(lost);
            active = null;
        }
        waiting.forEach(exchange -> exchange.reply().completeExceptionally(lost));
        waiting.clear();
        LOG.info("{}: disconnected: {}", label, reason);
        onClosed.accept(this);
    }

    private void onReply(final String reply) {
        if (owedReplies > 0) {
            owedReplies--;
            LOG.info("{}: dropped the reply to a command whose time was over", label);
        } else if (active != null) {
            final Exchange answered = active;
            active = null;
            missed = 0;
            if (!answered.reply().complete(reply)) {
                LOG.info("{}: dropped the reply to a command whose caller had waited long enough", label);
            }
            startNext();
        }
    }

    private void fail(final Exchange exchange) {
        exchange.reply()
                .completeExceptionally(new ProcessTimeoutException(label + " did not answer \"" + exchange.command()
                        + "\" within " + exchange.timeoutNs() / 1_000_000 + " ms"));
    }

    private void send(final String request) {
        if (!closed) {
            final String text = newlineFramed ? request + '\n' : request;
            output.add(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
            onWritable();
        }
    }
}
