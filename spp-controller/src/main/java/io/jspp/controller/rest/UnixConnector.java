package io.jspp.controller.rest;

import io.jspp.controller.access.UnixSocketFile;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jetty's connector on a UNIX socket. Jetty's own one takes every channel for TCP when it asks for ports and socket options; the
 * rest of it serves any channel.
 */
final class UnixConnector extends ServerConnector {
    private static final Logger LOGGER = LoggerFactory.getLogger(UnixConnector.class);

    private final Path path;
    private volatile UnixSocketFile file;

    UnixConnector(final Server server, final Path path, final ConnectionFactory factory) {
        super(server, 1, 1, factory);
        this.path = path;
    }

    @Override
    public void open() throws IOException {
        if (file == null) {
            file = UnixSocketFile.bind(path);
        }
    }

    @Override
    public boolean isOpen() {
        final UnixSocketFile current = file;
        return current != null && current.channel().isOpen();
    }

    @Override
    public Object getTransport() {
        return file == null ? null : file.channel();
    }

    @Override
    public void accept(final int acceptorId) throws IOException {
        final UnixSocketFile current = file;
        final ServerSocketChannel listening = current == null ? null : current.channel();
        if (listening != null && listening.isOpen()) {
            final SocketChannel accepted = listening.accept();
            accepted.configureBlocking(false);
            getSelectorManager().accept(accepted);
        }
    }

    @Override
    public void close() {
        super.close();
        final UnixSocketFile current = file;
        file = null;
        try {
            if (current != null) {
                current.close();
            }
        } catch (final IOException failure) {
            LOGGER.warn("closing unix:{}: {}", path, failure.getMessage());
        }
    }
}
