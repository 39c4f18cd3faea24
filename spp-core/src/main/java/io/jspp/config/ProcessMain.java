package io.jspp.config;

import java.io.PrintStream;

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
    public static int run(
            String name, java.util.function.Supplier<String> usage, Body body, PrintStream out, PrintStream err) {
        try {
            return body.run();
        } catch (ProcessOptions.HelpRequest help) {
            out.print(usage.get());
            return ExitCode.OK;
        } catch (UsageException e) {
            err.println(name + ": " + e.getMessage());
            err.print(usage.get());
            return ExitCode.USAGE;
        } catch (ProcessException e) {
            err.println(name + ": " + e.getMessage());
            return e.exitCode();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.FAILED;
        } catch (Exception e) {
            err.println(name + ": " + (e.getMessage() == null ? e.toString() : e.getMessage()));
            return ExitCode.FAILED;
        }
    }
}
