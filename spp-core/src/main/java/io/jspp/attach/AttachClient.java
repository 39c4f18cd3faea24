package io.jspp.attach;

import io.jspp.config.ExitCode;
import io.jspp.config.ProcessException;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.linux.LinuxException;
import io.jspp.port.Claims;
import io.jspp.port.Direction;
import io.jspp.port.PortException;
import io.jspp.port.PortId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A secondary's attachment to the primary: the shared segment, its claims, its committed configuration. When the primary dies nothing ends:
 * the claims stay held, and this client looks for a new primary every 100 ms for ever and offers it the segment.
 *
 * <p>Threads: all methods may be called by any thread and are served one at a time; the calling thread waits for the primary's answer (10 s
 * at most). Workers never call. One own daemon thread watches the connection.
 */
public final class AttachClient implements Claims, AutoCloseable {
    /** Version of the protocol. */
    public static final int PROTOCOL_VERSION = 1;

    /** Name of the primary's socket in the run directory. */
    public static final String SOCKET_NAME = "primary.sock";

    private static final int RETRY_MS = 100;
    private static final int ANSWER_TIMEOUT_MS = 10_000;
    private static final int AGAIN_LIMIT_MS = 5_000;
    private static final long NOTICE_INTERVAL_NS = TimeUnit.SECONDS.toNanos(60);

    /**
     * Who attaches, and where.
     *
     * @param socket the primary's socket, {@link #SOCKET_NAME} in the run directory
     * @param clientId 1..127
     * @param type {@code nfv}, {@code vf}, ...
     * @param fresh true to forget what an earlier process of this id committed
     * @param waitSeconds how long to wait for a primary at start, 0 for ever
     */
    public record Identity(Path socket, int clientId, String type, boolean fresh, int waitSeconds) {}

    /**
     * A port that exists because the primary has its device.
     *
     * @param macAddress all zero when it has none
     */
    public record DeviceInfo(PortId port, int rxQueues, int txQueues, String macAddress) {}

    private final Identity identity;
    private final Consumer<String> notices;
    private final Runnable segmentReplaced;
    private final HeldClaims held = new HeldClaims();
    private final CountDownLatch closed = new CountDownLatch(1);
    private Thread watcher;
    private volatile AttachConnection connection;
    private volatile int primaryPid;
    private FileDescriptor segment;
    private Map<String, String> welcome = Map.of();
    private long sequence;
    private boolean stale;
    private boolean left;
    private boolean farewellTaken;

    private AttachClient(Identity identity, Consumer<String> notices, Runnable segmentReplaced) {
        this.identity = identity;
        this.notices = notices;
        this.segmentReplaced = segmentReplaced;
    }

    /**
     * Waits for a primary and attaches.
     *
     * @param notices receives a line when the primary is missing, lost, found again; repeated once a minute while it is missing
     * @param segmentReplaced called once, by the watcher thread, when a new primary runs on other memory than ours: it never waited for us
     *     (we were stopped for long); the process must end and start anew
     * @throws ProcessException {@link ExitCode#UNREACHABLE} after {@code waitSeconds}, {@link ExitCode#REFUSED} when the id is taken
     */
    public static AttachClient attach(Identity identity, Consumer<String> notices, Runnable segmentReplaced)
            throws InterruptedException {
        AttachClient client = new AttachClient(identity, notices, segmentReplaced);
        try {
            client.attachFirst();
        } catch (ProcessException | InterruptedException e) {
            client.close();
            throw e;
        }
        client.watcher = new Thread(client::watch, "attach");
        client.watcher.setDaemon(true);
        client.watcher.start();
        return client;
    }

    private void attachFirst() throws InterruptedException {
        long start = System.nanoTime();
        long lastNotice = start - NOTICE_INTERVAL_NS;
        while (true) {
            try {
                hello();
                return;
            } catch (AttachException e) {
                boolean worthWaiting =
                        e.code().equals(AttachException.UNREACHABLE) || e.code().equals(AttachException.AGAIN);
                if (!worthWaiting) {
                    int exit = e.code().equals(AttachException.REFUSED) ? ExitCode.REFUSED : ExitCode.FAILED;
                    throw new ProcessException(exit, "attach to the primary: " + e.getMessage());
                }
                if (identity.waitSeconds > 0
                        && System.nanoTime() - start > TimeUnit.SECONDS.toNanos(identity.waitSeconds)) {
                    throw new ProcessException(
                            ExitCode.UNREACHABLE,
                            "waited " + identity.waitSeconds + " s for the primary: " + e.getMessage()
                                    + "; start ./spp primary with the same --file-prefix and user");
                }
                if (System.nanoTime() - lastNotice >= NOTICE_INTERVAL_NS) {
                    lastNotice = System.nanoTime();
                    notices.accept("waiting for the primary: " + e.getMessage()
                            + "; start ./spp primary with the same --file-prefix and user");
                }
            }
            closed.await(RETRY_MS, TimeUnit.MILLISECONDS);
        }
    }

    /** Connects and introduces this process; offers segment, claims and eventfds when it has them. */
    private synchronized void hello() throws AttachException {
        AttachConnection attempt = AttachConnection.connect(identity.socket);
        try {
            int user = attempt.peer().user();
            if (user != Linux.geteuid() && user != 0) {
                throw new AttachException(
                        AttachException.REFUSED,
                        "the primary at " + identity.socket + " belongs to user " + user + ", this process to "
                                + Linux.geteuid());
            }
            AttachMessage message = AttachMessage.of("hello")
                    .with("version", PROTOCOL_VERSION)
                    .with("id", identity.clientId)
                    .with("type", identity.type)
                    .with("fresh", identity.fresh ? 1 : 0);
            List<FileDescriptor> offer = new ArrayList<>();
            if (segment != null) {
                offer.add(segment);
                message = message.with("segment", 1).with("epoch", welcome.getOrDefault("epoch", "0"));
                message = held.offer(message, offer);
            }
            AttachConnection.Received reply = request(attempt, message, offer);
            takeWelcome(reply);
            primaryPid = attempt.peer().pid();
            connection = attempt;
        } catch (AttachException | RuntimeException e) {
            attempt.close();
            throw e;
        }
    }

    private void takeWelcome(AttachConnection.Received reply) throws AttachException {
        List<FileDescriptor> descriptors = reply.descriptors();
        if (segment != null) {
            FileDescriptor.closeAll(descriptors);
            return;
        }
        if (descriptors.size() != 1) {
            FileDescriptor.closeAll(descriptors);
            throw new AttachException(AttachException.MALFORMED, "the primary sent no segment");
        }
        segment = descriptors.get(0);
        welcome = reply.message().attributes();
    }

    private void watch() {
        while (closed.getCount() > 0) {
            AttachConnection current = connection;
            if (current != null) {
                if (Linux.pollOne(current.fd(), 0, 1000) != 0) {
                    lost(current);
                }
            } else if (stale || !reattach()) {
                pause();
            }
        }
    }

    private void lost(AttachConnection current) {
        synchronized (this) {
            if (connection != current) {
                return;
            }
            connection = null;
            current.close();
            held.abandoned().clear();
        }
        if (closed.getCount() > 0) {
            notices.accept("the primary (pid " + primaryPid + ") is gone: traffic goes on, waiting for a new one at "
                    + identity.socket);
        }
    }

    private boolean reattach() {
        try {
            hello();
            notices.accept("attached to the primary again (pid " + primaryPid + ")");
            return true;
        } catch (AttachException e) {
            if (e.code().equals(AttachException.STALE) || e.code().equals(AttachException.REFUSED)) {
                stale = true;
                notices.accept("the new primary refuses this process: " + e.getMessage());
                segmentReplaced.run();
            }
            return false;
        } catch (LinuxException noDescriptorLeft) {
            // Tried again: without this thread no new primary would ever be found.
            return false;
        }
    }

    private void pause() {
        try {
            closed.await(RETRY_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private AttachConnection.Received request(
            AttachConnection to, AttachMessage message, List<FileDescriptor> descriptors) throws AttachException {
        String number = Long.toString(++sequence);
        to.send(message.with("seq", number), descriptors);
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ANSWER_TIMEOUT_MS);
        while (true) {
            long leftMs = (deadline - System.nanoTime()) / 1_000_000;
            AttachConnection.Received reply = leftMs > 0 ? to.receive((int) leftMs) : null;
            if (reply == null && leftMs <= 0) {
                throw new AttachException(
                        AttachException.AGAIN,
                        "the primary (pid " + primaryPid + ") has not answered " + message.verb() + " for "
                                + ANSWER_TIMEOUT_MS / 1000 + " s");
            }
            if (reply == null) {
                continue;
            }
            if (!reply.message().attribute("seq", "").equals(number)) {
                FileDescriptor.closeAll(reply.descriptors());
                continue;
            }
            if (reply.message().verb().equals("ok")) {
                return reply;
            }
            FileDescriptor.closeAll(reply.descriptors());
            throw new AttachException(reply.message().word(1), reply.message().word(2));
        }
    }

    /** Sends a request over the current connection; waits while the primary asks for patience. */
    private AttachConnection.Received ask(AttachMessage message) throws AttachException {
        long limit = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(AGAIN_LIMIT_MS);
        while (true) {
            AttachConnection current = connection;
            if (current == null) {
                throw new AttachException(
                        AttachException.UNREACHABLE,
                        "no primary is running (existing patches go on): start ./spp primary with the same --file-prefix");
            }
            try {
                return request(current, message, List.of());
            } catch (AttachException e) {
                if (e.code().equals(AttachException.UNREACHABLE)) {
                    current.hangUp();
                    throw new AttachException(
                            AttachException.UNREACHABLE,
                            "the primary is gone (existing patches go on): " + e.getMessage(),
                            e);
                }
                if (!e.code().equals(AttachException.AGAIN) || System.nanoTime() > limit) {
                    throw e;
                }
                pause();
            }
        }
    }

    @Override
    public synchronized Grant claim(PortId port, int queue, Direction direction) {
        HeldClaims.Key key = new HeldClaims.Key(port, queue, direction);
        try {
            releaseAbandoned();
            AttachConnection.Received reply;
            try {
                reply = ask(key.message("claim"));
            } catch (AttachException e) {
                // MALFORMED: it may have been granted, and the descriptors found no room here.
                if (e.code().equals(AttachException.AGAIN) || e.code().equals(AttachException.MALFORMED)) {
                    held.abandon(key);
                }
                throw e;
            }
            Map<String, String> attributes = new LinkedHashMap<>(reply.message().attributes());
            attributes.remove("seq");
            boolean offered =
                    attributes.containsKey("eventfd") && !reply.descriptors().isEmpty();
            try {
                held.add(key, offered ? reply.descriptors().get(0).duplicate() : null);
            } catch (LinuxException e) {
                FileDescriptor.closeAll(reply.descriptors());
                held.abandon(key);
                throw new PortException("claim " + key + ": " + e.getMessage() + " (limit of open files?)", e);
            }
            return new Grant(reply.descriptors(), Map.copyOf(attributes));
        } catch (AttachException e) {
            throw new PortException(e.why(), e.getMessage(), e);
        }
    }

    @Override
    public synchronized void release(PortId port, int queue, Direction direction) {
        HeldClaims.Key key = new HeldClaims.Key(port, queue, direction);
        if (!held.remove(key)) {
            return;
        }
        try {
            ask(key.message("release"));
        } catch (AttachException e) {
            if (e.code().equals(AttachException.AGAIN)) {
                held.abandon(key);
            }
            // Otherwise no primary is there; the next one learns from the list in hello that the claim ended.
        }
    }

    private void releaseAbandoned() throws AttachException {
        for (Iterator<HeldClaims.Key> it = held.abandoned().iterator(); it.hasNext(); ) {
            try {
                ask(it.next().message("release"));
            } catch (AttachException e) {
                // What the primary can't read it has not granted.
                if (!e.code().equals(AttachException.MALFORMED)) {
                    throw e;
                }
            }
            it.remove();
        }
    }

    /**
     * The ports that exist because the primary has their devices.
     *
     * @throws PortException when no primary answers
     */
    public synchronized List<DeviceInfo> devices() {
        try {
            List<DeviceInfo> devices = new ArrayList<>();
            for (Map.Entry<String, String> entry :
                    ask(AttachMessage.of("devices")).message().attributes().entrySet()) {
                String[] facts = entry.getValue().split("/", -1);
                if (facts.length == 3) {
                    devices.add(new DeviceInfo(
                            PortId.parse(entry.getKey()),
                            Integer.parseInt(facts[0]),
                            Integer.parseInt(facts[1]),
                            facts[2]));
                }
            }
            return devices;
        } catch (AttachException e) {
            throw new PortException(e.why(), "list of devices: " + e.getMessage(), e);
        }
    }

    /** Descriptor of the shared segment, owned by this client: attach a duplicate. */
    public FileDescriptor segment() {
        return segment;
    }

    public int clientId() {
        return identity.clientId;
    }

    /** Number of this process's life among those of its client id; part of every owner word. */
    public int epoch() {
        return Integer.parseInt(welcome.getOrDefault("epoch", "0"));
    }

    /** True when an earlier process with this id and type ended without {@code exit} and left its configuration. */
    public boolean resumes() {
        return welcome.getOrDefault("resume", "0").equals("1");
    }

    /** Whether a primary is there now; any thread. */
    public boolean attached() {
        return connection != null;
    }

    /** Process id of the (last) primary. */
    public int primaryPid() {
        return primaryPid;
    }

    /**
     * Leaves for good ({@code exit}): the primary forgets the committed configuration. Without it, {@link #close} leaves the configuration
     * for the next process with this id.
     */
    public synchronized void forget() {
        bye(true);
    }

    private void bye(boolean forget) {
        if (connection != null && !left) {
            left = true;
            try {
                ask(AttachMessage.of("bye").with("forget", forget ? 1 : 0));
                farewellTaken = true;
            } catch (AttachException primaryIsGoneToo) {
                // It will see the end of this process, or the next one will.
                connection.hangUp();
            }
        }
    }

    /** Ends all claims and the attachment. Queues are closed before, the mapped segment after. */
    @Override
    public void close() {
        if (closed.getCount() == 0) {
            return;
        }
        synchronized (this) {
            bye(false);
        }
        closed.countDown();
        AttachConnection current = connection;
        if (current != null) {
            current.hangUp();
        }
        if (watcher != null) {
            watcher.interrupt();
            boolean interrupted = false;
            while (true) {
                try {
                    watcher.join();
                    break;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        synchronized (this) {
            if (connection == null && !farewellTaken && segment != null) {
                new ClientFile(identity.socket.toAbsolutePath().getParent())
                        .removeIfLast(ProcessIdentity.of(Linux.getpid()));
            }
            if (connection != null) {
                connection.close();
                connection = null;
            }
            held.clear();
            if (segment != null) {
                segment.close();
            }
        }
    }
}
