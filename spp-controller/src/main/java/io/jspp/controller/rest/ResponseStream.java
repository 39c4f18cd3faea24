package io.jspp.controller.rest;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * A body that is written bit by bit to one client, who may be slow: at most {@link #MAX_PENDING_BYTES} wait for him, then he is
 * cut off. Everything happens on one executor's thread, where {@code owner} runs too.
 */
final class ResponseStream {
    /** What a client may be late by. */
    static final int MAX_PENDING_BYTES = 256 * 1024;

    private final Response response;
    private final Callback callback;
    private final Deque<byte[]> pending = new ArrayDeque<>();
    private Executor thread;
    private Runnable onEnd;
    private int pendingBytes;
    private boolean writing;
    private boolean ending;
    private boolean ended;

    ResponseStream(final Response response, final Callback callback) {
        this.response = response;
        this.callback = callback;
    }

    /**
     * Before the first {@link #send}.
     *
     * @param single the executor with the one thread that calls {@link #send} and {@link #end}
     * @param whenEnded told once when the client has gone or was cut off
     */
    void attach(final Executor single, final Runnable whenEnded) {
        thread = single;
        onEnd = whenEnded;
    }

    /** Writes text, at once or behind what is being written. */
    void send(final String text) {
        if (ended || ending) {
            return;
        }
        final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        pending.add(bytes);
        pendingBytes += bytes.length;
        if (pendingBytes > MAX_PENDING_BYTES) {
            fail(new IllegalStateException("the client does not keep up"));
        } else {
            writeNext();
        }
    }

    /** Ends the body behind what was sent. */
    void end() {
        ending = true;
        writeNext();
    }

    private void writeNext() {
        if (writing || ended) {
            return;
        }
        if (pending.isEmpty()) {
            if (ending) {
                finish();
                callback.succeeded();
            }
            return;
        }
        writing = true;
        final byte[] next = pending.poll();
        response.write(
                false,
                ByteBuffer.wrap(next),
                Callback.from(
                        () -> thread.execute(() -> {
                            writing = false;
                            pendingBytes -= next.length;
                            writeNext();
                        }),
                        failure -> thread.execute(() -> fail(failure))));
    }

    private void fail(final Throwable failure) {
        if (!ended) {
            finish();
            callback.failed(failure);
        }
    }

    private void finish() {
        ended = true;
        pending.clear();
        onEnd.run();
    }
}
