package io.jspp.vhostuser;

import io.jspp.linux.FileDescriptor;
import io.jspp.state.Cause;
import io.jspp.state.Reason;
import io.jspp.virtio.Features;
import io.jspp.virtio.GuestMemory;
import io.jspp.virtio.SplitLayout;

/**
 * One connection with a front-end: what it has negotiated, its memory, its rings. Handlers are named by the rows of {@link MessageType}; a
 * refused request changes nothing, is answered with 1 if an answer was asked for, and else ends the session, since both sides would disagree
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
            | Features.ANY_LAYOUT
            | Features.INDIRECT_DESC
            | Features.EVENT_IDX
            | Features.PROTOCOL_FEATURES
            | Features.VERSION_1
            | Features.IN_ORDER;

    static final long PROTOCOL =
            ProtocolFeatures.MQ | ProtocolFeatures.REPLY_ACK | ProtocolFeatures.NET_MTU | ProtocolFeatures.STATUS;

    private static final int MAX_MESSAGES_PER_TURN = 64;
    private static final int MIN_MTU = 68;
    private static final int MAX_MTU = 65535;

    private final MessageChannel channel;
    private final VringUser user;
    private final Vring[] vrings;
    private GuestMemory memory = GuestMemory.empty();
    private long features;
    private long protocolFeatures;
    private int status;
    private int mtu;
    private boolean heard;
    private boolean featuresSet;
    private long heardNs;
    private String lastRefusal = "";
    private Reason trouble = Reason.NONE;

    /** Takes the channel over. */
    Session(MessageChannel channel, VringUser user, int queuePairs) {
        this.channel = channel;
        this.user = user;
        vrings = new Vring[2 * queuePairs];
        for (int i = 0; i < vrings.length; i++) {
            vrings[i] = new Vring(i);
        }
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
        if (type == null) {
            throw ConnectionEnded.violation(message.name() + " is not supported or was not negotiated");
        }
        long result;
        try {
            type.check(message);
            result = type.handler.handle(this, message);
        } catch (RequestRefused e) {
            lastRefusal = message.name() + ": " + e.getMessage();
            trouble = e.why().of(lastRefusal);
            if (type.answer == MessageType.Answer.VALUE || !message.needsReply()) {
                throw ConnectionEnded.because(e.why(), lastRefusal);
            }
            result = 1;
        }
        heard = true;
        if (type.answer == MessageType.Answer.VALUE || message.needsReply()) {
            channel.reply(message.request, result);
        }
    }

    MessageChannel channel() {
        return channel;
    }

    /** Whether a whole message has ever come. */
    boolean heard() {
        return heard;
    }

    /** Whether the first queue pair carries traffic. */
    boolean up() {
        return vrings[0].published() && vrings[1].published();
    }

    long features() {
        return features;
    }

    /** Largest payload of the guest's link layer as set by NET_SET_MTU, 0 when unset. */
    int mtu() {
        return mtu;
    }

    /** The last request that was answered with 1, for the log; cleared by asking. */
    String takeRefusal() {
        String refusal = lastRefusal;
        lastRefusal = "";
        return refusal;
    }

    /**
     * Why no traffic flows, as far as the front-end's requests tell.
     *
     * @param patienceNs time within which a front-end that has begun goes on
     */
    Reason hindrance(long nowNs, long patienceNs) {
        if (trouble != Reason.NONE) {
            return trouble;
        }
        if (nowNs - heardNs > patienceNs && featuresSet && memory.regions().isEmpty()) {
            // QEMU without share=on goes on with a card of its own, and says nothing more here.
            return Cause.MEMORY_NOT_SHARED.of("the front-end chose its features and then offered no memory");
        }
        return Cause.DRIVER_NOT_STARTED.of();
    }

    /** Whether some memory can still shrink under us. */
    boolean memoryMayVanish() {
        return !memory.sealed();
    }

    /** After an InternalError, and from time to time: ends the session when its memory's file has shrunk. */
    void checkMemory() throws ConnectionEnded {
        if (memory.replaceVanished()) {
            throw ConnectionEnded.because(Cause.MEMORY_VANISHED, "its file was truncated");
        }
    }

    // ---- features

    long getFeatures(Message message) {
        return FEATURES;
    }

    long setFeatures(Message message) throws RequestRefused {
        long wanted = message.u64(0);
        if ((wanted & ~FEATURES) != 0) {
            throw new RequestRefused(Cause.FEATURE_REFUSED, "not offered: " + Features.describe(wanted & ~FEATURES));
        }
        if (wanted != features && anyStarted()) {
            throw new RequestRefused("features can't change while rings run");
        }
        features = wanted;
        featuresSet = true;
        if (!Features.has(wanted, Features.PROTOCOL_FEATURES)) {
            // Without the enable message rings begin enabled.
            for (Vring vring : vrings) {
                vring.enabled = true;
            }
            advanceAll();
        }
        return 0;
    }

    long getProtocolFeatures(Message message) {
        return PROTOCOL;
    }

    long setProtocolFeatures(Message message) throws RequestRefused {
        long wanted = message.u64(0);
        if ((wanted & ~PROTOCOL) != 0) {
            throw new RequestRefused(Cause.FEATURE_REFUSED, "not offered: 0x" + Long.toHexString(wanted & ~PROTOCOL));
        }
        protocolFeatures = wanted;
        return 0;
    }

    long getQueueNum(Message message) {
        return vrings.length / 2;
    }

    long setMtu(Message message) throws RequestRefused {
        long wanted = message.u64(0);
        if ((protocolFeatures & ProtocolFeatures.NET_MTU) == 0) {
            throw new RequestRefused("NET_MTU was not negotiated");
        }
        if (wanted < MIN_MTU || wanted > MAX_MTU) {
            throw new RequestRefused("MTU " + Long.toUnsignedString(wanted) + ", 68 to 65535 expected");
        }
        mtu = (int) wanted;
        return 0;
    }

    // ---- life cycle

    long setOwner(Message message) {
        return 0;
    }

    long resetOwner(Message message) {
        reset();
        return 0;
    }

    long setStatus(Message message) throws RequestRefused {
        long wanted = message.u64(0);
        if ((wanted & ~0xffL) != 0) {
            throw new RequestRefused("status 0x" + Long.toHexString(wanted));
        }
        status = (int) wanted;
        if (status == 0) {
            reset();
        }
        return 0;
    }

    long getStatus(Message message) {
        return status;
    }

    /** Rings stop; positions stay for GET_VRING_BASE, which comes after the reset, and so do enable flags, which come before the next start. */
    private void reset() {
        stopAll();
        for (Vring vring : vrings) {
            vring.withoutKick();
        }
    }

    private void stopAll() {
        boolean wait = false;
        for (Vring vring : vrings) {
            wait |= vring.unpublish(user);
        }
        if (wait) {
            user.synchronize();
        }
        for (Vring vring : vrings) {
            vring.stop();
        }
    }

    private void stop(Vring vring) {
        if (vring.unpublish(user)) {
            user.synchronize();
        }
        vring.stop();
    }

    private boolean anyStarted() {
        for (Vring vring : vrings) {
            if (vring.started()) {
                return true;
            }
        }
        return false;
    }

    // ---- memory

    long setMemoryTable(Message message) throws RequestRefused {
        GuestMemory next = MemoryTable.map(message);
        try {
            PeerMappings.requireShared(channel.peerPid(), next);
        } catch (RequestRefused e) {
            next.close();
            throw e;
        }
        forgetTrouble();
        boolean[] wasStarted = new boolean[vrings.length];
        for (int i = 0; i < vrings.length; i++) {
            wasStarted[i] = vrings[i].started();
        }
        stopAll();
        memory.close();
        memory = next;
        for (int i = 0; i < vrings.length; i++) {
            if (wasStarted[i]) {
                vrings[i].resumeHere();
            }
        }
        advanceAll();
        return 0;
    }

    /** New memory is a new attempt, and who is up has none: what was wrong before no longer counts. */
    void forgetTrouble() {
        trouble = Reason.NONE;
    }

    private void advanceAll() {
        for (Vring vring : vrings) {
            try {
                vring.advance(memory, features, user);
            } catch (RequestRefused e) {
                // The ring lies outside the new memory: it stays stopped until it is described anew.
                lastRefusal = e.getMessage();
                trouble = e.why().of(lastRefusal);
            }
        }
    }

    // ---- rings

    private Vring vring(int index) throws RequestRefused {
        if (index < 0 || index >= vrings.length) {
            throw new RequestRefused(
                    "vring " + Integer.toUnsignedString(index) + ", 0 to " + (vrings.length - 1) + " exist");
        }
        return vrings[index];
    }

    /** A parameter of a started ring changes: it stops, and starts again at the same place with everything validated anew. */
    private void change(Vring vring, Runnable change) throws RequestRefused {
        boolean wasStarted = vring.started();
        stop(vring);
        change.run();
        if (wasStarted) {
            vring.resumeHere();
        }
        vring.advance(memory, features, user);
    }

    long setVringNum(Message message) throws RequestRefused {
        Vring vring = vring(message.u32(0));
        int size = message.u32(4);
        if (size < 1 || size > SplitLayout.MAX_SIZE || (size & size - 1) != 0) {
            throw new RequestRefused(
                    "queue size " + Integer.toUnsignedString(size) + ": a power of two up to 32768 expected");
        }
        if (size != vring.size) {
            change(vring, () -> vring.size = size);
        }
        return 0;
    }

    long setVringAddress(Message message) throws RequestRefused {
        Vring vring = vring(message.u32(0));
        if (message.u32(4) != 0) {
            throw new RequestRefused("dirty logging was not negotiated");
        }
        change(vring, () -> {
            vring.descriptors = message.u64(8);
            vring.used = message.u64(16);
            vring.avail = message.u64(24);
            vring.addressed = true;
        });
        return 0;
    }

    /**
     * Checked and otherwise not needed: a split ring goes on where its used index stands, which is what the front-end reads too when it restores
     * a ring after our restart.
     */
    long setVringBase(Message message) throws RequestRefused {
        Vring vring = vring(message.u32(0));
        if (vring.started()) {
            throw new RequestRefused("vring " + vring.index + " is running");
        }
        return 0;
    }

    long getVringBase(Message message) throws RequestRefused {
        Vring vring = vring(message.u32(0));
        stop(vring);
        return vring.index | (long) vring.takePosition() << 32;
    }

    long setVringKick(Message message) throws RequestRefused {
        Vring vring = vring(eventIndex(message));
        FileDescriptor kick = event(message);
        if (vring.unpublish(user)) {
            user.synchronize();
        }
        vring.setKick(kick);
        vring.advance(memory, features, user);
        return 0;
    }

    long setVringCall(Message message) throws RequestRefused {
        Vring vring = vring(eventIndex(message));
        retire(vring.setCall(event(message)));
        return 0;
    }

    long setVringError(Message message) throws RequestRefused {
        Vring vring = vring(eventIndex(message));
        retire(vring.setError(event(message)));
        return 0;
    }

    private void retire(FileDescriptor old) {
        if (old != null) {
            user.synchronize();
            old.close();
        }
    }

    /** Word of KICK, CALL and ERR: index in bits 0-7, bit 8 says that no descriptor comes along. */
    private static int eventIndex(Message message) throws RequestRefused {
        long word = message.u64(0);
        if ((word & ~(long) (Requests.VRING_INDEX_MASK | Requests.VRING_NO_DESCRIPTOR)) != 0) {
            throw new RequestRefused("index word 0x" + Long.toHexString(word));
        }
        boolean without = (word & Requests.VRING_NO_DESCRIPTOR) != 0;
        if (without != (message.descriptorCount() == 0)) {
            throw new RequestRefused(without ? "a descriptor though its absence is announced" : "no descriptor");
        }
        return (int) word & Requests.VRING_INDEX_MASK;
    }

    private static FileDescriptor event(Message message) throws RequestRefused {
        FileDescriptor sent = message.takeDescriptor();
        return sent == null ? null : Vring.eventDescriptor(sent);
    }

    long setVringEnable(Message message) throws RequestRefused {
        Vring vring = vring(message.u32(0));
        int on = message.u32(4);
        if (on < 0 || on > 1) {
            throw new RequestRefused("enable " + Integer.toUnsignedString(on) + ", 0 or 1 expected");
        }
        vring.enabled = on == 1;
        if (!vring.enabled && vring.unpublish(user)) {
            user.synchronize();
        }
        vring.advance(memory, features, user);
        return 0;
    }

    /** Ends everything: rings first, then descriptors, then memory. */
    @Override
    public void close() {
        stopAll();
        for (Vring vring : vrings) {
            vring.close();
        }
        memory.close();
        channel.close();
    }
}
