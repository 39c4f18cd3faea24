package io.jspp.controller.lab;

import io.jspp.config.ExitCode;
import io.jspp.controller.yaml.YamlException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code lab check}. */
@Command(name = "check", description = "Runs the checks of a lab that is up; exit code 1 when one fails.")
final class CheckCommand implements Callable<Integer> {
    @Parameters(arity = "0..1", paramLabel = "LAB", description = "name or file; without: the only one that is up")
    private String given;

    @Override
    public Integer call() throws YamlException {
        LabDirectory directory = LabTarget.running(given, LabMain.home());
        return new CheckRunner(LabTarget.lab(directory), directory, System.out).run() ? ExitCode.OK : ExitCode.FAILED;
    }
}
