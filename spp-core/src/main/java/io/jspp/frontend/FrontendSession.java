package io.jspp.frontend;

import io.jspp.linux.FileDescriptor;
import io.jspp.linux.LinuxException;
import io.jspp.linux.Threads;
import io.jspp.vhostuser.ProtocolFeatures;
import io.jspp.vhostuser.Requests;
import io.jspp.virtio.Features;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A vhost-user front-end: owns guest memory and virtqueues, offers them to whatever back-end answers on the socket, and does so again after
 * every loss of the connection, for ever. The rings stay as they are, so that a new back-end goes on where the old one stopped
 * (SET_VRING_BASE as QEMU sends it: the used index of a split ring, 0x80008000 for any packed one).
 *
 * <p>The session has a thread of its own. The first successful negotiation fixes the features and calls {@link Driver#start} once, on the
 * session thread; afterwards the data path belongs to the driver's own thread. {@link #close} stops the rings with GET_VRING_BASE first; the
 * caller has stopped its data path by then.
 */
public final class FrontendSession implements AutoCloseable {
    private static final int ACKNOWLEDGE_DRIVER_FEATURES_OK = 0x0b;
    private static final int DRIVER_OK = 0x0f;
    private static final int FEATURES_OK = 0x08;
    private static final int POLL_MS = 20;
    private static final long RETRY_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long PROTOCOL_FEATURES =
            ProtocolFeatures.MQ | ProtocolFeatures.REPLY_ACK | ProtocolFeatures.STATUS;

    /** Builds the queues' contents once the features are known. */
    @FunctionalInterface
    public interface Driver {
        /** {@code queues}: rx 0, tx 0, rx 1, tx 1 …; everything taken from {@code memory} is offered to the device afterwards. */
        void start(FrontendMemory memory, DriverVirtqueue[] queues, long features);
    }

    /** Where the session stands. */
    public enum State {
        /** No connection: trying or listening. */
        CONNECTING,
        NEGOTIATING,
        /** The back-end has everything it needs. */
        UP,
        /** Given up: {@link #problem} tells why. */
        FAILED,
        CLOSED
    }

    private final FrontendConfig config;
    private final Driver driver;
    private final FrontendSocket socket;
    private final FrontendMemory memory;
    private final MemorySharing sharing;
    private final Thread thread;
    private final CountDownLatch firstUp = new CountDownLatch(1);
    private volatile State state = State.CONNECTING;
    private volatile String problem = "";
    private volatile boolean stopping;
    private volatile int connections;
    private volatile DriverVirtqueue[] queues;
    private volatile long features;
    private volatile int wantedPairs;
    private volatile int enabledPairs;
    private boolean opened;
    private boolean acknowledgedProtocolFeatures;

    public FrontendSession(FrontendConfig config, Driver driver) {
        this(config, FrontendMemory.create(config.memoryBytes(), config.hugePages()), driver);
    }

    /** With memory of its own shape instead of what the configuration says; takes it over. */
    public FrontendSession(FrontendConfig config, FrontendMemory memory, Driver driver) {
        this.config = config;
        this.driver = driver;
        this.wantedPairs = config.queuePairs();
        this.socket = new FrontendSocket(config.socketPath(), config.listen());
        this.memory = memory;
        this.sharing = new MemorySharing(memory);
        this.thread = new Thread(this::run, "frontend " + config.socketPath());
        thread.setDaemon(true);
    }

    /**
     * Binds the socket when listening, and begins to look for a back-end.
     *
     * @throws LinuxException when the socket cannot be made
     */
    public FrontendSession start() {
        socket.open();
        opened = true;
        thread.start();
        return this;
    }

    /** Waits for the first successful negotiation; false after the time or when the session failed. */
    public boolean awaitUp(long timeoutMs) throws InterruptedException {
        boolean done = timeoutMs < 0 ? awaitForEver() : firstUp.await(timeoutMs, TimeUnit.MILLISECONDS);
        return done && state != State.FAILED && state != State.CLOSED;
    }

    private boolean awaitForEver() throws InterruptedException {
        firstUp.await();
        return true;
    }

    public State state() {
        return state;
    }

    /** Why there is no connection, for people; empty when nothing is wrong. */
    public String problem() {
        return problem;
    }

    /** Successful negotiations so far. */
    public int connections() {
        return connections;
    }

    /** Negotiated features; 0 before the first negotiation. */
    public long features() {
        return features;
    }

    /**
     * Has the back-end use the first {@code pairs} queue pairs only, as a guest does by {@code ethtool -L}. Soon, and for later back-ends too;
     * {@link #enabledPairs} tells when. Packets in rings that end stay there. Any thread.
     */
    public void enablePairs(int pairs) {
        if (pairs < 1 || pairs > config.queuePairs()) {
            throw new IllegalArgumentException(pairs + " pairs, 1 to " + config.queuePairs() + " expected");
        }
        wantedPairs = pairs;
    }

    /** Queue pairs that the back-end has been told to use, and has confirmed. */
    public int enabledPairs() {
        return enabledPairs;
    }

    public FrontendConfig config() {
        return config;
    }

    public FrontendMemory memory() {
        return memory;
    }

    /**
     * Whether the back-end has been told of a region, and has confirmed that it uses it, or may still use it. Follows {@link FrontendMemory#add} and
     * {@link FrontendMemory#remove} soon. Any thread.
     */
    public boolean shares(FrontendRegion region) {
        return sharing.shares(region);
    }

    /** rx 0, tx 0, rx 1, tx 1 …; null before the first negotiation. */
    public DriverVirtqueue[] queues() {
        return queues;
    }

    private void run() {
        try {
            while (!stopping) {
                FileDescriptor connection = socket.next(POLL_MS);
                if (connection == null) {
                    problem = config.listen()
                            ? "no back-end has connected to " + config.socketPath()
                                    + " (is the vhost port in client mode?)"
                            : "nobody listens on " + config.socketPath() + " (is the vhost port added?)";
                    pause();
                    continue;
                }
                try (FrontendChannel channel = new FrontendChannel(connection)) {
                    serve(channel);
                } catch (FrontendException | LinuxException e) {
                    problem = e.getMessage();
                    state = State.CONNECTING;
                    LockSupport.parkNanos(RETRY_NS);
                }
            }
        } catch (RuntimeException e) {
            problem = String.valueOf(e.getMessage());
            state = State.FAILED;
        } finally {
            firstUp.countDown();
        }
    }

    private void pause() {
        if (!config.listen()) {
            LockSupport.parkNanos(RETRY_NS);
        }
    }

    private void serve(FrontendChannel channel) {
        state = State.NEGOTIATING;
        long protocolFeatures = negotiate(channel);
        sharing.begin(channel, protocolFeatures);
        startRings(channel, protocolFeatures);
        problem = "";
        connections++;
        state = State.UP;
        firstUp.countDown();
        boolean ended = false;
        while (!stopping && !ended) {
            ended = channel.ended(POLL_MS);
            if (!ended) {
                sharing.follow();
                if (wantedPairs != enabledPairs) {
                    enableRings(channel, wantedPairs);
                }
            }
        }
        state = State.CONNECTING;
        if (stopping && !ended) {
            stopRings(channel);
        }
    }

    /** SET_OWNER to FEATURES_OK; returns the protocol features acknowledged. */
    private long negotiate(FrontendChannel channel) {
        channel.send(Requests.SET_OWNER, FrontendChannel.payload(0), false);
        long offered = channel.get(Requests.GET_FEATURES);
        long protocol = 0;
        acknowledgedProtocolFeatures = Features.has(offered, Features.PROTOCOL_FEATURES);
        if (acknowledgedProtocolFeatures) {
            long wanted = PROTOCOL_FEATURES | (config.memorySlots() ? ProtocolFeatures.CONFIGURE_MEM_SLOTS : 0);
            protocol = channel.get(Requests.GET_PROTOCOL_FEATURES) & wanted;
            channel.send(Requests.SET_PROTOCOL_FEATURES, protocol, false);
        }
        agree(offered);
        if (config.queuePairs() > 1) {
            long most = (protocol & ProtocolFeatures.MQ) != 0 ? channel.get(Requests.GET_QUEUE_NUM) : 1;
            if (most < config.queuePairs()) {
                throw new FrontendException(
                        "back-end serves " + most + " queue pairs, " + config.queuePairs() + " are wanted");
            }
        }
        for (int i = 0; i < queues.length; i++) {
            channel.sendVringDescriptor(Requests.SET_VRING_CALL, i, queues[i].callDescriptor());
        }
        channel.send(Requests.SET_FEATURES, features | offered & Features.PROTOCOL_FEATURES, false);
        if ((protocol & ProtocolFeatures.STATUS) != 0) {
            setStatus(channel, ACKNOWLEDGE_DRIVER_FEATURES_OK, protocol);
            long status = channel.get(Requests.GET_STATUS);
            if ((status & FEATURES_OK) == 0) {
                throw new FrontendException("back-end refused the features " + Features.describe(features));
            }
        }
        return protocol;
    }

    /** The first back-end decides; later ones must be able to do the same, since the driver runs already. */
    private void agree(long offered) {
        if (queues == null) {
            // without MQ, DPDK forgets all rings but two at SET_FEATURES
            long mq = config.queuePairs() > 1 ? Features.MQ : 0;
            long agreed = (config.features() | mq) & offered;
            if (!Features.has(agreed, FrontendConfig.REQUIRED)) {
                throw new FrontendException(
                        "back-end does not offer " + Features.describe(FrontendConfig.REQUIRED & ~agreed) + ", only "
                                + Features.describe(offered));
            }
            if (Features.has(config.features() & ~offered, Features.RING_PACKED)) {
                throw new FrontendException("back-end does not offer packed rings (RING_PACKED): ask for split ones");
            }
            DriverVirtqueue[] fresh = new DriverVirtqueue[2 * config.queuePairs()];
            for (int i = 0; i < fresh.length; i++) {
                fresh[i] = DriverVirtqueue.create(memory, config.queueSize(), agreed);
            }
            driver.start(memory, fresh, agreed);
            features = agreed;
            queues = fresh;
        } else if (!Features.has(offered, features)) {
            throw new FrontendException("the new back-end lacks " + Features.describe(features & ~offered)
                    + ", which the driver uses already");
        }
    }

    private void startRings(FrontendChannel channel, long protocolFeatures) {
        for (int i = 0; i < queues.length; i++) {
            DriverVirtqueue queue = queues[i];
            channel.sendVring(Requests.SET_VRING_NUM, i, queue.size());
            channel.sendVring(Requests.SET_VRING_BASE, i, queue.restartBase());
            ByteBuffer address = FrontendChannel.payload(40);
            address.putInt(i).putInt(0);
            address.putLong(queue.descriptors())
                    .putLong(queue.used())
                    .putLong(queue.avail())
                    .putLong(0);
            channel.send(Requests.SET_VRING_ADDR, address, false);
            channel.sendVringDescriptor(Requests.SET_VRING_KICK, i, queue.kickDescriptor());
        }
        enableRings(channel, wantedPairs);
        if ((protocolFeatures & ProtocolFeatures.STATUS) != 0) {
            setStatus(channel, DRIVER_OK, protocolFeatures);
        }
        // A reply that the back-end gives in order: when it is here, all of the above is done.
        channel.get(Requests.GET_FEATURES);
        for (DriverVirtqueue queue : queues) {
            queue.forceKick();
        }
    }

    /** Rings without protocol features are enabled by their kick descriptor, the message then does not exist. */
    private void enableRings(FrontendChannel channel, int pairs) {
        for (int i = 0; acknowledgedProtocolFeatures && i < queues.length; i++) {
            channel.sendVring(Requests.SET_VRING_ENABLE, i, i / 2 < pairs ? 1 : 0);
        }
        // A reply that the back-end gives in order: when it is here, all of the above is done.
        channel.get(Requests.GET_FEATURES);
        enabledPairs = pairs;
    }

    private void stopRings(FrontendChannel channel) {
        enableRings(channel, 0);
        for (int i = 0; i < queues.length; i++) {
            channel.getVringBase(i);
        }
    }

    private static void setStatus(FrontendChannel channel, int status, long protocolFeatures) {
        boolean needReply = (protocolFeatures & ProtocolFeatures.REPLY_ACK) != 0;
        channel.send(Requests.SET_STATUS, status, needReply);
    }

    /** Ends the session and frees the guest memory. The data path must have stopped. */
    @Override
    public void close() {
        stopping = true;
        if (opened) {
            LockSupport.unpark(thread);
            Threads.join(thread);
        }
        state = State.CLOSED;
        socket.close();
        if (queues != null) {
            for (DriverVirtqueue queue : queues) {
                queue.close();
            }
        }
        memory.close();
    }
}
