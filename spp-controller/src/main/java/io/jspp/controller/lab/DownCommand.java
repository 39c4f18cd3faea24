package io.jspp.controller.lab;

import io.jspp.config.ExitCode;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code lab down}. */
@Command(
        name = "down",
        description =
                "Ends a lab, also one whose start was cut off, and removes all that it made. A lab that is not up is fine.")
final class DownCommand implements Callable<Integer> {
    @Parameters(arity = "0..1", paramLabel = "LAB", description = "name or file; without: the only one that is up")
    private String given;

    @Override
    public Integer call() throws Exception {
        if (given == null && LabDirectory.names().isEmpty()) {
            System.out.println("no lab is up");
            return ExitCode.OK;
        }
        String name = LabTarget.name(given, LabMain.home());
        LabDirectory directory = LabDirectory.of(name);
        if (!directory.exists()) {
            System.out.println("lab " + name + " is not up");
            return ExitCode.OK;
        }
        try (AutoCloseable lock = directory.lock()) {
            List<String> killed = new LabStop(directory).run();
            System.out.println("lab " + name + " is down"
                    + (killed.isEmpty()
                            ? ""
                            : "; did not end when asked to and were killed: " + String.join(", ", killed)));
        }
        return ExitCode.OK;
    }
}
