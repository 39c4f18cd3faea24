package io.jspp.controller;

import io.jspp.controller.inventory.Inventory;
import io.jspp.controller.listen.ProcessListener;
import io.jspp.controller.rest.RestServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running controller: listeners for the processes and the REST server around one inventory. Usable inside a test. */
public final class Controller implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Controller.class);

    private final ControllerConfig config;
    private final ProcessListener listener;
    private final RestServer rest;

    /**
     * Binds all three ports and starts.
     *
     * @throws IOException when one is taken; the message says which and what to do
     */
    public Controller(final ControllerConfig config) throws IOException {
        this.config = config;
        final Inventory inventory = new Inventory();
        try {
            listener = new ProcessListener(config.primary(), config.secondary(), inventory);
        } catch (final IOException failure) {
            throw explain(config, failure);
        }
        rest = new RestServer(config.rest(), config.access(), inventory);
        try {
            rest.start();
        } catch (final IOException failure) {
            close();
            throw explain(config, failure);
        }
        listener.start();
        if (!config.rest().getAddress().isLoopbackAddress()) {
            LOG.warn(
                    config.access().token() == null
                            ? "listening on {} without authentication: everyone who reaches it controls the processes;"
                                    + " --token-file wants a token from them"
                            : "listening on {} without encryption: the token protects REST only from who cannot read"
                                    + " the network, and processes connect without it",
                    config.rest().getAddress().getHostAddress());
        }
    }

    public int primaryPort() {
        return listener.primaryPort();
    }

    public int secondaryPort() {
        return listener.secondaryPort();
    }

    public int restPort() {
        return rest.port();
    }

    /** {@code primary 127.0.0.1:5555, secondaries …, REST http://…}. */
    public String describe() {
        return "primary " + at(config.primary(), primaryPort()) + ", secondaries "
                + at(config.secondary(), secondaryPort()) + ", REST http://" + at(config.rest(), restPort())
                + (config.access().token() == null ? "" : " with a token")
                + (config.access().socket() == null
                        ? ""
                        : " and unix:" + config.access().socket().toAbsolutePath());
    }

    /** Ends the listeners first, so that everybody who waits for a process still gets an answer. */
    @Override
    public void close() {
        try {
            listener.close();
        } catch (final IOException failure) {
            LOG.warn("closing the listeners: {}", failure.getMessage());
        }
        try {
            rest.close();
        } catch (final IOException failure) {
            LOG.warn("{}", failure.getMessage());
        }
    }

    private static String at(final InetSocketAddress address, final int port) {
        final String host = address.getAddress().getHostAddress();
        return (host.indexOf(':') >= 0 ? '[' + host + ']' : host) + ':' + port;
    }

    private static IOException explain(final ControllerConfig config, final IOException failure) {
        final boolean taken = String.valueOf(failure.getMessage()).contains("in use");
        return new IOException(
                failure.getMessage()
                        + (taken
                                ? "; is another controller running? End it, or choose other ports with -p, -s and -a"
                                        + (config.access().socket() == null ? "" : " and another --rest-socket")
                                : ""),
                failure);
    }
}
