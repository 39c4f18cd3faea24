package io.jspp.controller;

import io.jspp.controller.access.RestAccess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.awaitility.Awaitility;

/** A real controller on free loopback ports, and a plain HTTP client. */
public final class TestController implements AutoCloseable {
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(60))
            .build();

    private final Controller controller;

    public TestController() throws IOException {
        this(RestAccess.OPEN);
    }

    public TestController(final RestAccess access) throws IOException {
        final InetSocketAddress free = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        controller = new Controller(new ControllerConfig(free, free, free, access));
    }

    public Controller controller() {
        return controller;
    }

    public HttpResponse<String> get(final String path) throws IOException, InterruptedException {
        return send("GET", path, "");
    }

    public HttpResponse<String> send(final String method, final String path, final String body, final String... headers)
            throws IOException, InterruptedException {
        final HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + controller.restPort() + path))
                .timeout(Duration.ofSeconds(60))
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Waits until the list of processes is this JSON text. */
    public void awaitProcesses(final String json) {
        Awaitility.await("processes " + json)
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> get("/v1/processes").body(), json::equals);
    }

    @Override
    public void close() {
        controller.close();
    }
}
