package io.jspp.controller.main;

import io.jspp.config.ProcessMain;
import io.jspp.config.Version;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * A command of {@code ./spp}: {@code --help} and {@code --version}, which all have, and the way from words to an exit status. The main thread's.
 *
 * <p>A wrong word is answered with a sentence and the usage on stderr and exit status 2, whatever else goes wrong with a sentence and the status that the
 * exception knows, or 1.
 */
public abstract class MainCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    /** Its command line, and those of its subcommands. */
    public CommandLine line() {
        final CommandLine line = new CommandLine(this);
        addStandardOptions(line.getCommandSpec());
        return line.setExecutionExceptionHandler(
                (failure, command, parsed) -> ProcessMain.failed(spec.name(), failure, command.getErr()::println));
    }

    private static void addStandardOptions(final CommandSpec spec) {
        spec.mixinStandardHelpOptions(true).version(Version.of(spec.qualifiedName()));
        spec.usageMessage().sortOptions(false).autoWidth(true);
        spec.subcommands().values().forEach(line -> addStandardOptions(line.getCommandSpec()));
    }

    /** Runs it; returns its exit status. */
    protected final int run(final String... words) {
        return line().execute(words);
    }

    /** To be thrown by {@link #call} when a word makes no sense. */
    protected final ParameterException usage(final String sentence) {
        return new ParameterException(spec.commandLine(), spec.name() + ": " + sentence);
    }
}
