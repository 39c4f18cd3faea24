package io.jspp.controller.lab;

import io.jspp.controller.main.MainCommand;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;

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
        synopsisSubcommandLabel = "COMMAND")
public final class LabMain extends MainCommand {
    LabMain() {}

    /** Exit codes: 0 done, 1 failed (a check too), 2 wrong word or lab file; exec: that of its command. */
    public static void main(String[] arguments) {
        System.exit(new LabMain().run(arguments));
    }

    @Override
    public CommandLine line() {
        CommandLine line = super.line();
        // What follows the node is the node's.
        line.getSubcommands().get("exec").setStopAtPositional(true);
        return line;
    }

    @Override
    public Integer call() {
        throw usage("up, check, status, exec, topo or down expected");
    }

    /** The project's top directory, which the launcher tells. */
    static Path home() {
        return Path.of(System.getProperty("spp.home", "")).toAbsolutePath();
    }
}
