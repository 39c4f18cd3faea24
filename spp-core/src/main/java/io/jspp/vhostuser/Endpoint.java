package io.jspp.vhostuser;

import io.jspp.linux.Constants;
import io.jspp.linux.Errno;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.linux.LinuxException;
import io.jspp.linux.SocketAddress;
import io.jspp.linux.Sockets;
import io.jspp.state.Cause;
import io.jspp.state.Reason;
import io.jspp.virtio.Features;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One vhost-user socket and at most one front-end on it: as server it listens, as client it connects; both for ever, whatever the peer does.
 *
 * <p>As server it removes a stale socket file, gives its own one the mode and group it was told (0600), and takes it away at the end. A second connection is refused, unless
 * the first has never said anything. Made by any thread; everything else belongs to the thread of {@link SessionLoop}.
 */
public final class Endpoint {
    private static final Logger LOG = LoggerFactory.getLogger(Endpoint.class);

    private static final long CONNECT_NS = 100_000_000L;
    private static final long RETRY_NS = 1_000_000_000L;
    /** A peer that has this long for its next step and does not take it is waiting for something. */
    private static final long PATIENCE_NS = 2_000_000_000L;

    private static final long LOOK_NS = 1_000_000_000L;
    private static final long QUIET_NS = 10_000_000_000L;
    private static final long MIN_QUIET_NS = 1_000_000_000L;
    private static final int BACKLOG = 16;
    private static final int ACCEPTS_PER_TURN = 16;
    private static final int PRIVATE = 0600;
    private static final int SAME_GROUP = -1;

    private final String name;
    private final String path;
    private final boolean client;
    private final Offer offer;
    private final int mode;
    private final int group;
    private final VringUser user;
    private final DescriptorCloser closer;

    private SessionLoop loop;
    private FileDescriptor listener;
    private long listenerId;
    private long boundInode;
    private long boundDevice;
    private Session session;
    private long sessionId;
    private boolean flushing;
    private boolean wasUp;
    private long actNs;
    private long begunNs;
    private long lookNs;

    /** Why the last front-end failed; shown until one comes that does better. */
    private Reason failure = Reason.NONE;

    private Reason hindrance = Reason.NONE;
    private long loggedNs;
    private String logged = "";
    private int suppressed;

    /** A socket that only this user may use. */
    public Endpoint(String name, String path, boolean client, int queuePairs, VringUser user) {
        this(name, path, client, Offer.of(queuePairs), user, PRIVATE, SAME_GROUP);
    }

    /**
     * @param name for log lines: {@code vhost:0}
     * @param path of the socket, at most 107 bytes
     * @param client whether to connect to a socket of the front-end rather than listen
     * @param offer what front-ends may choose from
     * @param mode permissions of the socket, as server
     * @param group its group, -1 to leave it
     */
    public Endpoint(String name, String path, boolean client, Offer offer, VringUser user, int mode, int group) {
        this.name = name;
        this.path = path;
        this.client = client;
        this.offer = offer;
        this.user = user;
        this.mode = mode;
        this.group = group;
        closer = new DescriptorCloser(name);
        SocketAddress.unix(path); // refuses a path that is too long while somebody listens
    }

    void start(SessionLoop owner, long nowNs) {
        loop = owner;
        actNs = nowNs;
        tick(nowNs);
    }

    void stop() {
        end();
        closeListener();
        user.stage(VringUser.Stage.DOWN, Cause.CLOSED.of());
    }

    /** What is due; returns nanoseconds until something else is, or {@link Long#MAX_VALUE}. */
    long tick(long nowNs) {
        if (session != null) {
            return tickSession(nowNs);
        }
        if (listener != null) {
            lookAtPath(nowNs);
            return listener != null ? LOOK_NS : 1;
        }
        if (nowNs - actNs >= 0) {
            if (closer.full()) {
                retry(nowNs, RETRY_NS, VringUser.Stage.DOWN, descriptorsHang());
            } else if (client) {
                connect(nowNs);
            } else {
                listen(nowNs);
            }
            return session != null || listener != null ? 1 : actNs - nowNs;
        }
        return actNs - nowNs;
    }

    private long tickSession(long nowNs) {
        if (session.channel().overdue(nowNs)) {
            sessionEnded(ConnectionEnded.violation("a message was begun and not finished within 2 s"), nowNs);
            return 1;
        }
        if (nowNs - lookNs >= LOOK_NS) {
            lookNs = nowNs;
            if (!wasUp) {
                negotiating(nowNs);
            }
            user.look();
            if (session.memoryMayVanish()) {
                checkMemory();
            }
        }
        if (session == null) {
            return LOOK_NS;
        }
        return Math.min(session.tick(nowNs), session.channel().midMessage() ? MessageChannel.DEADLINE_NS / 4 : LOOK_NS);
    }

    /** Ends the session if its memory has vanished; also to be asked for by a worker that met an InternalError. */
    public void checkMemory() {
        if (session != null) {
            try {
                session.checkMemory();
            } catch (ConnectionEnded e) {
                sessionEnded(e, System.nanoTime());
            }
        }
    }

    // ---- server

    private void listen(long nowNs) {
        FileDescriptor socket = null;
        try {
            Reason obstacle = removeStale();
            if (obstacle != Reason.NONE) {
                retry(nowNs, RETRY_NS, VringUser.Stage.DOWN, obstacle);
                return;
            }
            socket = Sockets.socket(Constants.AF_UNIX, Constants.SOCK_STREAM | Constants.SOCK_NONBLOCK, 0);
            Sockets.bind(socket.value(), SocketAddress.unix(path));
            Linux.chmod(path, PRIVATE);
            if (group != SAME_GROUP) {
                Linux.chown(path, -1, group);
            }
            Linux.chmod(path, mode);
            Linux.Stat stat = Linux.lstat(path);
            boundInode = stat.inode();
            boundDevice = stat.device();
            Sockets.listen(socket.value(), BACKLOG);
            listenerId = loop.watch(socket.value(), Constants.EPOLLIN, (events, now) -> acceptable(now));
            listener = socket;
            waiting();
        } catch (LinuxException e) {
            if (socket != null) {
                socket.close();
            }
            retry(nowNs, RETRY_NS, VringUser.Stage.DOWN, socketFailure(e.errno(), e.getMessage()));
        }
    }

    /** Somebody may have removed or replaced our socket's file: then nobody can find us any more, and we listen anew. */
    private void lookAtPath(long nowNs) {
        if (nowNs - lookNs < LOOK_NS) {
            return;
        }
        lookNs = nowNs;
        boolean ours;
        try {
            Linux.Stat stat = Linux.lstat(path);
            ours = stat.inode() == boundInode && stat.device() == boundDevice;
        } catch (LinuxException e) {
            ours = e.errno() != Errno.ENOENT && e.errno() != Errno.ENOTDIR;
        }
        if (!ours) {
            log(nowNs, path + " was removed or replaced: listening anew");
            closeListener();
            actNs = nowNs;
        }
    }

    private Reason socketFailure(int errno, String what) {
        Path parent = Path.of(path).toAbsolutePath().getParent();
        return switch (errno) {
            case Errno.EACCES, Errno.EPERM, Errno.EROFS -> Cause.SOCKET_PERMISSION.of(what, parent + " " + path);
            case Errno.ENOENT, Errno.ENOTDIR -> Cause.SOCKET_DIRECTORY.of(path, parent);
            default -> Cause.SOCKET_FAILED.of(what);
        };
    }

    /** Removes a socket that nobody listens on; returns what stands in the way. */
    private Reason removeStale() {
        Linux.Stat stat;
        try {
            stat = Linux.lstat(path);
        } catch (LinuxException e) {
            if (e.errno() == Errno.ENOENT) {
                return Reason.NONE;
            }
            throw e;
        }
        if (!stat.isSocket()) {
            return Cause.SOCKET_PATH_TAKEN.of(path);
        }
        try (FileDescriptor probe =
                Sockets.socket(Constants.AF_UNIX, Constants.SOCK_STREAM | Constants.SOCK_NONBLOCK, 0)) {
            int r = Sockets.tryConnect(probe.value(), SocketAddress.unix(path));
            if (r == -Errno.ECONNREFUSED) {
                Linux.unlink(path);
                return Reason.NONE;
            }
            return switch (-r) {
                case Errno.ENOENT -> Reason.NONE;
                case Errno.EACCES, Errno.EPERM -> socketFailure(-r, "connect " + path + ": " + Errno.describe(-r));
                default -> Cause.SOCKET_IN_USE.of(path);
            };
        }
    }

    private void acceptable(long nowNs) {
        try {
            for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
                if (closer.hangs()) {
                    // Who waits in the backlog may hold more of the kind: nobody is accepted.
                    closeListener();
                    if (session == null) {
                        retry(nowNs, RETRY_NS, VringUser.Stage.DOWN, descriptorsHang());
                    }
                    return;
                }
                FileDescriptor socket = Sockets.accept(listener.value(), Constants.SOCK_NONBLOCK);
                if (socket == null) {
                    return;
                }
                accepted(socket, nowNs);
            }
        } catch (LinuxException e) {
            // Who sees its connection end finds the port down.
            retry(nowNs, RETRY_NS, VringUser.Stage.DOWN, Cause.SOCKET_FAILED.of(e.getMessage()));
            closeListener();
        }
    }

    private void accepted(FileDescriptor socket, long nowNs) {
        if (session != null && !session.heard()) {
            sessionEnded(
                    ConnectionEnded.because(Cause.PEER_SILENT, "another front-end came before it said anything"),
                    nowNs);
        } else if (session != null && hungUp()) {
            sessionEnded(ConnectionEnded.byPeer(), nowNs);
        }
        if (session != null) {
            closer.end(socket);
            log(nowNs, "another connection was refused: one front-end is attached already");
            return;
        }
        begin(socket);
    }

    private Reason descriptorsHang() {
        return Cause.DESCRIPTORS_HANG.of(closer.waiting() + " wait");
    }

    private boolean hungUp() {
        int events = Linux.pollOne(session.channel().fd(), Constants.POLLRDHUP, 0);
        return (events & (Constants.POLLRDHUP | Constants.POLLHUP | Constants.POLLERR)) != 0;
    }

    private void closeListener() {
        if (listener == null) {
            return;
        }
        loop.forget(listenerId, listener.value());
        endBacklog();
        closer.end(listener);
        listener = null;
        try {
            Linux.Stat stat = Linux.lstat(path);
            if (stat.inode() == boundInode && stat.device() == boundDevice) {
                Linux.unlink(path);
            }
        } catch (LinuxException e) {
            LOG.debug("{}: {}", name, e.getMessage());
        }
    }

    /** Who has connected and was not accepted yet must not wait for the listener's close(2). */
    private void endBacklog() {
        Sockets.shutdown(listener.value(), Constants.SHUT_RDWR); // nobody else gets into it
        try {
            FileDescriptor socket = Sockets.accept(listener.value(), 0);
            while (socket != null) {
                closer.end(socket);
                socket = Sockets.accept(listener.value(), 0);
            }
        } catch (LinuxException e) {
            LOG.debug("{}: {}", name, e.getMessage());
        }
    }

    // ---- client

    private void connect(long nowNs) {
        FileDescriptor socket;
        try {
            socket = Sockets.socket(Constants.AF_UNIX, Constants.SOCK_STREAM | Constants.SOCK_NONBLOCK, 0);
        } catch (LinuxException e) {
            retry(nowNs, RETRY_NS, VringUser.Stage.DOWN, Cause.SOCKET_FAILED.of(e.getMessage()));
            return;
        }
        int r = Sockets.tryConnect(socket.value(), SocketAddress.unix(path));
        if (r == 0) {
            try {
                begin(socket);
            } catch (LinuxException e) {
                retry(nowNs, RETRY_NS, VringUser.Stage.DOWN, Cause.SOCKET_FAILED.of(e.getMessage()));
            }
            return;
        }
        socket.close();
        boolean absent = r == -Errno.ENOENT || r == -Errno.ECONNREFUSED || r == -Errno.EAGAIN;
        Reason reason = absent
                ? failure != Reason.NONE ? failure : Cause.NOBODY_LISTENS.of(path)
                : socketFailure(-r, "connect " + path + ": " + Errno.describe(-r));
        retry(nowNs, absent ? CONNECT_NS : RETRY_NS, VringUser.Stage.CONNECTING, reason);
    }

    // ---- both

    private void begin(FileDescriptor socket) {
        Session next = new Session(new MessageChannel(socket, closer), user, offer);
        try {
            sessionId = loop.watch(socket.value(), Constants.EPOLLIN, this::sessionReady);
        } catch (LinuxException e) {
            next.close();
            throw e;
        }
        session = next;
        flushing = false;
        wasUp = false;
        begunNs = System.nanoTime();
        lookNs = begunNs;
        hindrance = Reason.NONE;
        LOG.debug("{}: front-end connected", name);
        negotiating(begunNs);
    }

    private void sessionReady(int events, long nowNs) {
        try {
            if ((events & Constants.EPOLLOUT) != 0) {
                session.channel().flush();
            }
            session.readable(nowNs);
            boolean waiting = !session.channel().flush();
            if (waiting != flushing) {
                flushing = waiting;
                int wanted = Constants.EPOLLIN | (waiting ? Constants.EPOLLOUT : 0);
                loop.change(sessionId, session.channel().fd(), wanted);
            }
            String refusal = session.takeRefusal();
            if (!refusal.isEmpty()) {
                log(nowNs, "refused " + refusal);
            }
            showProgress(nowNs);
        } catch (ConnectionEnded e) {
            sessionEnded(e, nowNs);
        } catch (InternalError e) {
            checkMemory();
        } catch (RuntimeException e) {
            LOG.error("{}: session ended by an unexpected failure", name, e);
            sessionEnded(ConnectionEnded.violation("unexpected failure: " + e.getMessage()), nowNs);
        }
    }

    private void showProgress(long nowNs) {
        boolean up = session.up();
        if (up == wasUp) {
            if (!up) {
                negotiating(nowNs);
            }
            return;
        }
        wasUp = up;
        if (up) {
            LOG.info("{}: up, features {}", name, Features.describe(session.features()));
            failure = Reason.NONE;
            session.forgetTrouble();
            user.stage(VringUser.Stage.UP, Reason.NONE);
        } else {
            LOG.info("{}: the guest stopped its queues", name);
            hindrance = Reason.NONE;
            negotiating(nowNs);
        }
    }

    /** Says what is still missing, when that has changed. */
    private void negotiating(long nowNs) {
        boolean silent = !session.heard() && nowNs - begunNs > PATIENCE_NS;
        Reason missing = silent ? Cause.PEER_SILENT.of() : session.hindrance(nowNs, PATIENCE_NS);
        if (!missing.equals(hindrance)) {
            hindrance = missing;
            user.stage(VringUser.Stage.NEGOTIATING, missing);
        }
    }

    private void waiting() {
        user.stage(VringUser.Stage.LISTENING, failure != Reason.NONE ? failure : Cause.NO_GUEST.of(path));
    }

    private void end() {
        if (session != null) {
            Session old = session;
            session = null;
            loop.forget(sessionId, old.channel().fd());
            old.close();
        }
    }

    private void sessionEnded(ConnectionEnded why, long nowNs) {
        boolean heard = session.heard();
        noteFailure(why, heard);
        end();
        if (!why.peerClosed()) {
            log(nowNs, "connection ended: " + why.reason());
        } else if (heard) {
            LOG.info("{}: {}", name, why.getMessage());
        }
        if (listener != null) {
            waiting();
            return;
        }
        Reason reason = failure != Reason.NONE ? failure : Cause.NOBODY_LISTENS.of(path);
        retry(nowNs, why.peerClosed() ? CONNECT_NS : RETRY_NS, VringUser.Stage.CONNECTING, reason);
    }

    /** A front-end that gave up after a refusal failed by it; one that came and went without a word changes nothing. */
    private void noteFailure(ConnectionEnded why, boolean heard) {
        if (!why.peerClosed()) {
            failure = why.reason();
        } else if (heard) {
            boolean gaveUp = !wasUp && hindrance.cause() != Cause.DRIVER_NOT_STARTED;
            failure = gaveUp ? hindrance : Reason.NONE;
        }
    }

    private void retry(long nowNs, long afterNs, VringUser.Stage stage, Reason reason) {
        actNs = nowNs + afterNs;
        user.stage(stage, reason);
        if (stage == VringUser.Stage.DOWN) {
            log(nowNs, reason.toString());
        }
    }

    /** A warning: at most one a second, the same one at most every ten seconds. */
    private void log(long nowNs, String text) {
        if (nowNs - loggedNs < (text.equals(logged) ? QUIET_NS : MIN_QUIET_NS) && !logged.isEmpty()) {
            suppressed++;
            return;
        }
        if (suppressed > 0) {
            LOG.warn("{}: {} ({} more warnings since the last)", name, text, suppressed);
        } else {
            LOG.warn("{}: {}", name, text);
        }
        suppressed = 0;
        logged = text;
        loggedNs = nowNs;
    }
}
