package io.jspp.config;

import static io.jspp.config.UsageException.quoted;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The words of DPDK's environment abstraction layer (EAL), before {@code --}. What means something here is parsed and checked; what has no
 * meaning here is still checked where DPDK would check it, and collected in {@link #ignored()} for one line on stdout; anything else is
 * refused. The same for the primary and all secondaries.
 */
public final class EalOptions {
    /** What the operator wants of hugepages. */
    public enum Hugepages {
        /** Use them when there are free ones. */
        AUTO,
        /** {@code --no-huge}. */
        NEVER
    }

    /** One {@code --vdev}: {@code net_af_packet0,iface=eth0} is name {@code net_af_packet0} and its arguments, in order. */
    public record Vdev(String name, Map<String, String> arguments) {
        public Vdev {
            arguments = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(arguments));
        }

        /** @throws UsageException with a sentence */
        public static Vdev parse(String text) {
            String[] parts = text.split(",", -1);
            if (!parts[0].matches("[a-z][a-z0-9_]{0,31}[0-9]")) {
                throw new UsageException(
                        quoted(text) + " is not NAME<N>,KEY=VALUE,... as in net_af_packet0,iface=eth0");
            }
            Map<String, String> arguments = new LinkedHashMap<>();
            for (int i = 1; i < parts.length; i++) {
                int equals = parts[i].indexOf('=');
                String key = equals < 0 ? parts[i] : parts[i].substring(0, equals);
                if (key.isEmpty() || arguments.put(key, equals < 0 ? "" : parts[i].substring(equals + 1)) != null) {
                    throw new UsageException(
                            quoted(text) + ": argument " + quoted(parts[i]) + " is empty or given twice");
                }
            }
            return new Vdev(parts[0], arguments);
        }
    }

    private SortedMap<Integer, SortedSet<Integer>> wantedLcores;
    private String lcoresGivenBy = "";
    private int mainLcore = -1;
    private LcoreMap lcores;
    private String filePrefix;
    private String processType = "auto";
    private long memoryLimitMiB;
    private Hugepages hugepages = Hugepages.AUTO;
    private String logLevel;
    private final List<Vdev> vdevs = new ArrayList<>();
    private final List<String> ignored = new ArrayList<>();

    EalOptions() {}

    /** The rows of this part; their handlers fill this object. */
    OptionTable table() {
        OptionTable t = new OptionTable("EAL options");
        t.option(
                "-l, --corelist",
                "LIST",
                "lcores to use, as in 0,2-4",
                v -> lcores("-l", LcoreMap.plain(CpuSets.list(v))));
        t.option(
                "-c",
                "HEXMASK",
                "lcores to use as a mask, as in 0x3",
                v -> lcores("-c", LcoreMap.plain(CpuSets.mask(v))));
        t.option(
                "--lcores",
                "MAP",
                "lcores on CPUs, as in 1,2@(5-7),(0-3)@1",
                v -> lcores("--lcores", LcoreMap.parse(v)));
        t.option(
                "--main-lcore, --master-lcore",
                "ID",
                "lcore of the control thread (lowest)",
                v -> mainLcore = Numbers.smallInteger(v, 0, LcoreMap.MAX_ID));
        t.option(
                "-m", "MIB", "upper bound of the shared memory", v -> memoryLimitMiB = Numbers.integer(v, 1, 1L << 30));
        t.option("--socket-mem", "MIB[,MIB...]", "the same, the sum counts", v -> memoryLimitMiB = sum(v));
        t.flag("--no-huge", "no hugepages for the shared memory", () -> hugepages = Hugepages.NEVER);
        t.option(
                "--file-prefix", "WORD", "name of this primary and its secondaries (rte)", v -> filePrefix = prefix(v));
        t.option(
                "--proc-type",
                "TYPE",
                "primary, secondary or auto",
                v -> processType = oneOf(v, "primary", "secondary", "auto"));
        t.option(
                "--vdev",
                "NAME,KEY=VALUE...",
                "a device, as in net_af_packet0,iface=eth0; repeatable",
                v -> vdevs.add(Vdev.parse(v)));
        addIgnored(t);
        return t;
    }

    private void addIgnored(OptionTable t) {
        ignore(t, "-n", "N", "memory channels", v -> Numbers.integer(v, 1, 255));
        ignore(t, "-r", "N", "memory ranks", v -> Numbers.integer(v, 1, 16));
        ignore(t, "--huge-dir", "DIR", "memory needs no hugepage mount", v -> {});
        ignore(
                t,
                "--base-virtaddr",
                "ADDRESS",
                "memory maps at any address",
                v -> Numbers.integer(v, 0, Long.MAX_VALUE));
        ignore(t, "--iova-mode", "pa|va", "no device does DMA", v -> oneOf(v, "pa", "va"));
        ignore(t, "-w, --pci-whitelist, -a, --allow", "PCI", "PCI devices are never taken: use --vdev", v -> {});
        ignore(t, "-b, --pci-blacklist, --block", "PCI", "PCI devices are never taken", v -> {});
        ignore(t, "--socket-limit", "MIB", "memory never grows", v -> sum(v));
        ignore(t, "-d", "LIB", "no driver libraries", v -> {});
        ignore(t, "-s", "HEXMASK", "no service cores", CpuSets::mask);
        ignore(t, "-S", "LIST", "no service cores", CpuSets::list);
        ignore(t, "--syslog", "FACILITY", "see --log-file", v -> {});
        ignore(t, "--vfio-intr", "MODE", "no PCI", v -> {});
        ignore(t, "--vfio-vf-token", "UUID", "no PCI", v -> {});
        ignore(t, "--mbuf-pool-ops-name", "NAME", "one kind of pool", v -> {});
        ignore(t, "--force-max-simd-bitwidth", "BITS", "the JVM decides", v -> {});
        ignore(t, "--trace, --trace-dir, --trace-bufsz, --trace-mode", "VALUE", "no DPDK traces", v -> {});
        for (String name : List.of("--huge-unlink", "--huge-worker-stack", "--log-color", "--log-timestamp")) {
            t.optional(name, "VALUE", "", v -> ignored.add(name + " (no meaning here)"));
        }
        Map<String, String> flags = new LinkedHashMap<>();
        flags.put("--in-memory", "memory never has files");
        flags.put("--no-pci", "PCI devices are never taken");
        flags.put("--legacy-mem", "one memory layout");
        flags.put("--single-file-segments", "one memory layout");
        flags.put("--match-allocations", "one memory layout");
        flags.put("--no-shconf", "no shared configuration file");
        flags.put("--no-hpet", "the kernel's clock is used");
        flags.put("--no-telemetry", "no DPDK telemetry");
        flags.put("--telemetry", "see status");
        flags.put("--create-uio-dev", "no PCI");
        flags.put("--vmware-tsc-map", "the kernel's clock is used");
        flags.put("--version", "see spp --version");
        flags.put("-v", "see spp --version");
        flags.put("--no-xen", "no Xen");
        flags.put("--xen-dom0", "no Xen");
        flags.forEach((name, why) -> t.flag(name, "", () -> ignored.add(name + " (" + why + ")")));
    }

    private void ignore(
            OptionTable t, String names, String argument, String why, java.util.function.Consumer<String> check) {
        for (String name : names.split(", ")) {
            t.option(name, argument, "", v -> {
                check.accept(v);
                ignored.add(name + " " + v.replaceAll("[^\\x20-\\x7e]", "?") + " (" + why + ")");
            });
        }
    }

    /** DPDK's forms {@code 7}, {@code debug}, {@code lib.eal:debug}, {@code pmd.*,8}; only those without a component mean something. */
    void logLevel(String value) {
        int separator = Math.max(value.lastIndexOf(':'), value.lastIndexOf(','));
        String level = LogLevels.parse(separator < 0 ? value : value.substring(separator + 1));
        if (separator < 0) {
            logLevel = level;
        } else {
            ignored.add("--log-level " + value.replaceAll("[^\\x20-\\x7e]", "?") + " (no such component)");
        }
    }

    /** Checks what only the whole line shows. */
    void finish(String role, SortedSet<Integer> allowedCpus) {
        if (wantedLcores == null) {
            wantedLcores = LcoreMap.plain(new TreeSet<>(allowedCpus));
        }
        lcores = LcoreMap.place(wantedLcores, mainLcore, allowedCpus);
        if (!processType.equals("auto") && !processType.equals(role)) {
            throw new UsageException("--proc-type " + processType + " given, but this command is a " + role
                    + ": leave it out or say --proc-type " + role);
        }
    }

    private void lcores(String option, SortedMap<Integer, SortedSet<Integer>> map) {
        if (wantedLcores != null) {
            throw new UsageException(
                    "the lcores are given already by " + lcoresGivenBy + ": give one of -l, -c, --lcores, once");
        }
        wantedLcores = map;
        lcoresGivenBy = option;
    }

    private static long sum(String text) {
        long sum = 0;
        for (String part : text.split(",", -1)) {
            sum += Numbers.integer(part, 0, 1L << 30);
        }
        return sum;
    }

    private static String prefix(String text) {
        if (!text.matches("[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}")) {
            throw new UsageException(quoted(text) + " is not a name of 1..32 letters, digits, _ . -");
        }
        return text;
    }

    private static String oneOf(String text, String... words) {
        for (String word : words) {
            if (word.equals(text)) {
                return word;
            }
        }
        throw new UsageException(quoted(text) + " is not one of " + String.join(", ", words));
    }

    /** Lcores and where they run. */
    public LcoreMap lcores() {
        return lcores;
    }

    /** {@code --file-prefix}, or null. */
    public String filePrefix() {
        return filePrefix;
    }

    /** {@code -m} or the sum of {@code --socket-mem}, 0 when neither was given. */
    public long memoryLimitMiB() {
        return memoryLimitMiB;
    }

    public Hugepages hugepages() {
        return hugepages;
    }

    /** Devices in option order. */
    public List<Vdev> vdevs() {
        return List.copyOf(vdevs);
    }

    /** {@code --log-level}, or null. */
    public String logLevel() {
        return logLevel;
    }

    /** Accepted words without meaning here, each with its reason; printed as one line on stdout. */
    public List<String> ignored() {
        return List.copyOf(ignored);
    }
}
