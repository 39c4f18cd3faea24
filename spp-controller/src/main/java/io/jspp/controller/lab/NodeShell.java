package io.jspp.controller.lab;

import io.jspp.config.ExitCode;
import io.jspp.config.ProcessException;
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
    /** Runs a line to its end; stderr is part of the output. */
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
        private final GuestShell shell;

        private InGuest(LabDirectory directory, Node node, DetachedProcess qemu) {
            shell = new GuestShell(
                    node.name(), directory.file(node.name() + ".cmd"), qemu, directory.file(node.name() + ".console"));
        }

        @Override
        public QemuGuest.Result run(String line, Duration limit) {
            return shell.run(line, limit);
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
