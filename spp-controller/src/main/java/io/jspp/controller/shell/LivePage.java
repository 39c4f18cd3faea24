package io.jspp.controller.shell;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.jspp.controller.topology.SvgRenderer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The topology as a page on loopback: {@code /} and {@code /topology.svg}, which the page fetches every second. Read only;
 * requests that name another host are refused, so that no web page can read it by a name of its own. A client that sends half a
 * request occupies a thread, for as long as {@link #MAX_REQUEST_S}.
 */
final class LivePage implements AutoCloseable {
    private static final String PAGE = "/io/jspp/controller/topology/live.html";
    private static final int BACKLOG = 16;
    private static final int THREADS = 16;
    private static final int MAX_REQUEST_S = 5;

    static {
        // Read once, by the first server of the process; without it such a client is waited for without end.
        System.setProperty("sun.net.httpserver.maxReqTime", Integer.toString(MAX_REQUEST_S));
    }

    private final HttpServer server;
    private final ExecutorService threads;
    private final TopologySource source;
    private final RestClient controller;
    private final byte[] html;

    /**
     * Listens at once.
     *
     * @param port 0 for any
     * @param controller the one whose processes are shown, whatever the shell switches to
     */
    LivePage(final int port, final TopologySource source, final RestClient controller) throws IOException {
        this.source = source;
        this.controller = controller;
        try (InputStream in = LivePage.class.getResourceAsStream(PAGE)) {
            html = in.readAllBytes();
        }
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
        threads = Executors.newFixedThreadPool(THREADS, task -> {
            final Thread thread = new Thread(task, "topo-page");
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    /** {@code http://127.0.0.1:8989/}. */
    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + '/';
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(final HttpExchange exchange) throws IOException {
        try (exchange) {
            final String host = String.valueOf(exchange.getRequestHeaders().getFirst("Host"));
            final String path = exchange.getRequestURI().getPath();
            if (!host.matches("(localhost|127\\.0\\.0\\.1)(:[0-9]+)?")) {
                send(exchange, 403, "text/plain", text("This page answers to 127.0.0.1 and localhost only."));
            } else if (!exchange.getRequestMethod().equals("GET")) {
                send(exchange, 405, "text/plain", text("Method not allowed."));
            } else if (path.equals("/")) {
                send(exchange, 200, "text/html; charset=utf-8", html);
            } else if (path.equals("/topology.svg")) {
                sendPicture(exchange);
            } else {
                send(exchange, 404, "text/plain", text("Not found."));
            }
        }
    }

    private void sendPicture(final HttpExchange exchange) throws IOException {
        String svg;
        try {
            svg = SvgRenderer.render(source.read(controller));
        } catch (final ShellException noAnswer) {
            send(exchange, 503, "text/plain", text(noAnswer.getMessage()));
            return;
        }
        send(exchange, 200, "image/svg+xml", text(svg));
    }

    private static byte[] text(final String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void send(final HttpExchange exchange, final int status, final String type, final byte[] body)
            throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        exchange.getResponseHeaders().set("Content-Security-Policy", "default-src 'self' 'unsafe-inline'");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }
}
