package io.jspp.vhostuser;

import io.jspp.linux.Constants;
import io.jspp.linux.Errno;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.linux.LinuxException;
import io.jspp.linux.SocketAddress;
import io.jspp.linux.Sockets;
import io.jspp.virtio.Features;
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

    private static final long NEVER = Long.MAX_VALUE;
    private static final long CONNECT_NS = 100_000_000L;
    private static final long RETRY_NS = 1_000_000_000L;
    private static final long MEMORY_CHECK_NS = 1_000_000_000L;
    private static final long QUIET_NS = 10_000_000_000L;
    private static final long MIN_QUIET_NS = 1_000_000_000L;
    private static final int BACKLOG = 16;
    private static final int ACCEPTS_PER_TURN = 16;
    private static final int PRIVATE = 0600;
    private static final int SAME_GROUP = -1;

    private final String name;
    private final String path;
    private final boolean client;
    private final int queuePairs;
    private final int mode;
    private final int group;
    private final VringUser user;

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
    private long memoryCheckNs;
    private long loggedNs;
    private String logged = "";
    private int suppressed;

    /** A socket that only this user may use. */
    public Endpoint(String name, String path, boolean client, int queuePairs, VringUser user) {
        this(name, path, client, queuePairs, user, PRIVATE, SAME_GROUP);
    }

    /**
     * @param name for log lines: {@code vhost:0}
     * @param path of the socket, at most 107 bytes
     * @param client whether to connect to a socket of the front-end rather than listen
     * @param queuePairs pairs of rings offered
     * @param mode permissions of the socket, as server
     * @param group its group, -1 to leave it
     */
    public Endpoint(String name, String path, boolean client, int queuePairs, VringUser user, int mode, int group) {
        this.name = name;
        this.path = path;
        this.client = client;
        this.queuePairs = queuePairs;
        this.user = user;
        this.mode = mode;
        this.group = group;
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
        user.stage(VringUser.Stage.DOWN, "closed", "");
    }

    /** What is due; returns nanoseconds until something else is, or {@link Long#MAX_VALUE}. */
    long tick(long nowNs) {
        if (session != null) {
            return tickSession(nowNs);
        }
        if (listener != null) {
            return NEVER;
        }
        if (nowNs - actNs >= 0) {
            if (client) {
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
        long next = session.channel().midMessage() ? MessageChannel.DEADLINE_NS / 4 : NEVER;
        if (session.memoryMayVanish()) {
            if (nowNs - memoryCheckNs >= MEMORY_CHECK_NS) {
                memoryCheckNs = nowNs;
                checkMemory();
            }
            next = Math.min(next, MEMORY_CHECK_NS);
        }
        return next;
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
            String obstacle = removeStale();
            if (!obstacle.isEmpty()) {
                retry(
                        nowNs,
                        RETRY_NS,
                        VringUser.Stage.DOWN,
                        obstacle,
                        "remove " + path + " or choose another --sock-dir");
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
            retry(nowNs, RETRY_NS, VringUser.Stage.DOWN, e.getMessage(), "");
        }
    }

    /** Removes a socket that nobody listens on; returns what stands in the way, empty when nothing does. */
    private String removeStale() {
        Linux.Stat stat;
        try {
            stat = Linux.lstat(path);
        } catch (LinuxException e) {
            if (e.errno() == Errno.ENOENT) {
                return "";
            }
            throw e;
        }
        if (!stat.isSocket()) {
            return path + " exists and is no socket";
        }
        try (FileDescriptor probe =
                Sockets.socket(Constants.AF_UNIX, Constants.SOCK_STREAM | Constants.SOCK_NONBLOCK, 0)) {
            int r = Sockets.tryConnect(probe.value(), SocketAddress.unix(path));
            if (r == -Errno.ECONNREFUSED) {
                Linux.unlink(path);
                return "";
            }
            return r == -Errno.ENOENT ? "" : "another process listens on " + path;
        }
    }

    private void acceptable(long nowNs) {
        try {
            for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
                FileDescriptor socket = Sockets.accept(listener.value(), Constants.SOCK_NONBLOCK);
                if (socket == null) {
                    return;
                }
                accepted(socket, nowNs);
            }
        } catch (LinuxException e) {
            closeListener();
            retry(nowNs, RETRY_NS, VringUser.Stage.DOWN, e.getMessage(), "");
        }
    }

    private void accepted(FileDescriptor socket, long nowNs) {
        if (session != null && !session.heard()) {
            sessionEnded(ConnectionEnded.violation("another front-end came before it said anything"), nowNs);
        } else if (session != null && hungUp()) {
            sessionEnded(ConnectionEnded.byPeer(), nowNs);
        }
        if (session != null) {
            socket.close();
            log(nowNs, "another connection was refused: one front-end is attached already");
            return;
        }
        begin(socket);
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
        listener.close();
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

    // ---- client

    private void connect(long nowNs) {
        FileDescriptor socket;
        try {
            socket = Sockets.socket(Constants.AF_UNIX, Constants.SOCK_STREAM | Constants.SOCK_NONBLOCK, 0);
        } catch (LinuxException e) {
            retry(nowNs, RETRY_NS, VringUser.Stage.DOWN, e.getMessage(), "");
            return;
        }
        int r = Sockets.tryConnect(socket.value(), SocketAddress.unix(path));
        if (r == 0) {
            begin(socket);
            return;
        }
        socket.close();
        boolean absent = r == -Errno.ENOENT || r == -Errno.ECONNREFUSED || r == -Errno.EAGAIN;
        String cause = absent ? "nobody listens on " + path : "connect " + path + ": " + Errno.describe(-r);
        String next = absent ? "start the guest with this socket, server=on" : "";
        retry(nowNs, absent ? CONNECT_NS : RETRY_NS, VringUser.Stage.CONNECTING, cause, next);
    }

    // ---- both

    private void begin(FileDescriptor socket) {
        Session next = new Session(new MessageChannel(socket), user, queuePairs);
        try {
            sessionId = loop.watch(socket.value(), Constants.EPOLLIN, this::sessionReady);
        } catch (LinuxException e) {
            next.close();
            throw e;
        }
        session = next;
        flushing = false;
        wasUp = false;
        memoryCheckNs = System.nanoTime();
        LOG.debug("{}: front-end connected", name);
        negotiating();
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
            showProgress();
        } catch (ConnectionEnded e) {
            sessionEnded(e, nowNs);
        } catch (InternalError e) {
            checkMemory();
        } catch (RuntimeException e) {
            LOG.error("{}: session ended by an unexpected failure", name, e);
            sessionEnded(ConnectionEnded.violation("unexpected failure: " + e.getMessage()), nowNs);
        }
    }

    private void showProgress() {
        boolean up = session.up();
        if (up == wasUp) {
            return;
        }
        wasUp = up;
        if (up) {
            LOG.info("{}: up, features {}", name, Features.describe(session.features()));
            user.stage(VringUser.Stage.UP, "", "");
        } else {
            LOG.info("{}: the guest stopped its queues", name);
            negotiating();
        }
    }

    private void negotiating() {
        user.stage(VringUser.Stage.NEGOTIATING, "the guest's driver has not started its queues", "");
    }

    private void waiting() {
        user.stage(
                VringUser.Stage.LISTENING,
                "no guest on " + path,
                "start the guest with this socket, or add --vhost-client");
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
        end();
        if (!why.peerClosed()) {
            log(nowNs, "connection ended: " + why.getMessage());
        } else if (heard) {
            LOG.info("{}: {}", name, why.getMessage());
        }
        if (listener != null) {
            waiting();
            return;
        }
        retry(nowNs, why.peerClosed() ? CONNECT_NS : RETRY_NS, VringUser.Stage.CONNECTING, why.getMessage(), "");
    }

    private void retry(long nowNs, long afterNs, VringUser.Stage stage, String cause, String next) {
        actNs = nowNs + afterNs;
        user.stage(stage, cause, next);
        if (stage == VringUser.Stage.DOWN) {
            log(nowNs, cause);
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
