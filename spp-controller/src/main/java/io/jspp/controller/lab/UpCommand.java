package io.jspp.controller.lab;

import io.jspp.config.ExitCode;
import io.jspp.config.ProcessException;
import io.jspp.controller.lab.Lab.Kind;
import io.jspp.controller.process.DetachedProcess;
import io.jspp.controller.process.Packages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lab up}. */
@Command(
        name = "up",
        description =
                "Starts a lab and returns when it is up. What is missing on the machine is installed when root runs it."
                        + " When something can't be started, says so and ends all of it.")
final class UpCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "lab file, or the name of one in conf/labs")
    private String given;

    @Option(
            names = "--variant",
            paramLabel = "NAME",
            defaultValue = "",
            description = "other kinds of nodes, as the file says")
    private String variant;

    @Override
    public Integer call() throws Exception {
        Path home = LabMain.home();
        Path file = LabTarget.file(given, home);
        Lab lab = LabFile.read(file, variant);
        removeRest(lab.name());
        LabDirectory directory = LabDirectory.create(lab.name());
        try (AutoCloseable lock = directory.lock()) {
            LabStart start = new LabStart(lab, directory, home, System.out);
            Thread onEnd = new Thread(() -> {
                start.end();
                new LabStop(directory).run();
            });
            // Whatever goes wrong, Ctrl-C included: then this process ends, and the hook runs.
            Runtime.getRuntime().addShutdownHook(onEnd);
            new Packages(home).install("lab " + lab.name(), programs(lab), lab.has(Kind.VM));
            copy(file, directory);
            directory.note("variant", variant);
            try {
                start.run();
                new LabTable(lab, directory).print(System.out);
                System.out.println("./spp lab check " + lab.name() + "   ./spp lab exec NODE COMMAND…   ./spp cli -b "
                        + LabTarget.restAddress(directory) + "   ./spp lab down " + lab.name());
                Runtime.getRuntime().removeShutdownHook(onEnd);
            } catch (RuntimeException failure) {
                throw new ProcessException(
                        ExitCode.FAILED,
                        "lab " + lab.name()
                                + (isEnding()
                                        ? " is not up: it was told to end"
                                        : " can't be started: " + failure.getMessage()),
                        failure);
            }
        }
        return ExitCode.OK;
    }

    /** Refuses what is up; what an earlier run has left goes. Holds the lock meanwhile: another one may be about to begin. */
    private static void removeRest(String name) throws Exception {
        LabDirectory directory = LabDirectory.of(name);
        if (!directory.exists()) {
            return;
        }
        try (AutoCloseable lock = directory.lock()) {
            if (directory.processes().stream().anyMatch(DetachedProcess::isAlive)) {
                throw new ProcessException(
                        ExitCode.FAILED,
                        "lab " + name + " is up already, or has been left half ended: ./spp lab status " + name
                                + ", or ./spp lab down " + name);
            }
            if (directory.isUsed()) {
                System.out.println("removing what an earlier run of it has left in " + directory);
                new LabStop(directory).run();
            }
        }
    }

    /** Whether this process was told to end: nobody may ask for a last word any more then. */
    private static boolean isEnding() {
        Thread none = new Thread(() -> {});
        try {
            Runtime.getRuntime().addShutdownHook(none);
            Runtime.getRuntime().removeShutdownHook(none);
            return false;
        } catch (IllegalStateException shutdownInProgress) {
            return true;
        }
    }

    private static List<String> programs(Lab lab) {
        List<String> programs = new ArrayList<>();
        if (lab.has(Kind.NAMESPACE)) {
            programs.addAll(List.of("ip", "nsenter", "ping"));
        }
        lab.nodes()
                .forEach(node -> node.programs()
                        .forEach(program ->
                                programs.add(Path.of(program).getFileName().toString())));
        return programs;
    }

    private static void copy(Path file, LabDirectory directory) {
        try {
            Files.copy(file, directory.labFile(), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new ProcessException(ExitCode.FAILED, "copy " + file + " to " + directory.labFile() + ": " + e, e);
        }
    }
}
