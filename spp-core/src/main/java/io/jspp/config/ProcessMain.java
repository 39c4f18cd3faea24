package io.jspp.config;

import java.io.PrintStream;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The outermost frame of every process: turns what went wrong into a sentence on stderr and an exit status. */
public final class ProcessMain {
    /** The process itself. */
    @FunctionalInterface
    public interface Body {
        /** @return exit status */
        int run() throws Exception;
    }

    private ProcessMain() {}

    /**
     * Runs a process.
     *
     * @param name word before each sentence
     * @param usage text for stdout ({@code --help}) or below a usage error
     * @return exit status
     */
    public static int run(String name, Supplier<String> usage, Body body, PrintStream out, PrintStream err) {
        try {
            return body.run();
        } catch (ProcessOptions.HelpRequest help) {
            out.print(usage.get());
            return ExitCode.OK;
        } catch (UsageException e) {
            int status = failed(name, e, err::println);
            err.print(usage.get());
            return status;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.FAILED;
        } catch (Exception e) {
            return failed(name, e, err::println);
        }
    }

    /**
     * Says what ended a process.
     *
     * @param say told the sentence
     * @return exit status
     */
    public static int failed(String name, Exception failure, Consumer<String> say) {
        say.accept(name + ": " + (failure.getMessage() == null ? failure.toString() : failure.getMessage()));
        return failure instanceof KnownExit known ? known.exitCode() : ExitCode.FAILED;
    }
}
