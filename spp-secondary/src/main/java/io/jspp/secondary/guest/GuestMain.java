package io.jspp.secondary.guest;

import io.jspp.config.ExitCode;
import io.jspp.config.Version;
import io.jspp.frontend.FrontendException;
import io.jspp.linux.LinuxException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code ./spp guest}: a vhost-user front-end in place of a virtual machine. */
@Command(
        name = "spp guest",
        mixinStandardHelpOptions = true,
        subcommands = HelpCommand.class,
        synopsisSubcommandLabel = "answer|ping|generate|receive",
        description = "Plays a virtual machine on a vhost-user socket: pings, answers, generates and checks traffic.",
        footer = {
            "",
            "Examples:",
            "  spp guest answer /tmp/sock1 --ip 10.0.0.2",
            "  spp guest ping /tmp/sock0 10.0.0.2 --ip 10.0.0.1",
            "  spp guest generate /tmp/sock0 --peer /tmp/sock1 --seconds 5"
        })
public final class GuestMain implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    private GuestMain() {}

    public static void main(String[] arguments) {
        GuestProcess process = new GuestProcess(System.out, System.err);
        Thread main = Thread.currentThread();
        AtomicInteger status = new AtomicInteger(-1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> endOnSignal(process, main, status), "guest end"));
        status.set(run(process, arguments));
        System.out.flush();
        System.exit(status.get());
    }

    /** A signal: lets the mode clean up on its own thread, then ends with its status. */
    private static void endOnSignal(GuestProcess process, Thread main, AtomicInteger status) {
        if (status.get() >= 0) {
            return;
        }
        process.stop();
        try {
            while (status.get() < 0 && main.isAlive()) {
                main.join(10);
            }
        } catch (InterruptedException e) {
            return;
        }
        System.out.flush();
        Runtime.getRuntime().halt(status.get() >= 0 ? status.get() : ExitCode.FAILED);
    }

    /** Runs one command line; returns its exit status. */
    static int run(GuestProcess process, String... arguments) {
        CommandLine line = new CommandLine(new GuestMain())
                .addSubcommand(new AnswerCommand(process))
                .addSubcommand(new PingCommand(process))
                .addSubcommand(new GenerateCommand(process))
                .addSubcommand(new ReceiveCommand(process))
                .setOut(new PrintWriter(process.out(), true))
                .setErr(new PrintWriter(process.err(), true));
        line.getCommandSpec().version(Version.of("spp guest"));
        for (CommandLine command : line.getSubcommands().values()) {
            if (!(command.getCommand() instanceof HelpCommand)) {
                command.getCommandSpec().mixinStandardHelpOptions(true).version(Version.of("spp guest"));
            }
        }
        line.setParameterExceptionHandler((e, words) -> {
            e.getCommandLine().getErr().println("guest: " + e.getMessage());
            e.getCommandLine().usage(e.getCommandLine().getErr());
            return ExitCode.USAGE;
        });
        line.setExecutionExceptionHandler((e, command, parsed) -> failed(process.err(), e, command));
        return line.execute(arguments);
    }

    private static int failed(PrintStream err, Exception e, CommandLine command) {
        if (e instanceof IllegalArgumentException) {
            err.println("guest: " + e.getMessage());
            command.usage(command.getErr());
            return ExitCode.USAGE;
        }
        if (e instanceof LinuxException || e instanceof FrontendException) {
            err.println("guest: " + e.getMessage());
            return ExitCode.FAILED;
        }
        err.println("guest: " + e);
        return ExitCode.FAILED;
    }

    /** Without a mode there is nothing to do. */
    @Override
    public Integer call() {
        spec.commandLine().getErr().println("guest: say what the guest shall do");
        spec.commandLine().usage(spec.commandLine().getErr());
        return ExitCode.USAGE;
    }
}
