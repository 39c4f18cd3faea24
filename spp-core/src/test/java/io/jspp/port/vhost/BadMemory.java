package io.jspp.port.vhost;

import static io.jspp.vhostuser.ScriptedFrontend.state;
import static io.jspp.vhostuser.ScriptedFrontend.table;
import static io.jspp.vhostuser.ScriptedFrontend.u64;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jspp.linux.Constants;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.linux.Sockets;
import io.jspp.vhostuser.Requests;
import io.jspp.vhostuser.ScriptedFrontend;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** Rows 23 to 43, 69 to 71, 216 and 236: guest memory and the dirty log. Row 44, memory that vanishes, has a test of its own. */
final class BadMemory {
    private static final long USER = HostileGuest.USER;
    private static final long SIZE = HostileGuest.SIZE;
    private static final int SET = Requests.SET_MEM_TABLE;

    private BadMemory() {}

    /** A memory table that is refused, with a file of {@link #SIZE} bytes per row. */
    private static BadInput refused(int row, String name, byte[] table, int descriptors) {
        return new BadInput(row, name, v -> {
            try (FileDescriptor file = file(SIZE)) {
                int[] all = new int[descriptors];
                Arrays.fill(all, file.value());
                v.refuses(SET, table, all);
            }
        });
    }

    private static FileDescriptor file(long size) {
        FileDescriptor file = Linux.memfdCreate(HostileGuest.FILE, 0);
        Linux.ftruncate(file.value(), size);
        return file;
    }

    static List<BadInput> all() {
        long other = USER + (1L << 32);
        return List.of(
                refused(23, "no descriptor", table(1, 0, SIZE, USER, 0), 0),
                refused(24, "fewer descriptors than regions", table(2, 0, 4096, USER, 0, 4096, 4096, other, 0), 1),
                refused(24, "more descriptors than regions", table(1, 0, SIZE, USER, 0), 2),
                refused(25, "9 regions", table(9, new long[36]), 8),
                refused(25, "2^31 regions", table(Integer.MIN_VALUE, 0, SIZE, USER, 0), 8),
                refused(25, "2^32 - 1 regions", table(-1, 0, SIZE, USER, 0), 8),
                new BadInput(26, "no regions, then rings", v -> {
                    try (HostileGuest g = v.guest(Victim.PLAIN)) {
                        assertEquals(0, g.f.ask(Requests.SET_FEATURES, u64(g.features)));
                        assertEquals(0, g.f.ask(SET, table(0)));
                        g.describe(HostileGuest.RX);
                        g.describe(HostileGuest.TX);
                        g.f.get(Requests.GET_FEATURES);
                    }
                }),
                refused(27, "empty region", table(1, 0, 0, USER, 0), 1),
                refused(28, "region of 2^46", table(1, 0, 1L << 46, USER, 0), 1),
                refused(28, "region of 2^63", table(1, 0, 1L << 63, USER, 0), 1),
                refused(29, "offset + size wraps", table(1, 0, 4096, USER, -4096), 1),
                refused(29, "offset beyond the file", table(1, 0, 4096, USER, SIZE), 1),
                refused(31, "guest addresses overlap", table(2, 0, 8192, USER, 0, 4096, 8192, other, 0), 2),
                refused(32, "user addresses overlap", table(2, 0, 8192, USER, 0, 1 << 20, 8192, USER + 4096, 0), 2),
                refused(33, "guest address wraps", table(1, -4096, 8192, USER, 0), 1),
                refused(33, "user address wraps", table(1, 0, 8192, -4096, 0), 1),
                new BadInput(34, "files that are no memory, 35 read-only", BadMemory::wrongFiles),
                refused(36, "twice as big as the file, 37", table(1, 0, 2 * SIZE, USER, 0), 1),
                refused(38, "8 regions in 8 bytes", table(8), 8),
                new BadInput(39, "LEGAL a new layout while running", v -> {
                    try (HostileGuest g = v.started(Victim.PLAIN)) {
                        for (int i = 0; i < 50; i++) {
                            g.passes();
                            assertEquals(0, g.f.ask(SET, HostileGuest.memoryTable(), g.file.value()));
                            g.refill();
                        }
                        g.passes();
                    }
                }),
                new BadInput(40, "memory without the rings while running", v -> {
                    try (HostileGuest g = v.started(Victim.PLAIN);
                            FileDescriptor file = file(4096)) {
                        g.passes();
                        assertEquals(0, g.f.ask(SET, table(1, 0, 4096, USER + (1L << 40), 0), file.value()));
                        for (int i = 0; i < 64; i++) {
                            g.send(60);
                        }
                        g.kick();
                        g.f.get(Requests.GET_FEATURES);
                    }
                }),
                new BadInput(41, "1000 layouts", v -> {
                    try (ScriptedFrontend f = v.connect();
                            FileDescriptor file = file(SIZE)) {
                        for (int i = 1; i <= 1000; i++) {
                            byte[] layout = table(1, 0, 4096L * (1 + i % 500), USER + 4096L * i, 4096L * (i % 400));
                            assertEquals(0, f.ask(SET, layout, file.value()));
                        }
                    }
                }),
                new BadInput(42, "wrong regions one by one", BadMemory::wrongSlots),
                new BadInput(43, "removal of live and unknown regions", BadMemory::removals),
                new BadInput(216, "memory larger than our address space", v -> {
                    long huge = 1L << 47;
                    try (FileDescriptor file = file(huge)) {
                        v.refuses(SET, table(1, 0, huge, USER, 0), file.value());
                    }
                }),
                new BadInput(236, "memory with a hole punched while running", BadMemory::hole),
                new BadInput(69, "dirty logs that are none", BadMemory::wrongLogs),
                new BadInput(70, "dirty log too small, 71 with an offset", BadMemory::smallLog));
    }

    private static void wrongFiles(Victim v) {
        FileDescriptor[] pair = Sockets.socketpair(Constants.SOCK_STREAM);
        try (FileDescriptor event = Linux.eventfd();
                FileDescriptor zero = Linux.open("/dev/zero", Constants.O_RDWR, 0);
                FileDescriptor nothing = Linux.open("/dev/null", Constants.O_RDWR, 0);
                FileDescriptor proc = Linux.open("/proc/self/comm", Constants.O_RDWR, 0);
                FileDescriptor directory = Linux.open("/", Constants.O_RDONLY, 0);
                FileDescriptor whole = file(SIZE);
                FileDescriptor readOnly = Linux.open("/proc/self/fd/" + whole.value(), Constants.O_RDONLY, 0)) {
            for (FileDescriptor wrong :
                    new FileDescriptor[] {event, zero, nothing, proc, directory, readOnly, pair[0], pair[1]}) {
                v.refuses(SET, table(1, 0, 4096, USER, 0), wrong.value());
            }
            try (ScriptedFrontend f = v.connect()) {
                Victim.refuses(f, SET, table(1, 0, 4096, USER, 0), f.socket.value());
            }
        } finally {
            FileDescriptor.closeAll(Arrays.asList(pair));
        }
    }

    /** A balloon gives pages back: they read as zero, rings included, and the guest sets up its rings again. */
    private static void hole(Victim v) throws IOException, InterruptedException {
        try (HostileGuest g = v.started(Victim.PLAIN)) {
            g.passes();
            for (int i = 0; i < 64; i++) {
                g.send(60);
            }
            g.kick();
            String file = "/proc/" + Linux.getpid() + "/fd/" + g.file.value();
            String size = Long.toString(SIZE);
            Process punch = new ProcessBuilder("fallocate", "-p", "-o", "4096", "-l", size, file)
                    .inheritIO()
                    .start();
            assertEquals(0, punch.waitFor(), "fallocate");
            g.kick();
            for (int ring : new int[] {HostileGuest.RX, HostileGuest.TX}) {
                g.f.get(Requests.GET_VRING_BASE, state(ring, 0));
                g.availIdx(ring, 0);
                g.usedIdx(ring, 0); // a burst that the worker had begun may have ended behind the hole
                g.describe(ring);
            }
            g.refill();
            g.passes();
        }
    }

    private static byte[] slot(long guest, long size, long user, long offset) {
        return u64(0, guest, size, user, offset);
    }

    private static void wrongSlots(Victim v) {
        int add = Requests.ADD_MEM_REG;
        try (FileDescriptor file = file(SIZE)) {
            int fd = file.value();
            try (ScriptedFrontend f = v.connect()) {
                Victim.refuses(f, add, slot(0, SIZE, USER, 0), fd); // not negotiated
            }
            v.refuses(add, slot(0, SIZE, USER, 0));
            v.refuses(add, slot(0, SIZE, USER, 0), fd, fd);
            v.refuses(add, slot(0, 0, USER, 0), fd);
            v.refuses(add, slot(0, 2 * SIZE, USER, 0), fd);
            v.refuses(add, slot(-4096, 8192, USER, 0), fd);
            try (ScriptedFrontend f = v.connect()) {
                f.send(Requests.SET_PROTOCOL_FEATURES, u64(f.get(Requests.GET_PROTOCOL_FEATURES)));
                long most = f.get(Requests.GET_MAX_MEM_SLOTS);
                for (int i = 0; i < 600; i++) {
                    byte[] region = slot(i * 8192L, 4096, USER + i * 8192L, 4096L * (i % 1000));
                    assertEquals(i < most ? 0 : 1, f.ask(add, region, fd));
                }
                Victim.refuses(f, add, slot(4096, 8192, USER + (1L << 40), 0), fd);
            }
        }
    }

    private static void removals(Victim v) {
        int remove = Requests.REM_MEM_REG;
        try (HostileGuest g = v.started(Victim.PLAIN)) {
            g.f.send(Requests.SET_PROTOCOL_FEATURES, u64(g.f.get(Requests.GET_PROTOCOL_FEATURES)));
            assertEquals(0, g.f.ask(remove, slot(1L << 50, 4096, USER, 0)));
            assertEquals(0, g.f.ask(remove, slot(HostileGuest.GUEST, SIZE - 4096, USER, 0), g.file.value()));
            g.passes();
            assertEquals(0, g.f.ask(remove, slot(HostileGuest.GUEST, SIZE, USER, 0)));
            for (int i = 0; i < 64; i++) {
                g.send(60);
            }
            g.kick();
            g.f.get(Requests.GET_FEATURES);
        }
    }

    private static void wrongLogs(Victim v) {
        int set = Requests.SET_LOG_BASE;
        try (FileDescriptor file = file(4096);
                FileDescriptor event = Linux.eventfd()) {
            int fd = file.value();
            v.refuses(set, u64(4096, 0));
            v.refuses(set, u64(4096, 0), fd, fd);
            v.refuses(set, u64(0, 0), fd);
            v.refuses(set, u64(1L << 40, 0), fd);
            v.refuses(set, u64(4096, 4096), fd);
            v.refuses(set, u64(-4096, 8192), fd);
            v.refuses(set, u64(8192, -4096), fd);
            v.refuses(set, new byte[15], fd);
            v.refuses(set, u64(4096, 0), event.value());
            v.refuses(Requests.SET_LOG_FD, Victim.NOTHING, fd);
            v.refuses(Requests.SET_LOG_FD, Victim.NOTHING);
        }
    }

    /** Guest addresses from 4 GiB on need 128 KiB of log; there are 4 KiB, behind 4 KiB that are not the log's. */
    private static void smallLog(Victim v) {
        try (HostileGuest g = v.guest(Victim.PLAIN | 1L << 26);
                FileDescriptor log = file(3 * 4096)) {
            g.f.send(Requests.SET_PROTOCOL_FEATURES, u64(g.f.get(Requests.GET_PROTOCOL_FEATURES)));
            g.f.send(Requests.SET_LOG_BASE, u64(4096, 4096), log.value());
            g.f.reply(Requests.SET_LOG_BASE);
            g.start();
            for (int i = 0; i < 20; i++) {
                g.passes();
                g.refill();
            }
        }
    }
}
