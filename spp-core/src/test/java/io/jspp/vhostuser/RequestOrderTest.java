package io.jspp.vhostuser;

import static io.jspp.vhostuser.FuzzSession.check;
import static io.jspp.vhostuser.ScriptedFrontend.message;
import static io.jspp.vhostuser.ScriptedFrontend.state;
import static io.jspp.vhostuser.ScriptedFrontend.table;
import static io.jspp.vhostuser.ScriptedFrontend.u64;

import io.jspp.linux.Constants;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.linux.Sockets;
import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import io.jspp.vhostuser.FuzzPeer.Parcel;
import io.jspp.virtio.Features;
import io.jspp.virtio.PacketVectors;
import io.jspp.virtio.Virtqueue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Numbers 55, 58, 65 and 83 of the catalogue of bad inputs: requests in any order, twice, between enabling and disabling, new connections in between, while a
 * worker moves numbered frames both ways. Whatever came before, and in whatever order the front-end then says all that a device needs, the rings run;
 * and over the whole run no frame is lost, doubled, changed or overtaken.
 */
@Timeout(120)
@Tag("once")
class RequestOrderTest {
    private static final int RUNS = 700;
    private static final int REQUESTS = 20;
    private static final int FRAMES = 20;
    private static final int LOG_BYTES = 1 << 16;
    private static final long HALF = FuzzPeer.FILE_BYTES / 2;
    private static final int[] RINGS = {0, 1};

    private final FuzzPeer peer = new FuzzPeer();
    private final FileDescriptor event = Linux.eventfd();
    private final FileDescriptor log = Linux.memfdCreate("log", 0);
    private final FileDescriptor[] channel = Sockets.socketpair(Constants.SOCK_STREAM);
    private final NativeMemory frame = NativeMemory.allocate(NumberedRing.FRAME);
    private final PacketVectors vectors = new PacketVectors();
    private final long[] segmentAddress = new long[64];
    private final int[] segmentLength = new int[64];
    private final int[] length = new int[NumberedRing.ENTRIES];
    private final int[] first = new int[NumberedRing.ENTRIES];
    private final int[] count = new int[NumberedRing.ENTRIES];
    private final int[] drops = new int[Virtqueue.DROP_KINDS];

    private Random random;
    private FuzzSession front;
    private NumberedRing[] rings;
    private long features;
    private int sent;
    private int received;
    private final List<Object> story = new ArrayList<>();

    @AfterEach
    void end() {
        peer.close();
        event.close();
        log.close();
        FileDescriptor.closeAll(List.of(channel));
        frame.close();
    }

    @ParameterizedTest(name = "packed: {0}")
    @ValueSource(booleans = {false, true})
    void shouldWorkAfterRequestsInAnyOrderAndLoseNothing(boolean packed) throws Exception {
        Linux.ftruncate(log.value(), LOG_BYTES);
        vectors.bind(segmentAddress, segmentLength, first, count, length, new long[NumberedRing.ENTRIES]);
        long seed = Long.getLong("io.jspp.seed", System.nanoTime());
        int descriptors = FileDescriptor.live();
        int allocations = NativeMemory.live();
        for (int run = 0; run < RUNS; run++) {
            random = new Random(seed + run);
            story.clear();
            try {
                run(packed);
            } catch (AssertionError | ConnectionEnded e) {
                throw new AssertionError("seed " + (seed + run) + ": " + e.getMessage() + " after " + story, e);
            }
            check(FileDescriptor.live() == descriptors, "descriptors left, seed " + (seed + run));
            check(NativeMemory.live() == allocations, "memory left, seed " + (seed + run));
        }
    }

    private void run(boolean packed) throws ConnectionEnded {
        Memory.fill(peer.memory.address(), FuzzPeer.FILE_BYTES, (byte) 0);
        long optional = Features.MRG_RXBUF | Features.EVENT_IDX | Features.INDIRECT_DESC;
        features = Features.VERSION_1
                | Features.PROTOCOL_FEATURES
                | (packed ? Features.RING_PACKED : 0)
                | optional & random.nextLong();
        rings = new NumberedRing[] {new NumberedRing(peer, 0, packed), new NumberedRing(peer, 1, packed)};
        sent = 0;
        received = 0;
        connect();
        try {
            // Requests alone seldom make a ring run: half of the runs begin with rings that do.
            if (random.nextBoolean()) {
                describeAll();
            }
            for (int i = 0; i < REQUESTS; i++) {
                load(random.nextInt(6));
                if (random.nextInt(40) == 0) {
                    front.close();
                    story.add("reconnect");
                    connect();
                } else {
                    ask(any());
                }
            }
            describeAll();
            check(front.session.up(), "rings don't run");
            int sentBefore = sent;
            int receivedBefore = received;
            for (int i = 0; i < FRAMES; i++) {
                load(4);
            }
            check(sent - sentBefore >= FRAMES && received - receivedBefore >= FRAMES, "no traffic");
        } finally {
            front.close();
        }
    }

    private void connect() throws ConnectionEnded {
        front = new FuzzSession();
        ask(new Request(Requests.SET_FEATURES, u64(features)));
        ask(new Request(Requests.SET_PROTOCOL_FEATURES, u64(Session.PROTOCOL)));
    }

    // ---- requests

    private record Request(int number, byte[] payload, int... descriptors) {
        Parcel parcel() {
            return new Parcel(message(number, Requests.VERSION | Requests.FLAG_NEED_REPLY, payload), descriptors);
        }

        @Override
        public String toString() {
            boolean ofRing = payload.length > 0
                    && number >= Requests.SET_VRING_NUM
                    && number <= Requests.SET_VRING_ENABLE
                    && number != Requests.SET_PROTOCOL_FEATURES;
            return Requests.name(number) + (ofRing ? " " + payload[0] : "");
        }
    }

    /** Sends it and reads the answer, which there must be one of. */
    private long ask(Request request) throws ConnectionEnded {
        story.add(request);
        Parcel parcel = request.parcel();
        boolean running = request.number == Requests.GET_VRING_BASE && front.queue(request.payload[0]) != null;
        front.send(parcel.bytes(), 0, parcel.bytes().length, parcel.descriptors());
        front.session.readable(1);
        int replies = front.replies();
        check(replies == 1, replies + " replies to " + request);
        if (running) {
            rings[request.payload[0]].reap();
            long expected = request.payload[0] | (long) rings[request.payload[0]].position() << 32;
            check(front.lastReply() == expected, "stopped at 0x" + Long.toHexString(front.lastReply()));
        }
        return front.lastReply();
    }

    /** All that a device needs, in any order; what is refused is asked for again when the rest is said. */
    private void describeAll() throws ConnectionEnded {
        List<Request> left = new ArrayList<>();
        left.add(new Request(Requests.SET_FEATURES, u64(features)));
        left.add(wholeMemory());
        for (int ring : RINGS) {
            left.add(size(ring));
            left.add(addresses(ring, FuzzPeer.USER));
            left.add(event(Requests.SET_VRING_KICK, ring));
            left.add(event(Requests.SET_VRING_CALL, ring));
            left.add(new Request(Requests.SET_VRING_ENABLE, state(ring, 1)));
        }
        Collections.shuffle(left, random);
        story.add("ALL");
        for (int round = 0; !left.isEmpty(); round++) {
            check(round < 3, "refused again and again: " + left);
            List<Request> refused = new ArrayList<>();
            for (Request request : left) {
                if (ask(request) != 0) {
                    refused.add(request);
                }
                load(random.nextInt(3));
            }
            left = refused;
        }
    }

    private Request any() {
        int ring = random.nextInt(2);
        return switch (random.nextInt(28)) {
            case 0 -> new Request(Requests.GET_FEATURES, new byte[0]);
            case 1 -> new Request(Requests.SET_FEATURES, u64(features | (random.nextBoolean() ? Features.LOG_ALL : 0)));
            case 2 -> otherFeatures(ring);
            case 3 -> wholeMemory();
            case 4 -> twoHalves();
            case 5 -> new Request(Requests.SET_MEM_TABLE, table(0));
            case 6 -> new Request(Requests.ADD_MEM_REG, region(), peer.memoryFile());
            case 7 -> new Request(Requests.REM_MEM_REG, region());
            case 8 -> new Request(Requests.SET_LOG_BASE, u64(LOG_BYTES, 0), log.value());
            case 9, 10 -> size(ring);
            case 11 -> new Request(Requests.SET_VRING_NUM, state(ring, random.nextBoolean() ? 0 : 65536));
            case 12, 13 -> addresses(ring, FuzzPeer.USER);
            case 14 -> addresses(ring, FuzzPeer.USER + FuzzPeer.FILE_BYTES);
            case 15 -> new Request(Requests.SET_VRING_BASE, state(ring, base(ring)));
            case 16 -> new Request(Requests.GET_VRING_BASE, state(ring, 0));
            case 17, 18 -> event(Requests.SET_VRING_KICK, ring);
            case 19 -> event(Requests.SET_VRING_CALL, ring);
            case 20 -> event(Requests.SET_VRING_ERR, ring);
            case 21, 22, 23 -> new Request(Requests.SET_VRING_ENABLE, state(ring, random.nextInt(2)));
            case 24 -> new Request(Requests.SET_STATUS, u64(random.nextBoolean() ? 0 : 15));
            case 25 -> new Request(random.nextBoolean() ? Requests.RESET_OWNER : Requests.RESET_DEVICE, new byte[0]);
            case 26 -> new Request(Requests.SET_BACKEND_REQ_FD, new byte[0], channel[0].value());
            default -> new Request(random.nextBoolean() ? Requests.GET_QUEUE_NUM : Requests.GET_STATUS, new byte[0]);
        };
    }

    /** While rings run they are refused; else they would hold. */
    private Request otherFeatures(int ring) {
        long other = front.queue(ring) == null ? features : features ^ Features.RING_PACKED ^ Features.MRG_RXBUF;
        return new Request(Requests.SET_FEATURES, u64(other));
    }

    private Request wholeMemory() {
        byte[] one = table(1, FuzzPeer.GUEST, FuzzPeer.FILE_BYTES, FuzzPeer.USER, 0);
        return new Request(Requests.SET_MEM_TABLE, one, peer.memoryFile());
    }

    private Request twoHalves() {
        byte[] both = table(
                2, FuzzPeer.GUEST, HALF, FuzzPeer.USER, 0, FuzzPeer.GUEST + HALF, HALF, FuzzPeer.USER + HALF, HALF);
        return new Request(Requests.SET_MEM_TABLE, both, peer.memoryFile(), peer.memoryFile());
    }

    private static byte[] region() {
        return u64(0, FuzzPeer.GUEST, FuzzPeer.FILE_BYTES, FuzzPeer.USER, 0);
    }

    private static Request size(int ring) {
        return new Request(Requests.SET_VRING_NUM, state(ring, NumberedRing.ENTRIES));
    }

    private static Request addresses(int ring, long user) {
        long at = user + (long) ring * FuzzPeer.VRING_BYTES;
        byte[] areas = u64(ring, at, at + FuzzPeer.USED, at + FuzzPeer.AVAIL, 0);
        return new Request(Requests.SET_VRING_ADDR, areas);
    }

    private Request event(int request, int ring) {
        return switch (random.nextInt(3)) {
            case 0 -> new Request(request, u64(ring | Requests.VRING_NO_DESCRIPTOR));
            case 1 -> new Request(request, u64(ring), event.value());
            default -> new Request(request, u64(ring), peer.event());
        };
    }

    private int base(int ring) {
        rings[ring].reap();
        return rings[ring].position();
    }

    // ---- traffic

    /** The driver offers, the worker takes some turns, the driver takes back. */
    private void load(int turns) {
        for (int i = 0; i < turns; i++) {
            for (NumberedRing ring : rings) {
                ring.offer();
                ring.offer();
            }
            work();
            rings[0].reap();
            rings[1].reap();
        }
    }

    private void work() {
        Virtqueue toGuest = front.queue(0);
        for (int i = 0; toGuest != null && i < 2; i++) {
            transmit(toGuest);
        }
        Virtqueue fromGuest = front.queue(1);
        if (fromGuest != null) {
            receive(fromGuest);
        }
    }

    private void transmit(Virtqueue queue) {
        for (int i = 0; i < NumberedRing.FRAME; i++) {
            Memory.putByte(frame.address() + i, NumberedRing.content(sent, i));
        }
        segmentAddress[0] = frame.address();
        segmentLength[0] = NumberedRing.FRAME;
        first[0] = 0;
        count[0] = 1;
        length[0] = NumberedRing.FRAME;
        sent += queue.transmit(vectors, 0, 1);
        queue.takeDrops(drops);
        queue.publish();
        queue.notifyGuest();
    }

    private void receive(Virtqueue queue) {
        vectors.packets = 0;
        vectors.segments = 0;
        int packets = queue.receive(vectors);
        for (int p = 0; p < packets; p++) {
            check(length[p] == NumberedRing.FRAME && count[p] == 1, "a frame of " + length[p] + " bytes");
            for (int i = 0; i < NumberedRing.FRAME; i++) {
                byte is = Memory.getByte(segmentAddress[first[p]] + i);
                check(is == NumberedRing.content(received, i), "frame " + received + " is wrong at " + i);
            }
            received++;
        }
        check(!queue.takeDrops(drops), "a frame was dropped");
        queue.publish();
        queue.notifyGuest();
        if (!queue.enableKicks()) {
            queue.disableKicks();
        }
    }
}
