package io.jspp.controller.lab;

import io.jspp.config.ExitCode;
import io.jspp.controller.yaml.YamlException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code lab status}. */
@Command(
        name = "status",
        description = "Shows nodes, ports and processes of the labs that are up; exit code 1 when a process has ended.")
final class StatusCommand implements Callable<Integer> {
    @Parameters(arity = "0..1", paramLabel = "LAB", description = "name or file; without: all that are up")
    private String given;

    @Override
    public Integer call() throws YamlException {
        List<String> names = given == null ? LabDirectory.names() : List.of(LabTarget.name(given, LabMain.home()));
        if (names.isEmpty()) {
            System.out.println("no lab is up");
        }
        boolean good = true;
        for (String name : names) {
            LabDirectory directory = LabTarget.running(name, LabMain.home());
            Lab lab = LabTarget.lab(directory);
            System.out.println("lab " + name + (lab.about().isEmpty() ? "" : ": " + lab.about()));
            good &= new LabTable(lab, directory).print(System.out);
            System.out.println("REST " + LabTarget.restAddress(directory) + ", directory " + directory);
        }
        return good ? ExitCode.OK : ExitCode.FAILED;
    }
}
