package io.jspp.controller.lab;

import io.jspp.config.ExitCode;
import io.jspp.config.ProcessException;
import io.jspp.config.UsageException;
import io.jspp.controller.lab.Lab.Kind;
import io.jspp.controller.lab.Lab.Node;
import io.jspp.controller.process.DetachedProcess;
import io.jspp.controller.qemu.QemuGuest;
import io.jspp.controller.yaml.YamlException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lab exec}. */
@Command(
        name = "exec",
        description = {
            "Runs a command in a node: its words joined make a line for the node's sh. The exit code is the command's.",
            "A guest's output comes when the command has ended; a namespace's at once, and without a command it gets a shell."
        })
final class ExecCommand implements Callable<Integer> {
    @Option(names = "--lab", paramLabel = "LAB", description = "name or file; without: the only one that is up")
    private String given;

    @Option(
            names = "--limit",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "for a command in a guest, then exit code 124 (${DEFAULT-VALUE})")
    private int limit;

    @Parameters(index = "0", paramLabel = "NODE", description = "a node of the lab")
    private String name;

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "COMMAND",
            description = "as in: exec h1 ping -c 3 10.0.0.1")
    private List<String> words = List.of();

    @Override
    public Integer call() throws YamlException, IOException, InterruptedException {
        if (limit < 1 || limit > 86400) {
            throw new UsageException("--limit " + limit + ": 1 to 86400 expected");
        }
        LabDirectory directory = LabTarget.running(given, LabMain.home());
        Lab lab = LabTarget.lab(directory);
        Node node = lab.node(name);
        if (node == null) {
            throw new UsageException("lab " + lab.name() + " has no node " + UsageException.quoted(name) + ": "
                    + String.join(", ", lab.nodes().stream().map(Node::name).toList()));
        }
        return node.kind() == Kind.VM ? inGuest(directory, node) : inNamespace(directory, node);
    }

    private int inGuest(LabDirectory directory, Node node) {
        String line = String.join(" ", words);
        if (line.isBlank() || !line.matches("[\\x20-\\x7e]{1,1000}")) {
            throw new UsageException("a guest wants a command of printable ASCII characters on one line, 1000 at most");
        }
        try (NodeShell shell = NodeShell.open(directory, node)) {
            QemuGuest.Result result = shell.run(line, Duration.ofSeconds(limit));
            if (!result.output().isEmpty()) {
                System.out.println(result.output());
            }
            if (result.exitCode() == NodeShell.TOO_LONG) {
                System.err.println("spp lab: the command has not ended within " + limit + " s; --limit gives it more");
            }
            return result.exitCode();
        } catch (IllegalStateException e) {
            System.err.println("spp lab: " + e.getMessage());
            return NodeShell.TOO_LONG;
        }
    }

    private int inNamespace(LabDirectory directory, Node node) throws IOException, InterruptedException {
        DetachedProcess holder = directory
                .process(node.name())
                .filter(DetachedProcess::isAlive)
                .orElseThrow(() -> new ProcessException(ExitCode.FAILED, "node " + node.name() + " does not run"));
        String line = String.join(" ", words);
        List<String> command =
                line.isBlank() ? NodeShell.entering(holder, "sh") : NodeShell.entering(holder, "sh", "-c", line);
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().put(LabDirectory.MARK, directory.toString());
        return builder.start().waitFor();
    }
}
