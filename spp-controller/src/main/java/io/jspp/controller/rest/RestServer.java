package io.jspp.controller.rest;

import io.jspp.controller.access.RestAccess;
import io.jspp.controller.inventory.Inventory;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** The HTTP server: limits, time-outs, plain-text errors, and the routes. */
public final class RestServer implements AutoCloseable {
    private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(10);
    /** Of each connector by itself, so that a crowd on TCP leaves the UNIX socket usable. */
    static final int MAX_CONNECTIONS = 256;

    private static final int BACKLOG = 1024;
    private static final int MAX_HEADER_BYTES = 8 * 1024;
    private static final int MAX_THREADS = 16;
    private static final int MIN_THREADS = 4;

    private final Server server;
    private final ServerConnector connector;
    private final UnixConnector unix;
    private final EventHub events;
    private final InetSocketAddress address;

    /** Does not bind yet: {@link #start()} does. */
    public RestServer(final InetSocketAddress address, final RestAccess access, final Inventory inventory) {
        this(address, access, inventory, COMMAND_TIMEOUT);
    }

    /** @param commandTimeout how long a process may take for a command before the caller gets 504 */
    RestServer(
            final InetSocketAddress address,
            final RestAccess access,
            final Inventory inventory,
            final Duration commandTimeout) {
        this.address = address;
        final QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS, MIN_THREADS);
        threads.setName("rest");
        threads.setDaemon(true);
        server = new Server(threads);
        final HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(MAX_HEADER_BYTES);
        connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost(address.getAddress().getHostAddress());
        connector.setPort(address.getPort());
        connector.setIdleTimeout(IDLE_TIMEOUT.toMillis());
        connector.setReuseAddress(true);
        connector.setAcceptQueueSize(BACKLOG);
        connector.addBean(new ConnectionRoom(MAX_CONNECTIONS));
        server.addConnector(connector);
        if (access.socket() != null) {
            unix = new UnixConnector(server, access.socket(), new HttpConnectionFactory(http));
            unix.setIdleTimeout(IDLE_TIMEOUT.toMillis());
            unix.addBean(new ConnectionRoom(MAX_CONNECTIONS));
            server.addConnector(unix);
        } else {
            unix = null;
        }
        server.setErrorHandler(new PlainErrors());
        events = new EventHub(inventory, new StatusCollector(inventory, commandTimeout));
        final Router router = new Router(RestRoutes.all(inventory, commandTimeout, events));
        final OriginCheck originCheck = new OriginCheck(ownNames(address));
        server.setHandler(new RestHandler(router, new RequestCheck(originCheck, access.token(), unix), threads));
    }

    /**
     * Binds and begins to answer.
     *
     * @throws IOException when the port is taken; the message names it
     */
    public void start() throws IOException {
        try {
            connector.open();
        } catch (final IOException failure) {
            final Throwable cause = failure.getCause() instanceof BindException ? failure.getCause() : failure;
            throw new IOException(
                    "cannot listen for REST on " + address.getHostString() + ':' + address.getPort() + ": "
                            + cause.getMessage(),
                    failure);
        }
        try {
            if (unix != null) {
                unix.open();
            }
            server.start();
        } catch (final IOException failure) {
            connector.close();
            throw failure;
        } catch (final Exception failure) {
            throw new IOException("cannot start the REST server: " + failure.getMessage(), failure);
        }
    }

    public int port() {
        return connector.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        events.close();
        try {
            server.stop();
        } catch (final Exception failure) {
            throw new IOException("cannot stop the REST server: " + failure.getMessage(), failure);
        }
    }

    private static Set<String> ownNames(final InetSocketAddress address) {
        final Set<String> names = new TreeSet<>();
        names.add(address.getHostString());
        try {
            names.add(Files.readString(Path.of("/proc/sys/kernel/hostname")).strip());
        } catch (final IOException noProc) {
            return names;
        }
        return names;
    }

    /** What Jetty refuses by itself (malformed requests, limits), in the form of our own errors. */
    private static final class PlainErrors extends ErrorHandler {
        @Override
        public boolean handle(final Request request, final Response response, final Callback callback) {
            final int status = response.getStatus();
            final byte[] body = message(status).getBytes(StandardCharsets.US_ASCII);
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain");
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
            response.write(true, ByteBuffer.wrap(body), callback);
            return true;
        }

        private static String message(final int status) {
            return HttpStatus.getMessage(status) + '.';
        }
    }
}
