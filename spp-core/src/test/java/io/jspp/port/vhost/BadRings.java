package io.jspp.port.vhost;

import static io.jspp.vhostuser.ScriptedFrontend.state;
import static io.jspp.vhostuser.ScriptedFrontend.u64;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.linux.Constants;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.linux.Sockets;
import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import io.jspp.vhostuser.Requests;
import io.jspp.vhostuser.ScriptedFrontend;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** Rows 45 to 65, 243 and 244: parameters of rings, their descriptors, and guests that leave theirs alone. */
final class BadRings {
    private static final long USER = HostileGuest.USER;
    private static final long END = HostileGuest.USER + HostileGuest.SIZE;
    private static final int RX = HostileGuest.RX;
    private static final int TX = HostileGuest.TX;
    private static final long MOST = -2;
    private static final int[] EVENTS = {Requests.SET_VRING_KICK, Requests.SET_VRING_CALL, Requests.SET_VRING_ERR};

    private BadRings() {}

    static List<BadInput> all() {
        return List.of(
                new BadInput(45, "size 0, 46 no power of two, 47 too big", v -> {
                    int[] sizes = {0, 3, 255, 257, 1000, 65536, 0x10100, Integer.MIN_VALUE, -1};
                    for (int size : sizes) {
                        v.refuses(Requests.SET_VRING_NUM, state(0, size));
                    }
                }),
                new BadInput(48, "size that grows beyond the memory while running", v -> {
                    try (HostileGuest g = v.guest(Victim.PLAIN)) {
                        g.negotiate();
                        g.describe(TX);
                        g.f.send(Requests.SET_VRING_NUM, state(RX, 256));
                        long avail = END - 4 - 2 * 256;
                        long rx = USER + HostileGuest.RINGS;
                        assertEquals(
                                0,
                                g.f.ask(
                                        Requests.SET_VRING_ADDR,
                                        HostileGuest.addresses(RX, rx, rx + HostileGuest.USED, avail)));
                        g.f.send(Requests.SET_VRING_KICK, u64(RX), g.kick.value());
                        Victim.refuses(g.f, Requests.SET_VRING_NUM, state(RX, 32768));
                        for (int i = 0; i < 64; i++) {
                            g.send(60);
                        }
                        g.kick();
                        VhostLab.await("taken", () -> v.seen() >= 64);
                    }
                }),
                new BadInput(49, "3000 sizes", v -> {
                    try (HostileGuest g = v.started(Victim.PLAIN)) {
                        for (int i = 0; i < 3000; i++) {
                            g.f.ask(Requests.SET_VRING_NUM, state(RX, 1 << i % 9));
                        }
                    }
                }),
                new BadInput(50, "rings that don't exist", v -> {
                    for (int index : new int[] {32, 254, 255, 256, 0x10000, 0x10001, -1}) {
                        v.refuses(Requests.SET_VRING_NUM, state(index, 256));
                        v.refuses(Requests.SET_VRING_BASE, state(index, 0));
                        v.refuses(Requests.SET_VRING_ADDR, HostileGuest.addresses(index, USER, USER, USER));
                        v.refuses(Requests.SET_VRING_ENABLE, state(index, 1));
                        v.endsAfter(ScriptedFrontend.message(Requests.GET_VRING_BASE, 1, state(index, 0)));
                        try (FileDescriptor event = Linux.eventfd()) {
                            for (int request : EVENTS) {
                                v.refuses(request, u64(index & 0xffff_ffffL), event.value());
                            }
                        }
                    }
                }),
                new BadInput(51, "areas outside the memory, 52 across its end", v -> {
                    long good = USER + HostileGuest.RINGS;
                    for (long bad : new long[] {0, 16, END, END - 16, -16, Long.MIN_VALUE, USER - 16}) {
                        for (int area = 0; area < 3; area++) {
                            try (HostileGuest g = v.guest(Victim.PLAIN)) {
                                g.negotiate();
                                g.f.send(Requests.SET_VRING_NUM, state(TX, 256));
                                g.f.send(Requests.SET_VRING_KICK, u64(TX), g.kick.value());
                                byte[] addresses = HostileGuest.addresses(
                                        TX,
                                        area == 0 ? bad : good,
                                        area == 1 ? bad : good + HostileGuest.USED,
                                        area == 2 ? bad : good + HostileGuest.AVAIL);
                                Victim.refuses(g.f, Requests.SET_VRING_ADDR, addresses);
                            }
                        }
                    }
                }),
                new BadInput(55, "any order, 56 without a size", v -> {
                    try (HostileGuest g = v.guest(Victim.PLAIN)) {
                        g.f.send(Requests.SET_VRING_ENABLE, state(TX, 1));
                        g.f.send(Requests.SET_VRING_KICK, u64(TX), g.kick.value());
                        g.f.send(Requests.SET_VRING_ADDR, HostileGuest.addresses(TX));
                        g.negotiate();
                        g.availIdx(TX, 5);
                        g.kick();
                        g.f.get(Requests.GET_FEATURES);
                        long seen = v.seen();
                        g.f.get(Requests.GET_FEATURES);
                        assertEquals(seen, v.seen(), "a ring without a size runs");
                    }
                }),
                new BadInput(58, "position of a ring never described", v -> {
                    try (ScriptedFrontend f = v.connect()) {
                        assertEquals(7, f.get(Requests.GET_VRING_BASE, state(7, 0)));
                        assertEquals(7, f.get(Requests.GET_VRING_BASE, state(7, 0)));
                    }
                }),
                new BadInput(59, "impossible positions", v -> {
                    for (int position : new int[] {0xffff, -1}) {
                        try (HostileGuest g = v.guest(Victim.PLAIN)) {
                            g.negotiate();
                            g.f.send(Requests.SET_VRING_BASE, state(RX, position));
                            g.f.send(Requests.SET_VRING_BASE, state(TX, position));
                            g.describe(RX);
                            g.describe(TX);
                            g.refill();
                            for (int i = 0; i < 10; i++) {
                                g.send(60);
                            }
                            g.kick();
                        }
                    }
                }),
                new BadInput(60, "2000 descriptors, each instead of the last", v -> {
                    try (HostileGuest g = v.started(Victim.PLAIN)) {
                        for (int i = 0; i < 2000; i++) {
                            try (FileDescriptor event = Linux.eventfd()) {
                                g.f.send(EVENTS[i % EVENTS.length], u64(i & 1), event.value());
                            }
                        }
                        g.f.send(Requests.SET_VRING_KICK, u64(TX), g.kick.value());
                        g.f.get(Requests.GET_FEATURES);
                        g.passes();
                    }
                }),
                new BadInput(61, "descriptors announced and absent, or the other way round", v -> {
                    try (FileDescriptor event = Linux.eventfd()) {
                        for (int request : EVENTS) {
                            v.refuses(request, u64(0));
                            v.refuses(request, u64(0x100), event.value());
                            for (int bit = 9; bit < 64; bit++) {
                                v.refuses(request, u64(1L << bit), event.value());
                            }
                        }
                    }
                }),
                new BadInput(62, "call and error descriptors made blocking and full", BadRings::blockingEvents),
                new BadInput(62, "call descriptor filled and emptied all the time", BadRings::flickeringCall),
                new BadInput(63, "sockets, files, timers instead of eventfds", BadRings::noEvents),
                new BadInput(63, "a pipe that is full and blocks", BadRings::fullPipe),
                new BadInput(243, "a guest that offers no receive buffers", v -> {
                    try (HostileGuest g = v.guest(Victim.PLAIN)) {
                        g.negotiate();
                        g.describe(RX);
                        g.describe(TX);
                        long drops = v.txDrops();
                        for (int round = 1; round <= 10; round++) {
                            long until = drops + round * 100L;
                            for (int i = 0; i < 100; i++) {
                                g.send(60);
                            }
                            g.kick();
                            VhostLab.await("dropped", () -> v.txDrops() == until);
                        }
                        g.refill();
                        g.passes();
                    }
                }),
                new BadInput(244, "a guest that never looks at what came back", v -> {
                    try (HostileGuest g = v.started(Victim.PLAIN)) {
                        long seen = v.seen();
                        for (int i = 0; i < HostileGuest.ENTRIES; i++) {
                            g.send(60);
                        }
                        g.kick();
                        VhostLab.await("taken", () -> v.seen() == seen + HostileGuest.ENTRIES);
                        assertEquals(HostileGuest.ENTRIES, g.usedIdx(TX), "completed whether looked at or not");
                    }
                }),
                new BadInput(65, "reset and disabling under traffic", v -> {
                    for (int request : new int[] {
                        Requests.RESET_OWNER, Requests.SET_STATUS, Requests.SET_VRING_ENABLE, Requests.GET_VRING_BASE
                    }) {
                        try (HostileGuest g = v.started(Victim.PLAIN)) {
                            g.f.send(Requests.SET_PROTOCOL_FEATURES, u64(g.f.get(Requests.GET_PROTOCOL_FEATURES)));
                            for (int i = 0; i < 100; i++) {
                                g.send(60);
                            }
                            g.kick();
                            byte[] payload = request == Requests.SET_STATUS ? u64(0) : state(TX, 0);
                            if (request == Requests.GET_VRING_BASE) {
                                g.f.get(request, payload);
                            } else {
                                assertEquals(0, g.f.ask(request, payload));
                            }
                        }
                    }
                }));
    }

    private static void blocking(FileDescriptor eventfd) {
        int flags = Linux.fcntl(eventfd.value(), Constants.F_GETFL, 0);
        Linux.fcntl(eventfd.value(), Constants.F_SETFL, flags & ~Constants.O_NONBLOCK);
    }

    private static void fill(FileDescriptor eventfd) {
        try (NativeMemory value = NativeMemory.allocate(8)) {
            Memory.putLong(value.address(), MOST);
            Linux.write(eventfd.value(), value.address(), 8);
        }
    }

    /** O_NONBLOCK sits on the open file: the guest takes it away after we have set it. */
    private static void blockingEvents(Victim v) {
        try (HostileGuest g = v.started(Victim.PLAIN)) {
            for (FileDescriptor eventfd : new FileDescriptor[] {g.call, g.error, g.kick}) {
                Linux.eventfdRead(eventfd.value());
                fill(eventfd);
                blocking(eventfd);
            }
            for (int i = 0; i < 20; i++) {
                long seen = v.seen();
                for (int frame = 0; frame < 16; frame++) {
                    g.send(60);
                }
                Linux.eventfdRead(g.kick.value());
                g.kick();
                VhostLab.await("taken", () -> v.seen() >= seen + 16);
            }
            g.availIdx(TX, g.availIdx(TX) + 300); // breaks the ring: the error descriptor is used
            Linux.eventfdRead(g.kick.value());
            g.kick();
        }
    }

    private static void flickeringCall(Victim v) {
        try (HostileGuest g = v.started(Victim.PLAIN)) {
            blocking(g.call);
            for (int i = 0; i < 300; i++) {
                long seen = v.seen();
                g.send(60);
                g.kick();
                int flags = Linux.fcntl(g.call.value(), Constants.F_GETFL, 0);
                Linux.fcntl(g.call.value(), Constants.F_SETFL, flags | Constants.O_NONBLOCK);
                Linux.eventfdRead(g.call.value());
                fill(g.call);
                Linux.fcntl(g.call.value(), Constants.F_SETFL, flags & ~Constants.O_NONBLOCK);
                VhostLab.await("taken", () -> v.seen() > seen);
                g.refill();
            }
        }
    }

    /** Another process has it as its input and reads nothing. */
    private static void fullPipe(Victim v) throws IOException {
        Process reader = new ProcessBuilder("sleep", "60").start();
        int both = Constants.O_RDWR | Constants.O_NONBLOCK;
        try (FileDescriptor pipe = Linux.open("/proc/" + reader.pid() + "/fd/0", both, 0);
                NativeMemory bytes = NativeMemory.allocate(4096)) {
            while (Linux.write(pipe.value(), bytes.address(), 4096) > 0) {
                assertTrue(reader.isAlive(), "the pipe never gets full");
            }
            blocking(pipe);
            for (int request : EVENTS) {
                v.refuses(request, u64(0), pipe.value());
            }
            v.refuses(Requests.SET_LOG_FD, Victim.NOTHING, pipe.value());
            v.refuses(Requests.SET_BACKEND_REQ_FD, Victim.NOTHING, pipe.value());
        } finally {
            reader.destroyForcibly();
        }
    }

    private static void noEvents(Victim v) {
        FileDescriptor[] pair = Sockets.socketpair(Constants.SOCK_STREAM);
        FileDescriptor[] gone = Sockets.socketpair(Constants.SOCK_STREAM);
        gone[1].close();
        try (FileDescriptor file = Linux.memfdCreate(HostileGuest.FILE, 0);
                FileDescriptor timer = Linux.timerfd();
                FileDescriptor epoll = Linux.epollCreate();
                FileDescriptor nothing = Linux.open("/dev/null", Constants.O_RDWR, 0)) {
            for (int request : EVENTS) {
                for (FileDescriptor wrong : new FileDescriptor[] {pair[0], gone[0], file, timer, epoll, nothing}) {
                    v.refuses(request, u64(0), wrong.value());
                }
            }
            assertTrue(Linux.fstat(file.value()).size() == 0, "written to");
        } finally {
            FileDescriptor.closeAll(Arrays.asList(pair));
            gone[0].close();
        }
    }
}
