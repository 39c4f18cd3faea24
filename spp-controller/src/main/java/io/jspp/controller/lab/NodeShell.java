package io.jspp.controller.lab;

import io.jspp.config.ExitCode;
import io.jspp.config.ProcessException;
import io.jspp.config.ShellWords;
import io.jspp.controller.lab.Lab.Kind;
import io.jspp.controller.lab.Lab.Node;
import io.jspp.controller.process.DetachedProcess;
import io.jspp.controller.process.SppProcess;
import io.jspp.controller.qemu.GuestShell;
import io.jspp.controller.qemu.QemuGuest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs shell lines in a node of a lab that is up. One thread; a guest serves one such shell at a time. */
interface NodeShell extends AutoCloseable {
    /** What a line ends with whose time is over, as with {@code timeout}. */
    int TOO_LONG = 124;

    /**
     * Runs a line to its end, in a guest at most so long; stderr is part of the output.
     *
     * @throws IllegalStateException when it has not ended in time and can't be ended
     */
    QemuGuest.Result run(String line, Duration limit);

    @Override
    void close();

    /** @throws ProcessException when the node does not run */
    static NodeShell open(LabDirectory directory, Node node) {
        DetachedProcess process = directory
                .process(node.name())
                .filter(DetachedProcess::isAlive)
                .orElseThrow(() -> new ProcessException(
                        ExitCode.FAILED,
                        "node " + node.name() + " does not run; the end of its log is in "
                                + directory.log(node.name())));
        return node.kind() == Kind.VM ? new InGuest(directory, node, process) : new InNamespace(directory, process);
    }

    /** The words that run a command inside a namespace's holder. */
    static List<String> entering(DetachedProcess holder, String... command) {
        List<String> words = new ArrayList<>(List.of("nsenter", "-t", Integer.toString(holder.pid()), "-n", "--"));
        words.addAll(List.of(command));
        return words;
    }

    /** Over the guest's second serial port. */
    final class InGuest implements NodeShell {
        /** For a busy guest to end a line and say so. */
        private static final Duration GRACE = Duration.ofSeconds(20);

        private final GuestShell shell;

        private InGuest(LabDirectory directory, Node node, DetachedProcess qemu) {
            shell = new GuestShell(
                    node.name(), directory.file(node.name() + ".cmd"), qemu, directory.file(node.name() + ".console"));
        }

        @Override
        public QemuGuest.Result run(String line, Duration limit) {
            return shell.run(bounded(line, Math.max(1, limit.toSeconds())), limit.plus(GRACE));
        }

        /**
         * A line that the guest itself ends after so many seconds, with all processes of its session: a guest has one shell, and whoever began
         * the line may be gone by then.
         */
        private static String bounded(String line, long seconds) {
            return "setsid sh -c " + ShellWords.quoted(line) + " & p=$!; late=/late.$p; { sleep " + seconds
                    + "; : >$late; kill -9 -- -$p; } >/dev/null 2>&1 & w=$!; wait $p 2>/dev/null; e=$?; kill $w 2>/dev/null; [ ! -e $late ] || e="
                    + TOO_LONG + "; rm -f $late; exit $e";
        }

        @Override
        public void close() {
            shell.close();
        }
    }

    /** As a process of this machine. */
    final class InNamespace implements NodeShell {
        private final LabDirectory directory;
        private final DetachedProcess holder;

        private InNamespace(LabDirectory directory, DetachedProcess holder) {
            this.directory = directory;
            this.holder = holder;
        }

        @Override
        public QemuGuest.Result run(String line, Duration limit) {
            try (SppProcess process = SppProcess.start(
                    holder.name(),
                    Map.of(LabDirectory.MARK, directory.toString()),
                    entering(holder, "sh", "-c", "exec 2>&1; " + line))) {
                int exit = process.awaitExit(limit);
                return new QemuGuest.Result(String.join("\n", process.out()), exit);
            }
        }

        @Override
        public void close() {
            // Nothing is kept open.
        }
    }
}
