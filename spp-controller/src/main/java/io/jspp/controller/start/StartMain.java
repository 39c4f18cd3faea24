package io.jspp.controller.start;

import io.jspp.config.ExitCode;
import io.jspp.config.ShellWords;
import io.jspp.config.Termination;
import io.jspp.controller.main.MainCommand;
import io.jspp.controller.shell.StandardInput;
import io.jspp.controller.yaml.YamlException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./spp start}: SPP's {@code bin/start.sh}. */
@Command(
        name = "spp start",
        description =
                "Starts controller, primary and secondaries as a configuration file says, starts again what dies, and opens"
                        + " the shell on a terminal. Leaving the shell, Ctrl-C or SIGTERM ends all of it.")
public final class StartMain extends MainCommand {
    private static final String USUAL = "conf/start.yaml";

    @Parameters(
            arity = "0..1",
            paramLabel = "CONFIG",
            description =
                    "configuration: YAML as conf/start.yaml, which is used when none is named, or SPP's config.sh")
    private Path file;

    @Option(names = "--dry-run", description = "print the command lines that would run, and nothing else")
    private boolean dryRun;

    @Option(
            names = "--log-dir",
            paramLabel = "DIR",
            description = "where the processes' output goes (log in the run directory, removed at the end)")
    private Path logDirectory;

    @Option(names = "--no-shell", description = "open no shell on a terminal")
    private boolean noShell;

    private StartMain() {}

    /** Exit codes: 0 ended as told, 1 something did not start, 2 wrong option or configuration, others those of the process that did not start. */
    public static void main(final String[] arguments) {
        System.exit(new StartMain().run(arguments));
    }

    @Override
    public Integer call() throws Exception {
        final StartConfig config = config();
        final StartCommands commands = new StartCommands(config, System.getProperty("spp.launcher", "./spp"));
        if (dryRun) {
            commands.parts().forEach(part -> System.out.println(ShellWords.typed(part.command())));
            commands.preparations().forEach(words -> System.out.println(ShellWords.typed(words)));
            if (!noShell) {
                System.out.println(ShellWords.typed(commands.shell("--wait-pri")));
            }
            return ExitCode.OK;
        }
        final Termination termination = Termination.install();
        final int status;
        try (StartSession session =
                new StartSession(config, commands, logDirectory, termination, System.out, System.err)) {
            status = session.run(!noShell && StandardInput.isTerminal());
        }
        termination.leaveToSecond();
        return status;
    }

    private StartConfig config() throws YamlException {
        if (file != null) {
            return file.toString().endsWith(".sh") ? SppConfigScript.read(file) : StartFile.read(file);
        }
        final Path usual = Path.of(System.getProperty("spp.home", ""), USUAL);
        if (Files.exists(usual)) {
            say("no configuration named, using " + USUAL + ": copy it, change it, then ./spp start FILE");
            return StartFile.read(usual);
        }
        say("no configuration named and no " + USUAL + ": starting controller and primary with defaults");
        return StartFile.defaults();
    }

    private void say(final String sentence) {
        if (!dryRun) {
            System.out.println("spp start: " + sentence);
        }
    }
}
