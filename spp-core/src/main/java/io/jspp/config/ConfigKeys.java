package io.jspp.config;

import java.util.List;
import java.util.Optional;

/** Every configuration key of every process; {@code docs/configuration.md} holds the same table, compared by a test. */
public final class ConfigKeys {
    public static final ConfigKey RUN_DIR = ConfigKey.text(
            "run.dir",
            "",
            ".*",
            "a path",
            "Run directory instead of the first usable of /run/spp, $XDG_RUNTIME_DIR/spp, $TMPDIR/spp-UID");
    public static final ConfigKey FILE_PREFIX = ConfigKey.text(
            "file.prefix",
            "rte",
            "[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}",
            "1..32 letters, digits, _ . -",
            "Name of a primary and its secondaries below the run directory");
    public static final ConfigKey SOCK_DIR =
            ConfigKey.text("sock.dir", "", ".*", "a path", "Where sock<N> and spp-rx<N>.pcap live (run directory)");
    public static final ConfigKey SOCK_MODE =
            ConfigKey.text("sock.mode", "0600", "0?[0-7]{3}", "an octal mode", "Permissions of vhost-user sockets");
    public static final ConfigKey SOCK_GROUP = ConfigKey.text(
            "sock.group", "", "[A-Za-z0-9_.-]*", "a group name or number", "Group of vhost-user sockets");
    public static final ConfigKey LOG_FILE = ConfigKey.text("log.file", "", ".*", "a path", "Log to this file too");
    public static final ConfigKey LOG_LEVEL =
            ConfigKey.word("log.level", "Least severe messages shown", "info", "error", "warn", "debug", "trace");
    public static final ConfigKey WAIT = ConfigKey.integer(
            "wait.seconds", 0, "s", 0, 31_536_000, "Give up waiting for a peer after this long; 0: never");
    public static final ConfigKey LAUNCH_LOG_DIR = ConfigKey.text(
            "launch.log.dir",
            "",
            ".*",
            "a path",
            "Where launch keeps spp_TYPE-ID.log (log beside ./spp, else in the run directory)");
    public static final ConfigKey LAUNCH_RESTART =
            ConfigKey.flag("launch.restart", true, "A launched secondary that dies is started again");
    public static final ConfigKey RING_SLOTS =
            ConfigKey.power("ring.slots", 128, "slots", 8, 65_536, "Slots of a ring; one stays free");
    public static final ConfigKey MBUF_COUNT = ConfigKey.integer(
            "mbuf.count",
            0,
            "mbufs",
            0,
            16_777_216,
            "Packet buffers in the pool; 0: mbuf.per.port for each ring and port");
    public static final ConfigKey MBUF_PER_PORT =
            ConfigKey.integer("mbuf.per.port", 1536, "mbufs", 256, 1_048_576, "Packet buffers per ring and port");
    public static final ConfigKey MBUF_DATA =
            ConfigKey.power("mbuf.data", 2048, "bytes", 2048, 4096, "Data bytes of one packet buffer");
    public static final ConfigKey HUGEPAGES = ConfigKey.word(
            "memory.hugepages", "Hugepages for the shared segment: auto takes free ones", "auto", "never", "always");
    public static final ConfigKey ADOPT_WAIT = ConfigKey.integer(
            "adopt.wait.ms",
            2000,
            "ms",
            0,
            60_000,
            "How long a new primary waits for a living secondary to offer the segment");
    public static final ConfigKey BURST =
            ConfigKey.integer("worker.burst", 64, "packets", 1, 512, "Packets moved at once");
    public static final ConfigKey IDLE = ConfigKey.word(
            "worker.idle",
            "What a worker without packets does: adaptive spins, yields, then blocks",
            "adaptive",
            "busy");
    public static final ConfigKey VHOST_CLIENT =
            ConfigKey.flag("vhost.client", false, "vhost ports connect to the front-end's socket instead of listening");

    public static final ConfigKey VHOST_QUEUES =
            ConfigKey.integer("vhost.queues", 16, "pairs", 1, 16, "Queue pairs a vhost port offers to its guest");
    public static final ConfigKey VHOST_MEMORY_SLOTS = ConfigKey.flag(
            "vhost.memory.slots",
            true,
            "Front-ends may share memory region by region (CONFIGURE_MEM_SLOTS), not only all of it at once");
    public static final ConfigKey QUEUE_MAP = ConfigKey.text(
            "queue.map",
            "",
            "|([a-z][a-z0-9_]*:[0-9]+|\\*)=[0-9]+(/[0-9]+)*(,([a-z][a-z0-9_]*:[0-9]+|\\*)=[0-9]+(/[0-9]+)*)*",
            "PORT=LCORE/LCORE,… as in vhost:0=2/3,*=2",
            "Lcores that poll a port's receive queues, queue by queue; the others are dealt out in turn");
    public static final ConfigKey CLASSIFIER_ENTRIES = ConfigKey.integer(
            "classifier.entries.per.port",
            65_536,
            "entries",
            1,
            1_048_576,
            "Classifier entries a port may have; 1: as SPP, which refuses the second");
    public static final ConfigKey MIRROR_COPY = ConfigKey.word(
            "mirror.copy",
            "What a mirror sends twice: shallow the same memory, deep frames of guests as they were at one moment",
            "shallow",
            "deep");

    public static final ConfigKey BRIDGE_AGE = ConfigKey.integer(
            "bridge.age.s", 300, "s", 1, 1_000_000, "A bridge forgets an address from which nothing came for so long");
    public static final ConfigKey BRIDGE_ENTRIES =
            ConfigKey.integer("bridge.entries", 8192, "addresses", 1, 131_072, "Addresses a bridge may know");
    public static final ConfigKey BRIDGE_PORT_ENTRIES = ConfigKey.integer(
            "bridge.port.entries",
            0,
            "addresses",
            0,
            131_072,
            "Addresses a bridge may know at one port; 0: a quarter of bridge.entries");
    public static final ConfigKey BRIDGE_FLOOD_RATE = ConfigKey.integer(
            "bridge.flood.rate",
            0,
            "frames/s",
            0,
            1_000_000_000,
            "Frames that a bridge floods from one port per second, the rest is dropped; 0: no limit");
    public static final ConfigKey RESPONDER_PRINT_RATE = ConfigKey.integer(
            "responder.print.rate",
            100,
            "packets/s",
            1,
            100_000,
            "Packets that a responder prints per second, the rest is answered unprinted");

    private static final List<ConfigKey> ALL = List.of(
            RUN_DIR,
            FILE_PREFIX,
            SOCK_DIR,
            SOCK_MODE,
            SOCK_GROUP,
            LOG_FILE,
            LOG_LEVEL,
            WAIT,
            LAUNCH_LOG_DIR,
            LAUNCH_RESTART,
            RING_SLOTS,
            MBUF_COUNT,
            MBUF_PER_PORT,
            MBUF_DATA,
            HUGEPAGES,
            ADOPT_WAIT,
            BURST,
            IDLE,
            VHOST_CLIENT,
            VHOST_QUEUES,
            VHOST_MEMORY_SLOTS,
            QUEUE_MAP,
            CLASSIFIER_ENTRIES,
            BRIDGE_AGE,
            BRIDGE_ENTRIES,
            BRIDGE_PORT_ENTRIES,
            BRIDGE_FLOOD_RATE,
            RESPONDER_PRINT_RATE,
            MIRROR_COPY);

    private ConfigKeys() {}

    /** All keys, in the order of the documentation. */
    public static List<ConfigKey> all() {
        return ALL;
    }

    public static Optional<ConfigKey> find(String name) {
        return ALL.stream().filter(key -> key.name().equals(name)).findFirst();
    }
}
