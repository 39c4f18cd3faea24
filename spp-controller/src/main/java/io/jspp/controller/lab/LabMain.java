package io.jspp.controller.lab;

import io.jspp.config.ExitCode;
import io.jspp.config.ProcessException;
import io.jspp.config.UsageException;
import io.jspp.controller.yaml.YamlException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./spp lab}: starts, checks, shows and ends a lab. */
@Command(
        name = "spp lab",
        description =
                "Runs a lab: a switch, virtual machines and network namespaces that one file describes (docs/labs.md)."
                        + " It goes on in the background until lab down; several labs may run at once.",
        subcommands = {
            UpCommand.class,
            CheckCommand.class,
            StatusCommand.class,
            ExecCommand.class,
            TopoCommand.class,
            DownCommand.class
        },
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true)
public final class LabMain implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    LabMain() {}

    /** Exit codes: 0 done, 1 failed (a check too), 2 wrong word or lab file; exec: that of its command. */
    public static void main(String[] arguments) {
        CommandLine line = new CommandLine(new LabMain());
        // What follows the node is the node's.
        line.getSubcommands().get("exec").setStopAtPositional(true);
        System.exit(line.setExecutionExceptionHandler((failure, commandLine, parsed) -> {
                    commandLine.getErr().println("spp lab: " + failure.getMessage());
                    if (failure instanceof UsageException || failure instanceof YamlException) {
                        return ExitCode.USAGE;
                    }
                    return failure instanceof ProcessException e ? e.exitCode() : ExitCode.FAILED;
                })
                .execute(arguments));
    }

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "up, check, status, exec, topo or down expected");
    }

    /** The project's top directory, which the launcher tells. */
    static Path home() {
        return Path.of(System.getProperty("spp.home", "")).toAbsolutePath();
    }
}
