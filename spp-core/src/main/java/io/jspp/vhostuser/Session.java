package io.jspp.vhostuser;

import io.jspp.linux.FileDescriptor;
import io.jspp.state.Cause;
import io.jspp.state.Reason;
import io.jspp.virtio.Features;

/**
 * One connection with a front-end: reads its requests and has them handled, by the rows of {@link MessageType}; requests about features, memory and
 * rings have their own classes, those about the device as a whole are here. A refused request changes nothing, is answered with 1 if an answer was asked for, and else ends the session, since both sides would disagree
 * from then on. Session thread.
 *
 * <p>Requests may come in any order and repeatedly: virtio-user begins a new connection with SET_VRING_ENABLE and GET_VRING_BASE, QEMU enables
 * rings long before it describes them, and repeats feature requests per queue pair.
 */
final class Session implements AutoCloseable {
    /** What a front-end may choose from; the same after a restart, since guests can't unlearn features. */
    static final long FEATURES = Features.CSUM
            | Features.GUEST_CSUM
            | Features.MTU
            | Features.GUEST_TSO4
            | Features.GUEST_TSO6
            | Features.GUEST_ECN
            | Features.GUEST_UFO
            | Features.HOST_TSO4
            | Features.HOST_TSO6
            | Features.HOST_ECN
            | Features.HOST_UFO
            | Features.MRG_RXBUF
            | Features.CTRL_VQ
            | Features.CTRL_RX
            | Features.GUEST_ANNOUNCE
            | Features.MQ
            | Features.LOG_ALL
            | Features.ANY_LAYOUT
            | Features.INDIRECT_DESC
            | Features.EVENT_IDX
            | Features.PROTOCOL_FEATURES
            | Features.VERSION_1
            | Features.RING_PACKED
            | Features.IN_ORDER
            | Features.GUEST_USO4
            | Features.GUEST_USO6
            | Features.HOST_USO;

    static final long PROTOCOL = ProtocolFeatures.MQ
            | ProtocolFeatures.LOG_SHMFD
            | ProtocolFeatures.RARP
            | ProtocolFeatures.REPLY_ACK
            | ProtocolFeatures.NET_MTU
            | ProtocolFeatures.BACKEND_REQ
            | ProtocolFeatures.RESET_DEVICE
            | ProtocolFeatures.CONFIGURE_MEM_SLOTS
            | ProtocolFeatures.STATUS;

    /** Bit FEATURES_OK of the device status, virtio 1.2 §2.1. */
    private static final int STATUS_FEATURES_OK = 8;

    private static final int MAX_MESSAGES_PER_TURN = 64;
    private static final long ANNOUNCE_NS = 20_000_000L;
    private static final long MAC_BITS = 0xffff_ffff_ffffL;

    final FeatureRequests features;
    final MemoryRequests memory;
    final RingRequests rings;
    private final MessageChannel channel;
    private final VringUser user;
    private final Vrings vrings;
    private FileDescriptor backendChannel;
    private int status;
    private long announcedNs;
    private boolean announced;
    private long heardNs;
    private boolean heard;
    private String lastRefusal = "";

    /** Takes the channel over. */
    Session(MessageChannel channel, VringUser user, Offer offer) {
        this.channel = channel;
        this.user = user;
        vrings = new Vrings(user, offer.queuePairs());
        features = new FeatureRequests(vrings, offer.protocolFeatures());
        memory = new MemoryRequests(channel, vrings, features, user);
        rings = new RingRequests(vrings);
    }

    /** Handles what has arrived, a bounded number of messages. */
    void readable(long nowNs) throws ConnectionEnded {
        for (int i = 0; i < MAX_MESSAGES_PER_TURN; i++) {
            Message message = channel.read(nowNs);
            if (message == null) {
                return;
            }
            heardNs = nowNs;
            try (message) {
                dispatch(message);
            }
        }
    }

    private void dispatch(Message message) throws ConnectionEnded {
        MessageType type = MessageType.of(message.request);
        if (type == null && !message.needsReply()) {
            // It may wait for a value that we can't know.
            throw ConnectionEnded.violation(message.name() + " is not supported or was not negotiated");
        }
        boolean answersValue = type != null && type.answer == MessageType.Answer.VALUE;
        long result;
        try {
            if (type == null) {
                throw new RequestRefused("not supported or not negotiated");
            }
            type.check(message);
            result = type.handler.handle(this, message);
        } catch (RequestRefused e) {
            lastRefusal = message.name() + ": " + e.getMessage();
            vrings.trouble(e.why().of(lastRefusal));
            if (answersValue || !message.needsReply()) {
                throw ConnectionEnded.because(e.why(), lastRefusal);
            }
            result = 1;
        }
        heard = true;
        if (answersValue || message.needsReply()) {
            channel.reply(message.request, result);
        }
    }

    MessageChannel channel() {
        return channel;
    }

    /** What is due without a message; returns nanoseconds until something is again, or {@link Long#MAX_VALUE}. */
    long tick(long nowNs) {
        return vrings.tick(nowNs);
    }

    /** Whether a whole message has ever come. */
    boolean heard() {
        return heard;
    }

    /** Whether the first queue pair carries traffic. */
    boolean up() {
        return vrings.up();
    }

    long features() {
        return vrings.features();
    }

    /** The last request that was answered with 1, for the log; cleared by asking. */
    String takeRefusal() {
        String refusal = lastRefusal.isEmpty() ? vrings.takeFailure() : lastRefusal;
        lastRefusal = "";
        return refusal;
    }

    /**
     * Why no traffic flows, as far as the front-end's requests tell.
     *
     * @param patienceNs time within which a front-end that has begun goes on
     */
    Reason hindrance(long nowNs, long patienceNs) {
        if (vrings.trouble() != Reason.NONE) {
            return vrings.trouble();
        }
        if (nowNs - heardNs > patienceNs
                && features.chosen()
                && vrings.memory().regions().isEmpty()) {
            // QEMU without share=on goes on with a card of its own, and says nothing more here.
            return Cause.MEMORY_NOT_SHARED.of("the front-end chose its features and then offered no memory");
        }
        return Cause.DRIVER_NOT_STARTED.of();
    }

    /** Who is up has no trouble: what was wrong before no longer counts. */
    void forgetTrouble() {
        vrings.trouble(Reason.NONE);
    }

    /** Whether some memory can still shrink under us. */
    boolean memoryMayVanish() {
        return memory.mayVanish();
    }

    /** After an InternalError, and from time to time: ends the session when its memory's file has shrunk. */
    void checkMemory() throws ConnectionEnded {
        memory.check();
    }

    // ---- the device as a whole

    long setOwner(Message message) {
        return 0;
    }

    long resetOwner(Message message) {
        vrings.reset();
        return 0;
    }

    /** As RESET_OWNER, and rings have to be enabled again. Memory and features stay until the front-end sends others. */
    long resetDevice(Message message) throws RequestRefused {
        features.require(ProtocolFeatures.RESET_DEVICE, "RESET_DEVICE");
        vrings.reset();
        vrings.enableAll(false);
        status = 0;
        return 0;
    }

    /**
     * The driver's status byte; 0 is a reset. FEATURES_OK is not taken while SET_FEATURES has not come or was refused, as the driver finds out by
     * reading it back (virtio 1.2 §2.1.2, §3.1.1). DRIVER_OK starts nothing: it is each ring's kick descriptor that does (vhost-user.rst "Ring
     * states"), and the front-end sends that when it wants the ring served.
     */
    long setStatus(Message message) throws RequestRefused {
        long wanted = message.u64(0);
        if ((wanted & ~0xffL) != 0) {
            throw new RequestRefused("status 0x" + Long.toHexString(wanted));
        }
        status = (int) wanted & (features.chosen() ? -1 : ~STATUS_FEATURES_OK);
        if (status == 0) {
            vrings.reset();
        }
        return 0;
    }

    long getStatus(Message message) {
        return status;
    }

    /** After a migration, for a guest that can't announce itself: payload is its MAC address. What comes too fast is done once. */
    long sendRarp(Message message) throws RequestRefused {
        features.require(ProtocolFeatures.RARP, "RARP");
        if ((message.u64(0) & 1) != 0 || (message.u64(0) & MAC_BITS) == 0) {
            throw new RequestRefused("no card has the address 0x" + Long.toHexString(message.u64(0)));
        }
        if (!announced || heardNs - announcedNs >= ANNOUNCE_NS) {
            announced = true;
            announcedNs = heardNs;
            user.announce(Long.reverseBytes(message.u64(0) & MAC_BITS) >>> 16);
        }
        return 0;
    }

    /** Takes the socket for requests of ours. There are none a network device has to make: nothing is ever written to it. */
    long setBackendChannel(Message message) throws RequestRefused {
        features.require(ProtocolFeatures.BACKEND_REQ, "BACKEND_REQ");
        FileDescriptor sent = message.takeDescriptor();
        if (sent == null) {
            throw new RequestRefused("no descriptor");
        }
        if (!DescriptorKind.isSocket(sent)) {
            sent.close();
            throw new RequestRefused("descriptor is no socket");
        }
        closeBackendChannel();
        backendChannel = sent;
        return 0;
    }

    private void closeBackendChannel() {
        if (backendChannel != null) {
            backendChannel.close();
            backendChannel = null;
        }
    }

    /** Ends everything: rings first, then descriptors, then memory. */
    @Override
    public void close() {
        vrings.close();
        user.memory(SharedMemory.NONE);
        closeBackendChannel();
        channel.close();
    }
}
