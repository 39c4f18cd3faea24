package io.jspp.controller.vmargs;

import io.jspp.config.ConfigKeys;
import io.jspp.config.ExitCode;
import io.jspp.config.RunDirectory;
import io.jspp.controller.main.MainCommand;
import io.jspp.controller.shell.RestClient;
import io.jspp.controller.shell.ShellException;
import io.jspp.net.MacAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./spp vm-args}: prints what a guest is started with so that its cards are vhost ports of ours. Starts and changes nothing. */
@Command(
        name = "spp vm-args",
        description =
                "Prints ready-to-paste arguments of QEMU, libvirt, cloud-hypervisor and DPDK's testpmd for vhost ports."
                        + " Running processes are asked where their sockets are; without any, the options below tell."
                        + " Ports named together are the cards of one guest.")
public final class VmArgsMain extends MainCommand {
    private static final int MAX_QUEUES = 16;
    private static final int MAX_MEMORY_MIB = 1 << 24;
    private static final int MIN_MEMORY_MIB = 32;

    @Parameters(
            arity = "0..*",
            paramLabel = "vhost:N",
            description = "ports; without: all that running processes have, each for a guest of its own, or vhost:0")
    private List<String> ports = new ArrayList<>();

    @Option(names = "--qemu", description = "only these arguments; several choices may be given")
    private boolean qemu;

    @Option(names = "--libvirt", description = "only this XML")
    private boolean libvirt;

    @Option(names = "--cloud-hypervisor", description = "only these arguments")
    private boolean cloudHypervisor;

    @Option(
            names = "--tap",
            paramLabel = "NAME[=ADDR/LEN]",
            description =
                    "with --cloud-hypervisor: a card on this tap of the host, besides those on vhost ports; may be"
                            + " given again")
    private List<String> taps = new ArrayList<>();

    @Option(names = "--testpmd", description = "only these command lines")
    private boolean testpmd;

    @Option(
            names = {"-m", "--memory"},
            paramLabel = "MIB",
            defaultValue = "1024",
            description = "memory of the guest (${DEFAULT-VALUE})")
    private int memory;

    @Option(
            names = "--queues",
            paramLabel = "N",
            defaultValue = "1",
            description = "queue pairs of each card, 1..16 (1)")
    private int queues;

    @Option(names = "--packed", description = "packed virtqueues")
    private boolean packed;

    @Option(
            names = "--mac",
            paramLabel = "MAC",
            description = "address of the first card, counted up for others (52:54:00:00:00:01 for vhost:0, and so on)")
    private String mac;

    @Option(names = "--tcg", description = "QEMU without KVM: no MSI-X interrupts, with which QEMU 7.2 crashes")
    private boolean tcg;

    @Option(
            names = {"-b", "--bind-addr"},
            paramLabel = "ADDR[:PORT]",
            description = "controller's REST address (127.0.0.1:7777)")
    private String controller;

    @Option(names = "--sock-dir", paramLabel = "DIR", description = "as given to the nfv; then nobody is asked")
    private Path socketDirectory;

    @Option(
            names = "--file-prefix",
            paramLabel = "NAME",
            description = "as given to primary and nfv; then nobody is asked")
    private String filePrefix;

    @Option(names = "--vhost-client", description = "as given to the nfv; then nobody is asked")
    private boolean vhostClient;

    VmArgsMain() {}

    /** Exit codes: 0 printed, 1 failed, 2 wrong word, 3 the controller named by -b is not there. */
    public static void main(String[] arguments) {
        System.exit(new VmArgsMain().run(arguments));
    }

    @Override
    public Integer call() throws ShellException {
        check(
                memory >= MIN_MEMORY_MIB && memory <= MAX_MEMORY_MIB,
                "--memory " + memory + ": 32 MiB to 16 TiB expected");
        check(queues >= 1 && queues <= MAX_QUEUES, "--queues " + queues + ": 1 to " + MAX_QUEUES + " expected");
        check(
                taps.isEmpty() || cloudHypervisor && !qemu && !libvirt && !testpmd,
                "--tap: for --cloud-hypervisor alone");
        List<Integer> wanted = ports.stream().map(this::index).toList();
        check(wanted.stream().distinct().count() == wanted.size(), "a port is named twice");
        VhostSockets sockets = new VhostSockets(directory(), !vhostClient);
        if (socketDirectory == null && filePrefix == null && !vhostClient) {
            ask(sockets);
        }
        if (wanted.isEmpty() && taps.isEmpty()) {
            List<Integer> all = new ArrayList<>();
            sockets.known().forEach(all::add);
            for (int index : all.isEmpty() ? List.of(0) : all) {
                print(sockets, List.of(index));
            }
        } else {
            print(sockets, wanted);
        }
        return ExitCode.OK;
    }

    /** A controller that nobody named need not be there. */
    private void ask(VhostSockets sockets) throws ShellException {
        RestClient client;
        try {
            client = RestClient.at(controller);
        } catch (IllegalArgumentException malformed) {
            throw usage("-b: " + malformed.getMessage());
        }
        try {
            sockets.ask(client);
        } catch (ShellException e) {
            if (controller != null || e.exitCode() != ExitCode.UNREACHABLE) {
                throw e;
            }
        }
    }

    private Path directory() {
        String named = System.getenv().getOrDefault("SPP_SOCK_DIR", "");
        if (socketDirectory != null || !named.isEmpty()) {
            return (socketDirectory != null ? socketDirectory : Path.of(named)).toAbsolutePath();
        }
        String prefix = filePrefix == null ? ConfigKeys.FILE_PREFIX.defaultText() : filePrefix;
        return RunDirectory.expected(System.getenv().getOrDefault("SPP_RUN_DIR", ""), prefix, System.getenv());
    }

    private int index(String port) {
        check(port.matches("vhost:[0-9]{1,4}"), "\"" + printable(port) + "\": vhost:N expected, as in vhost:0");
        return Integer.parseInt(port.substring(port.indexOf(':') + 1));
    }

    private void print(VhostSockets sockets, List<Integer> indexes) {
        List<Card> cards = new ArrayList<>();
        for (int index : indexes) {
            cards.add(sockets.card(index, MacAddress.format(macOf(index, cards.size()))));
        }
        for (Card card : cards) {
            System.out.println("# " + card.port() + ": " + card.socket() + ", where the switch "
                    + (card.listens() ? "listens" : "connects") + " (" + card.origin() + ")");
        }
        List<Tap> opened = new ArrayList<>();
        int free = indexes.stream().mapToInt(Integer::intValue).max().orElse(-1) + 1;
        for (String tap : taps) {
            opened.add(tap(tap, macOf(free + opened.size(), cards.size() + opened.size())));
        }
        Machine machine = new Machine(cards, opened, memory, queues, packed, !tcg && VmArguments.kvmUsable());
        check(
                !(machine.hasComma() && (testpmd || cloudHypervisor)),
                "--sock-dir: a socket's path has a comma, where testpmd and cloud-hypervisor end a path: give the nfv another"
                        + " directory");
        for (Format format : formats()) {
            if (!cards.isEmpty()) {
                System.out.println();
            }
            System.out.println("# " + format.title());
            format.lines(machine).forEach(System.out::println);
        }
        System.out.println();
    }

    private Tap tap(String text, long address) {
        try {
            return Tap.parse(text, address);
        } catch (IllegalArgumentException malformed) {
            throw usage("--tap " + printable(text) + ": " + malformed.getMessage());
        }
    }

    private long macOf(int index, int position) {
        if (mac == null) {
            return VmArguments.FIRST_MAC + index;
        }
        try {
            return MacAddress.parse(mac) + position;
        } catch (IllegalArgumentException malformed) {
            throw usage("--mac: " + malformed.getMessage());
        }
    }

    private List<Format> formats() {
        boolean all = !qemu && !libvirt && !cloudHypervisor && !testpmd;
        List<Format> formats = new ArrayList<>();
        if (all || qemu) {
            formats.add(new QemuFormat());
        }
        if (all || libvirt) {
            formats.add(new LibvirtFormat());
        }
        if (all || cloudHypervisor) {
            formats.add(new CloudHypervisorFormat());
        }
        if (all || testpmd) {
            formats.add(new TestpmdFormat());
        }
        return formats;
    }

    private void check(boolean good, String otherwise) {
        if (!good) {
            throw usage(otherwise);
        }
    }

    private static String printable(String text) {
        String cut = text.length() > 40 ? text.substring(0, 40) + "…" : text;
        return cut.replaceAll("[^\\x20-\\x7e…]", "?");
    }
}
