package io.jspp.controller.lab;

import io.jspp.config.ExitCode;
import io.jspp.config.ProcessException;
import io.jspp.config.RunDirectory;
import io.jspp.controller.lab.Lab.Card;
import io.jspp.controller.lab.Lab.Kind;
import io.jspp.controller.lab.Lab.Link;
import io.jspp.controller.lab.Lab.Node;
import io.jspp.controller.process.DetachedProcess;
import io.jspp.controller.process.SppProcess;
import io.jspp.controller.qemu.GuestImage;
import io.jspp.controller.qemu.GuestShell;
import io.jspp.controller.qemu.QemuCommand;
import io.jspp.controller.qemu.QemuGuest;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Starts a lab, step by step; whoever calls it ends with {@link LabStop} what a failed start has begun. */
final class LabStart {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration BOOT_LIMIT = Duration.ofSeconds(180);
    private static final Pattern READY = Pattern.compile("\\bready\\b");
    private static final Pattern CTL_READY =
            Pattern.compile("\\bready\\b.*primary \\S*:(\\d+).*secondar\\S* \\S*:(\\d+).*REST \\S*:(\\d+)");
    private static final String RIGHT = "run it as root, or inside: unshare -Urn";

    private final Lab lab;
    private final LabDirectory directory;
    private final LabInterfaces interfaces;
    private final Path home;
    private final PrintStream out;
    private final long startNs = System.nanoTime();
    private boolean ended;

    /**
     * Starts nothing yet.
     *
     * @param home the project's top directory
     * @param out told each step
     */
    LabStart(Lab lab, LabDirectory directory, Path home, PrintStream out) {
        this.lab = lab;
        this.directory = directory;
        this.home = home;
        this.out = out;
        interfaces = LabInterfaces.fresh();
    }

    /**
     * Starts everything and waits until guests have booted.
     *
     * @throws ProcessException what can't be started, why, and the next step
     */
    void run() {
        directory.note("interfaces", interfaces.key());
        GuestImage image = lab.has(Kind.VM) ? image() : null;
        namespaces();
        processes();
        for (Node node : lab.nodes()) {
            if (node.kind() == Kind.NAMESPACE) {
                setUp(node);
            }
        }
        say(lab.commands().size() + " shell commands");
        commands();
        if (image != null) {
            boot(image);
        }
        say("up");
    }

    private void say(String text) {
        out.printf("%5.1f s  %s%n", (System.nanoTime() - startNs) / 1e9, text);
    }

    private GuestImage image() {
        List<String> programs = lab.nodes().stream()
                .flatMap(node -> node.programs().stream())
                .distinct()
                .sorted()
                .toList();
        return GuestImage.prepare(home, programs);
    }

    /** Refuses to start anything once {@link #end} was called, so that Ctrl-C misses nothing. */
    private synchronized DetachedProcess start(String name, List<String> command) {
        if (ended) {
            throw new ProcessException(ExitCode.FAILED, name + " is not started any more: the lab is being ended");
        }
        DetachedProcess process = DetachedProcess.start(name, directory.environment(), directory.log(name), command);
        directory.noteProcess(process);
        return process;
    }

    /** Nothing is started from here on. */
    synchronized void end() {
        ended = true;
    }

    // --- namespaces ------------------------------------------------------------------------------------------------

    private void namespaces() {
        if (!lab.has(Kind.NAMESPACE)) {
            return;
        }
        List<Node> nodes = lab.nodes().stream()
                .filter(node -> node.kind() == Kind.NAMESPACE)
                .toList();
        say(nodes.size() + " network namespaces");
        call("ip", "link", "set", "lo", "up"); // inside unshare -n it is down
        List<DetachedProcess> holders = new ArrayList<>();
        for (Node node : nodes) {
            holders.add(start(node.name(), List.of("unshare", "-n", "sh", "-c", "echo inside; exec sleep infinity")));
        }
        for (int i = 0; i < nodes.size(); i++) {
            try {
                holders.get(i).awaitLine(Pattern.compile("^inside"), LIMIT);
            } catch (IllegalStateException e) {
                throw failed("a network namespace can't be made: " + e.getMessage() + "; " + RIGHT, e);
            }
            for (Card card : nodes.get(i).cards()) {
                if (card.link() == Link.VETH) {
                    String outside = interfaces.outside(card);
                    String pid = Integer.toString(holders.get(i).pid());
                    directory.note("interface", outside);
                    call("ip", "link", "add", outside, "type", "veth", "peer", "name", card.name(), "netns", pid);
                    call("ip", "link", "set", outside, "up");
                }
            }
        }
    }

    private void setUp(Node node) {
        DetachedProcess holder = directory.process(node.name()).orElseThrow();
        for (Card card : node.cards()) {
            if (card.link() == Link.TAP) {
                call("ip", "link", "set", interfaces.outside(card), "netns", Integer.toString(holder.pid()));
            }
        }
        String script = String.join("\n", NodeSetup.lines(node, interfaces));
        call(NodeShell.entering(holder, "sh", "-ec", script).toArray(new String[0]));
    }

    private static void call(String... command) {
        try (SppProcess process = SppProcess.start(command[0], Map.of(), List.of(command))) {
            int exit = process.awaitExit(LIMIT);
            if (exit != 0) {
                throw new ProcessException(
                        ExitCode.FAILED,
                        String.join(" ", command) + " ended with exit code " + exit + ": "
                                + String.join("; ", process.err()) + "; " + RIGHT);
            }
        }
    }

    // --- the switch ------------------------------------------------------------------------------------------------

    private void processes() {
        say("controller, primary, " + lab.secondaries().size() + " of vf, nfv, mirror, pcap");
        // Made here, before the processes want to all at once.
        directory.note(
                "run directory",
                RunDirectory.expected("", lab.prefix(), System.getenv()).toString());
        RunDirectory.select("", lab.prefix(), System.getenv());
        SwitchWords words = new SwitchWords(lab, interfaces);
        DetachedProcess controller = spp("ctl", words.controller());
        List<Integer> ports = ports(controller);
        directory.note("ports", ports);
        List<DetachedProcess> started = new ArrayList<>();
        started.add(spp("primary", words.primary(ports.get(0))));
        for (List<String> secondary : lab.secondaries()) {
            started.add(spp(secondary.get(0) + started.size(), words.secondary(secondary, ports.get(1))));
        }
        for (DetachedProcess process : started) {
            awaitReady(process, READY);
        }
    }

    private DetachedProcess spp(String name, List<String> words) {
        List<String> command = new ArrayList<>(List.of(home.resolve("spp").toString()));
        command.addAll(words);
        out.println("         $ ./spp " + String.join(" ", words));
        return start(name, command);
    }

    private List<Integer> ports(DetachedProcess controller) {
        Matcher ready = awaitReady(controller, CTL_READY);
        return List.of(
                Integer.parseInt(ready.group(1)), Integer.parseInt(ready.group(2)), Integer.parseInt(ready.group(3)));
    }

    private static Matcher awaitReady(DetachedProcess process, Pattern ready) {
        try {
            return process.awaitLine(ready, LIMIT);
        } catch (IllegalStateException e) {
            throw failed(e.getMessage(), e);
        }
    }

    private static ProcessException failed(String sentence, Exception cause) {
        return new ProcessException(ExitCode.FAILED, sentence, cause);
    }

    private void commands() {
        if (lab.commands().isEmpty()) {
            return;
        }
        String address = LabTarget.restAddress(directory);
        List<String> words = new ArrayList<>(List.of(home.resolve("spp").toString(), "cli", "-b", address));
        lab.commands().forEach(line -> words.addAll(List.of("-c", line)));
        try (SppProcess shell = SppProcess.start("cli", Map.of("SPP_NO_BUILD", "1"), words)) {
            int exit = shell.awaitExit(LIMIT);
            if (exit != 0) {
                throw new ProcessException(ExitCode.FAILED, "the shell ended with exit code " + exit + shell.tail());
            }
        }
    }

    // --- guests ----------------------------------------------------------------------------------------------------

    /** As many at once as there are CPUs, two at least: more would only make each of them slower. */
    private void boot(GuestImage image) {
        List<Node> guests =
                lab.nodes().stream().filter(node -> node.kind() == Kind.VM).toList();
        say(guests.size() + " guests boot");
        ExecutorService threads =
                Executors.newFixedThreadPool(Math.max(2, Runtime.getRuntime().availableProcessors()));
        try {
            List<Future<?>> booting = new ArrayList<>();
            for (Node guest : guests) {
                booting.add(threads.submit(() -> boot(image, guest)));
            }
            for (Future<?> one : booting) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw failed("a guest can't be started: " + e.getCause().getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed("interrupted", e);
        } finally {
            threads.shutdownNow();
        }
    }

    private void boot(GuestImage image, Node node) {
        List<QemuGuest.Nic> nics = new ArrayList<>();
        for (Card card : node.cards()) {
            String queues = card.queues() > 1 ? "queues=" + card.queues() : "";
            String device = card.queues() > 1 ? "mq=on" : "";
            nics.add(new QemuGuest.Nic(socket(card), card.listen(), mac(card), queues, device));
            directory.note("socket", socket(card).toString());
        }
        QemuGuest.Options options =
                new QemuGuest.Options(node.name(), directory.file(""), nics, node.memoryMiB(), node.cpus());
        DetachedProcess qemu = start(node.name(), QemuCommand.words(image, options));
        // At once: what a guest writes before somebody is connected is lost.
        try (GuestShell shell =
                new GuestShell(node.name(), QemuCommand.commandSocket(options), qemu, QemuCommand.console(options))) {
            shell.awaitReady(BOOT_LIMIT);
            for (String line : NodeSetup.lines(node, interfaces)) {
                QemuGuest.Result result = shell.run(line, LIMIT);
                if (result.exitCode() != 0) {
                    throw new IllegalStateException(
                            node.name() + ": " + line + " ended with " + result.exitCode() + ": " + result.output());
                }
            }
        }
        say(node.name() + " is up");
    }

    private Path socket(Card card) {
        Path where = lab.socketDirectory().isEmpty()
                ? RunDirectory.expected("", lab.prefix(), System.getenv())
                : Path.of(lab.socketDirectory());
        return where.resolve("sock" + card.index());
    }

    private static String mac(Card card) {
        return card.mac().isEmpty() ? String.format("52:54:00:00:00:%02x", 1 + card.index()) : card.mac();
    }
}
