package io.jspp.port.vhost;

import static io.jspp.vhostuser.ScriptedFrontend.message;
import static io.jspp.vhostuser.ScriptedFrontend.state;
import static io.jspp.vhostuser.ScriptedFrontend.u64;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.linux.Constants;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.linux.LinuxException;
import io.jspp.linux.Sockets;
import io.jspp.vhostuser.Requests;
import io.jspp.vhostuser.ScriptedFrontend;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Rows 1 to 21, and 66 to 86 without the dirty log: messages, their framing and descriptors, what is negotiated. */
final class BadMessages {
    private static final int KNOWN = 40;
    private static final int SILENT = 200;

    private BadMessages() {}

    static List<BadInput> all() {
        return List.of(
                new BadInput(1, "request 0", v -> v.endsAfter(message(0, 1, Victim.NOTHING))),
                new BadInput(2, "unknown requests", BadMessages::unknownRequests),
                new BadInput(3, "wrong version", v -> {
                    for (int flags : new int[] {0, 2, 3}) {
                        v.endsAfter(message(Requests.GET_FEATURES, flags, Victim.NOTHING));
                    }
                }),
                new BadInput(4, "reply flag, all other flags", v -> {
                    for (int bit = 2; bit < 32; bit++) {
                        if (bit != 3) {
                            v.endsAfter(message(Requests.GET_FEATURES, 1 | 1 << bit, Victim.NOTHING));
                        }
                    }
                }),
                new BadInput(5, "4 and 64 KiB of payload", v -> {
                    v.endsAfter(message(Requests.SET_FEATURES, 1, new byte[4096]));
                    v.endsAfter(message(Requests.SET_FEATURES, 1, new byte[65536]));
                }),
                new BadInput(6, "lying size", v -> {
                    for (int size : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
                        v.endsAfter(header(Requests.GET_FEATURES, size));
                    }
                }),
                new BadInput(7, "no payload, 8, too short, too long", BadMessages::wrongSizes),
                new BadInput(10, "disconnect after each byte, 11", BadMessages::disconnects),
                new BadInput(11, "disconnect after each byte of a whole handshake", BadMessages::cutHandshakes),
                new BadInput(12, "a message that never ends", BadMessages::halfMessage),
                new BadInput(13, "200 silent connections", BadMessages::silence),
                new BadInput(14, "1000 connections", v -> {
                    for (int i = 0; i < 1000; i++) {
                        connectAndClose(v);
                    }
                }),
                new BadInput(15, "500 times noise", BadMessages::noise),
                new BadInput(16, "LEGAL one byte at a time", BadMessages::dribble),
                new BadInput(17, "LEGAL 64 messages at once", v -> {
                    try (ScriptedFrontend f = v.connect()) {
                        ByteBuffer many = ByteBuffer.allocate(64 * 12);
                        for (int i = 0; i < 64; i++) {
                            many.put(message(Requests.GET_FEATURES, 1, Victim.NOTHING));
                        }
                        f.raw(many.array());
                        for (int i = 0; i < 64; i++) {
                            f.reply(Requests.GET_FEATURES);
                        }
                    }
                }),
                new BadInput(18, "1 to 253 descriptors with every message, 19, 20", BadMessages::descriptors),
                new BadInput(21, "2000 surplus descriptors over new connections", v -> {
                    try (FileDescriptor file = Linux.memfdCreate(HostileGuest.FILE, 0)) {
                        for (int i = 0; i < 500; i++) {
                            int[] four = {file.value(), file.value(), file.value(), file.value()};
                            v.endsAfter(message(Requests.SET_FEATURES, 1, u64(0)), four);
                        }
                    }
                }),
                new BadInput(66, "features that are not offered", v -> {
                    long offered = get(v, Requests.GET_FEATURES);
                    v.refuses(Requests.SET_FEATURES, u64(-1));
                    for (int bit = 0; bit < 64; bit++) {
                        if ((offered >>> bit & 1) == 0) {
                            v.refuses(Requests.SET_FEATURES, u64(1L << bit));
                        }
                    }
                }),
                new BadInput(67, "other features while rings run", v -> {
                    try (HostileGuest g = v.started(Victim.PLAIN)) {
                        for (int bit : new int[] {15, 28, 29, 34, 35}) {
                            Victim.refuses(g.f, Requests.SET_FEATURES, u64(g.features ^ 1L << bit));
                        }
                        g.passes();
                    }
                }),
                new BadInput(68, "protocol features that are not offered", v -> {
                    long offered = get(v, Requests.GET_PROTOCOL_FEATURES);
                    v.refuses(Requests.SET_PROTOCOL_FEATURES, u64(-1));
                    for (int bit = 0; bit < 64; bit++) {
                        if ((offered >>> bit & 1) == 0) {
                            v.refuses(Requests.SET_PROTOCOL_FEATURES, u64(1L << bit));
                        }
                    }
                }),
                new BadInput(75, "inflight requests, 76, 77", BadMessages::inflight),
                new BadInput(78, "back-end channel: no socket, 1000 of them, a full one", BadMessages::backendChannel),
                new BadInput(79, "IOTLB messages without an IOMMU", v -> {
                    for (int type : new int[] {0, 1, 2, 3, 4, 99}) {
                        byte[] iotlb = Arrays.copyOf(u64(-4096, 8192, -1, 3L | (long) type << 8), 32);
                        v.refuses(Requests.IOTLB_MSG, iotlb);
                    }
                }),
                new BadInput(80, "1000 RARPs, impossible MTUs", v -> {
                    try (ScriptedFrontend f = v.connect()) {
                        f.send(Requests.SET_PROTOCOL_FEATURES, u64(f.get(Requests.GET_PROTOCOL_FEATURES)));
                        for (int i = 0; i < 1000; i++) {
                            assertEquals(0, f.ask(Requests.SEND_RARP, u64((long) i << 8 | 2)));
                        }
                        for (long mtu : new long[] {0, 1, 65536, -1}) {
                            Victim.refuses(f, Requests.NET_SET_MTU, u64(mtu));
                        }
                        assertEquals(0, f.ask(Requests.NET_SET_MTU, u64(1500)));
                    }
                }),
                new BadInput(81, "configuration space", v -> {
                    for (int request : new int[] {Requests.GET_CONFIG, Requests.SET_CONFIG}) {
                        for (int size : new int[] {12, 256, 500}) {
                            ByteBuffer b = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
                            v.endsAfter(message(
                                    request, 1, b.putInt(-1).putInt(65535).array()));
                        }
                    }
                }),
                new BadInput(82, "requests of features never negotiated", v -> {
                    for (int request : new int[] {
                        Requests.SET_VRING_ENDIAN,
                        Requests.CREATE_CRYPTO_SESSION,
                        Requests.CLOSE_CRYPTO_SESSION,
                        Requests.POSTCOPY_ADVISE,
                        Requests.POSTCOPY_LISTEN,
                        Requests.POSTCOPY_END,
                        Requests.GPU_SET_SOCKET,
                        Requests.VRING_KICK
                    }) {
                        v.refuses(request, u64(0));
                    }
                }),
                new BadInput(83, "LEGAL an answer to every message", v -> {
                    try (ScriptedFrontend f = v.connect()) {
                        for (int round = 0; round < 20; round++) {
                            assertEquals(0, f.ask(Requests.SET_OWNER, Victim.NOTHING));
                            assertEquals(0, f.ask(Requests.SET_FEATURES, u64(Victim.PLAIN)));
                            assertEquals(0, f.ask(Requests.SET_VRING_NUM, state(0, 256)));
                            assertTrue(f.ask(Requests.GET_FEATURES, Victim.NOTHING) != 1, "nothing but the value");
                            assertEquals(1, f.ask(Requests.SET_VRING_NUM, state(0, 3)));
                        }
                    }
                }),
                new BadInput(84, "replies that nobody reads", BadMessages::unreadReplies),
                new BadInput(86, "200 times cut off under traffic", v -> {
                    for (int i = 0; i < 200; i++) {
                        try (HostileGuest g = v.started(Victim.PLAIN)) {
                            for (int frame = 0; frame < 64; frame++) {
                                g.send(60);
                            }
                            g.kick();
                        }
                    }
                }));
    }

    private static long get(Victim v, int request) {
        try (ScriptedFrontend f = v.connect()) {
            return f.get(request);
        }
    }

    private static byte[] header(int request, int size) {
        return ByteBuffer.allocate(12)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(request)
                .putInt(1)
                .putInt(size)
                .array();
    }

    private static void unknownRequests(Victim v) {
        for (int request = KNOWN + 1; request < 4096; request += request < 200 ? 1 : 97) {
            v.endsAfter(message(request, 1, Victim.NOTHING));
        }
        v.endsAfter(message(4096, 1, Victim.NOTHING));
        v.endsAfter(message(-1, 1, Victim.NOTHING));
        unknownRequestsThatWantAnAnswer(v);
    }

    /** One connection survives them all, whatever comes along, and serves its guest afterwards. */
    private static void unknownRequestsThatWantAnAnswer(Victim v) {
        try (HostileGuest g = v.started(Victim.PLAIN)) {
            for (int request : new int[] {0, KNOWN + 1, 1000, 4096, -1, Requests.GET_CONFIG, Requests.IOTLB_MSG}) {
                assertEquals(1, g.f.ask(request, Victim.NOTHING), Requests.name(request));
                assertEquals(1, g.f.ask(request, new byte[64], g.call.value(), g.kick.value()), Requests.name(request));
            }
            g.passes();
        }
    }

    private static void wrongSizes(Victim v) {
        int[] needEight = {
            Requests.SET_FEATURES,
            Requests.SET_VRING_NUM,
            Requests.SET_VRING_BASE,
            Requests.SET_VRING_KICK,
            Requests.SET_VRING_CALL,
            Requests.SET_VRING_ERR,
            Requests.SET_PROTOCOL_FEATURES,
            Requests.SET_VRING_ENABLE,
            Requests.SEND_RARP,
            Requests.NET_SET_MTU,
            Requests.SET_STATUS
        };
        for (int request : needEight) {
            for (int size : new int[] {0, 1, 7, 9, 64}) {
                v.refuses(request, new byte[size]);
            }
        }
        for (int size = 0; size < 40; size++) {
            v.refuses(Requests.SET_VRING_ADDR, new byte[size]);
        }
        v.refuses(Requests.SET_MEM_TABLE, Victim.NOTHING);
    }

    /** After each byte of a header, and of a memory table that came with its descriptor. */
    private static void disconnects(Victim v) {
        byte[] bytes = message(Requests.SET_MEM_TABLE, 1, HostileGuest.memoryTable());
        try (FileDescriptor file = Linux.memfdCreate(HostileGuest.FILE, 0)) {
            Linux.ftruncate(file.value(), HostileGuest.SIZE * 2);
            for (int n = 1; n <= bytes.length; n++) {
                try (ScriptedFrontend f = v.connect()) {
                    f.raw(Arrays.copyOf(bytes, n), file.value());
                }
            }
        }
    }

    private static void cutHandshakes(Victim v) {
        boolean more = true;
        for (int bytes = 1; more; bytes++) {
            try (HostileGuest g = v.guest(Victim.PLAIN)) {
                more = g.begin(bytes);
            }
        }
    }

    private static void halfMessage(Victim v) {
        try (ScriptedFrontend f = v.connect()) {
            f.raw(header(Requests.SET_FEATURES, 8));
            assertTrue(f.ended(), "waits for ever");
        }
    }

    private static void silence(Victim v) {
        List<ScriptedFrontend> silent = new ArrayList<>();
        try (HostileGuest g = v.started(Victim.PLAIN)) {
            for (int i = 0; i < SILENT; i++) {
                silent.add(v.connect());
            }
            g.passes();
            for (ScriptedFrontend f : silent) {
                assertTrue(f.ended(), "more than one at a time");
            }
            g.passes();
        } finally {
            silent.forEach(ScriptedFrontend::close);
        }
    }

    /** The queue of the listening socket may be full: then the kernel refuses, which is as good. */
    private static void connectAndClose(Victim v) {
        v.connect().close();
    }

    private static void noise(Victim v) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            byte[] bytes = new byte[4096];
            random.nextBytes(bytes);
            bytes[4] |= 2; // no right version by chance
            v.endsAfter(bytes);
        }
    }

    private static void dribble(Victim v) {
        try (HostileGuest g = v.guest(Victim.PLAIN)) {
            byte[] bytes = message(Requests.SET_FEATURES, 9, u64(g.features));
            for (byte b : bytes) {
                g.f.raw(new byte[] {b});
            }
            assertEquals(0, g.f.reply(Requests.SET_FEATURES));
            byte[] memory = message(Requests.SET_MEM_TABLE, 9, HostileGuest.memoryTable());
            for (int i = 0; i < memory.length; i++) {
                g.f.raw(new byte[] {memory[i]}, i == 0 ? new int[] {g.file.value()} : new int[0]);
            }
            assertEquals(0, g.f.reply(Requests.SET_MEM_TABLE));
            g.describe(HostileGuest.RX);
            g.describe(HostileGuest.TX);
            g.refill();
            g.passes();
        }
    }

    private static void descriptors(Victim v) {
        try (FileDescriptor file = Linux.memfdCreate(HostileGuest.FILE, 0)) {
            for (int count : new int[] {1, 2, 8, 9, 253}) {
                int[] many = new int[count];
                Arrays.fill(many, file.value());
                for (int request = 1; request <= KNOWN; request++) {
                    byte[] payload = new byte[request == Requests.SET_VRING_ADDR ? 40 : 8];
                    try (ScriptedFrontend f = v.connect()) {
                        f.raw(message(request, 9, payload), many);
                        Linux.pollOne(f.socket.value(), Constants.POLLIN, 10_000); // answered, or ended
                    } catch (LinuxException e) {
                        continue; // ended at once
                    }
                }
            }
        }
    }

    private static void inflight(Victim v) {
        try (FileDescriptor file = Linux.memfdCreate(HostileGuest.FILE, 0)) {
            Linux.ftruncate(file.value(), 65536);
            for (int request : new int[] {Requests.GET_INFLIGHT_FD, Requests.SET_INFLIGHT_FD}) {
                for (long size : new long[] {0, 65536, 1L << 63, -1}) {
                    byte[] payload = Arrays.copyOf(u64(size, -4096, 0xffff_ffffL), 24);
                    v.refuses(request, payload);
                    v.refuses(request, payload, file.value());
                }
            }
        }
    }

    private static void backendChannel(Victim v) {
        FileDescriptor[] pair = Sockets.socketpair(Constants.SOCK_STREAM);
        try (ScriptedFrontend f = v.connect();
                FileDescriptor file = Linux.memfdCreate(HostileGuest.FILE, 0)) {
            f.send(Requests.SET_PROTOCOL_FEATURES, u64(f.get(Requests.GET_PROTOCOL_FEATURES)));
            Linux.ftruncate(file.value(), 4096);
            Victim.refuses(f, Requests.SET_BACKEND_REQ_FD, Victim.NOTHING);
            Victim.refuses(f, Requests.SET_BACKEND_REQ_FD, Victim.NOTHING, file.value());
            byte[] much = new byte[65536];
            int sent = 0;
            while (sent >= 0) {
                sent = Sockets.send(pair[0].value(), much, 0, much.length, new int[0], Constants.MSG_DONTWAIT);
            }
            for (int i = 0; i < 1000; i++) {
                assertEquals(0, f.ask(Requests.SET_BACKEND_REQ_FD, Victim.NOTHING, pair[0].value()));
            }
        } finally {
            FileDescriptor.closeAll(Arrays.asList(pair));
        }
    }

    private static void unreadReplies(Victim v) {
        try (ScriptedFrontend f = v.connect()) {
            assertTrue(f.endedWithUnreadReplies(), "collects replies for ever");
        }
    }
}
