package io.jspp.controller.shell;

import io.jspp.control.CommandCodec;
import io.jspp.control.ProcessKind;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/** {@code bye} and {@code exit}: leave the shell; {@code bye sec} and {@code bye all} end processes and stay. */
final class ByeCommand implements ShellCommand {
    private final String name;
    private final Servers servers;
    private final Map<ProcessKind, ProcessCommand> processes;
    private final PrintStream out;
    private final Runnable leave;

    ByeCommand(
            final String name,
            final Servers servers,
            final Map<ProcessKind, ProcessCommand> processes,
            final PrintStream out,
            final Runnable leave) {
        this.name = name;
        this.servers = servers;
        this.processes = processes;
        this.out = out;
        this.leave = leave;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String help() {
        return name.equals("exit") ? """
                Leave the shell, as bye does.

                        spp > exit
                        Thank you for using Soft Patch Panel
                """ : """
                Terminate SPP processes and controller.

                        There are three usages for terminating processes.
                        It terminates logging if you activated recording.

                        (1) Terminate secondary processes
                            spp > bye sec

                        (2) Terminate primary and secondary processes
                            spp > bye all

                        (3) Terminate SPP controller (not for primary and secondary)
                            spp > bye
                """;
    }

    @Override
    public void run(final String arguments) throws ShellException {
        if (arguments.isEmpty() || name.equals("exit")) {
            leave.run();
        } else if (arguments.equals("sec")) {
            endSecondaries();
        } else if (arguments.equals("all")) {
            endSecondaries();
            out.println("Closing primary ...");
            processes.get(ProcessKind.PRIMARY).exit("");
        } else {
            throw new ShellException(
                    "Error: bye takes sec, all or nothing, not \"" + CommandCodec.printable(arguments) + "\".");
        }
    }

    @Override
    public List<String> complete(final String arguments) {
        return name.equals("exit") ? List.of() : List.of("sec", "all");
    }

    /** All of them, even when one refuses; then the first refusal is reported. */
    private void endSecondaries() throws ShellException {
        out.println("Closing secondary ...");
        ShellException firstFailure = null;
        for (final ProcessCommand process : processes.values()) {
            for (final int id : servers.current().clientIds(process.kind())) {
                try {
                    if (process.kind().isSecondary()) {
                        process.exit(Integer.toString(id));
                    }
                } catch (final ShellException failure) {
                    firstFailure = firstFailure == null ? failure : firstFailure;
                }
            }
        }
        if (firstFailure != null) {
            throw firstFailure;
        }
    }
}
