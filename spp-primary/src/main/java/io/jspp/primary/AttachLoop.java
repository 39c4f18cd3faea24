package io.jspp.primary;

import io.jspp.attach.AttachConnection;
import io.jspp.attach.AttachException;
import io.jspp.attach.ProcessIdentity;
import io.jspp.linux.Constants;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.linux.LinuxException;
import io.jspp.linux.SocketAddress;
import io.jspp.linux.Sockets;
import io.jspp.linux.Threads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The primary's UNIX socket: accepts secondaries, reads their requests, hands them to the {@link Registry}, watches their pidfds. One thread,
 * {@code attach}.
 */
final class AttachLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AttachLoop.class);
    private static final int BACKLOG = 64;
    private static final int MAX_SESSIONS = 256;
    private static final int TICK_MS = 100;
    private static final long HELLO_LIMIT_NS = TimeUnit.SECONDS.toNanos(5);
    /** Without a descriptor for it a connection stays waiting, and the listener readable. */
    private static final long ACCEPT_PAUSE_NS = TimeUnit.SECONDS.toNanos(1);

    /** A connection, from accept to end of file. */
    static final class Session {
        final AttachConnection connection;
        final ProcessIdentity process;
        final long acceptedNs = System.nanoTime();
        Client client;
        boolean closed;

        Session(AttachConnection connection, ProcessIdentity process) {
            this.connection = connection;
            this.process = process;
        }
    }

    private final Path path;
    private final Registry registry;
    private final FileDescriptor listener;
    private final FileDescriptor wake = Linux.eventfd();
    private final PollSet polls = new PollSet();
    private final List<Session> sessions = new ArrayList<>();
    private final Thread thread = new Thread(this::run, "attach");
    private final Consumer<Throwable> failed;
    private boolean acceptPaused;
    private long acceptPausedNs;
    private volatile boolean stopping;

    /**
     * Binds the socket; a file left by a killed primary is replaced (the run lock is ours).
     *
     * @param failed called by the thread when it ends without having been told to
     */
    AttachLoop(Path path, Registry registry, Consumer<Throwable> failed) {
        this.path = path;
        this.registry = registry;
        this.failed = failed;
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        listener = Sockets.socket(Constants.AF_UNIX, Constants.SOCK_SEQPACKET | Constants.SOCK_NONBLOCK, 0);
        try {
            Sockets.bind(listener.value(), SocketAddress.unix(path.toString()));
            Linux.chmod(path.toString(), 0600);
            Sockets.listen(listener.value(), BACKLOG);
        } catch (RuntimeException e) {
            listener.close();
            throw e;
        }
    }

    void start() {
        thread.setUncaughtExceptionHandler((t, error) -> failed.accept(error));
        thread.start();
    }

    private void run() {
        while (!stopping) {
            try {
                polls.clear();
                polls.add(wake.value(), () -> Linux.eventfdRead(wake.value()));
                if (sessions.size() < MAX_SESSIONS && !acceptPaused) {
                    polls.add(listener.value(), this::accept);
                }
                // Requests before deaths: what a process asked before it died is done, then undone.
                sessions.forEach(s -> polls.add(s.connection.fd(), () -> readable(s)));
                registry.pidfds().forEach((fd, client) -> polls.add(fd.value(), () -> registry.died(client)));
                polls.await(TICK_MS);
                tick();
            } catch (RuntimeException e) {
                LOG.error("attach loop: {}", e.getMessage(), e);
            }
        }
        sessions.forEach(s -> s.connection.close());
        sessions.clear();
    }

    private void tick() {
        long now = System.nanoTime();
        acceptPaused &= now - acceptPausedNs < ACCEPT_PAUSE_NS;
        for (Session s : List.copyOf(sessions)) {
            if (s.client == null && now - s.acceptedNs > HELLO_LIMIT_NS) {
                end(s);
            }
        }
        registry.tick(now);
        sessions.removeIf(s -> s.closed);
    }

    private void accept() {
        FileDescriptor socket;
        try {
            socket = Sockets.accept(listener.value(), 0);
        } catch (LinuxException e) {
            acceptPaused = true;
            acceptPausedNs = System.nanoTime();
            LOG.error("a secondary can't attach for a second: {} (raise the limit of open files)", e.getMessage());
            return;
        }
        if (socket == null) {
            return;
        }
        Sockets.PeerCredentials peer = Sockets.peerCredentials(socket.value());
        if (peer.user() != Linux.geteuid() && peer.user() != 0) {
            LOG.warn("refused user {} at {}: only the primary's user and root may attach", peer.user(), path);
            socket.close();
            return;
        }
        sessions.add(new Session(new AttachConnection(socket), ProcessIdentity.of(peer.pid())));
    }

    private void readable(Session session) {
        if (session.closed) {
            return;
        }
        AttachConnection.Received request;
        try {
            request = session.connection.receive(0);
        } catch (AttachException e) {
            if (e.code().equals(AttachException.MALFORMED)) {
                LOG.warn("pid {} sent nonsense: {}", session.process.pid(), e.getMessage());
                reply(session, "0", Answer.error(e));
            }
            end(session);
            return;
        }
        if (request == null) {
            return;
        }
        String sequence = request.message().attribute("seq", "0");
        Answer answer;
        try {
            answer = registry.handle(session, request);
        } catch (AttachException e) {
            answer = Answer.error(e);
        } catch (RuntimeException e) {
            LOG.error("request {} of pid {} failed", request.message().verb(), session.process.pid(), e);
            answer = Answer.error(new AttachException(AttachException.FAILED, String.valueOf(e.getMessage())));
        }
        reply(session, sequence, answer);
        FileDescriptor.closeAll(request.descriptors());
    }

    private void reply(Session session, String sequence, Answer answer) {
        try {
            session.connection.send(answer.message().with("seq", sequence), answer.descriptors());
        } catch (AttachException e) {
            LOG.info("answer to pid {} is lost: {}", session.process.pid(), e.getMessage());
            end(session);
        } finally {
            if (!answer.ours()) {
                // The receiver has its own: when it dies, the kernel ends packet rings and tap queues at once.
                FileDescriptor.closeAll(answer.descriptors());
            }
        }
    }

    private void end(Session session) {
        if (!session.closed) {
            session.closed = true;
            session.connection.close();
            registry.connectionEnded(session);
        }
    }

    /** Stops the thread, closes all connections, removes the socket. */
    @Override
    public void close() {
        stopping = true;
        Linux.eventfdWrite(wake.value());
        Threads.join(thread);
        listener.close();
        wake.close();
        polls.close();
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.warn("remove {}: {}", path, e.getMessage());
        }
    }
}
