package io.jspp.controller;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

/** A process whose answers a test computes: one read is one request, as with SPP's own. */
public final class AnsweringProcess implements AutoCloseable {
    private final Socket socket;
    private final UnaryOperator<String> answers;
    private final boolean endsByExit;
    private final Thread thread;

    /**
     * One that does not end by {@code exit}.
     *
     * @param port of the controller: the primary's or that of secondaries
     * @param answers from request to reply; null: none
     */
    public AnsweringProcess(final int port, final UnaryOperator<String> answers) throws IOException {
        this(port, answers, false);
    }

    /** @param endsByExit once it has answered that, it hangs up */
    AnsweringProcess(final int port, final UnaryOperator<String> answers, final boolean endsByExit) throws IOException {
        this.answers = answers;
        this.endsByExit = endsByExit;
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        thread = new Thread(this::run, "process");
        thread.setDaemon(true);
        thread.start();
    }

    /** One that registers with this type and id, and answers everything else with {@code answers}. */
    public static AnsweringProcess secondary(
            final Controller controller, final String type, final int id, final UnaryOperator<String> answers)
            throws IOException {
        return new AnsweringProcess(
                controller.secondaryPort(),
                request -> request.equals("_get_client_id")
                        ? "{\"results\":[{\"result\":\"success\"}],\"client_id\":" + id + ",\"process_type\":\"" + type
                                + "\"}"
                        : answers.apply(request));
    }

    private void run() {
        final byte[] chunk = new byte[65_536];
        try (socket) {
            for (int length = socket.getInputStream().read(chunk);
                    length >= 0;
                    length = socket.getInputStream().read(chunk)) {
                final String request = new String(chunk, 0, length, StandardCharsets.UTF_8);
                final String reply = answers.apply(request);
                if (reply != null) {
                    socket.getOutputStream().write(reply.getBytes(StandardCharsets.UTF_8));
                }
                if (endsByExit && request.equals("exit")) {
                    return;
                }
            }
        } catch (final IOException closed) {
            // The end of a test, or of the controller.
        }
    }

    /** True when the controller has closed the connection, or it has ended by {@code exit}. */
    boolean hasEnded() {
        return !thread.isAlive();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
