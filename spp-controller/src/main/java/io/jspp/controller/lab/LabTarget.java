package io.jspp.controller.lab;

import io.jspp.config.ExitCode;
import io.jspp.config.ProcessException;
import io.jspp.config.UsageException;
import io.jspp.controller.json.Json;
import io.jspp.controller.yaml.YamlException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Which lab a command is about: a file, a name, or the only one that is up. */
final class LabTarget {
    private LabTarget() {}

    /** The lab file that {@code up} was given: a path, or the name of one in {@code conf/labs}. */
    static Path file(String given, Path home) {
        Path path = Path.of(given);
        if (Files.isRegularFile(path)) {
            return path;
        }
        Path known = home.resolve("conf/labs/" + given + ".yaml");
        if (given.matches("[a-z0-9-]+") && Files.isRegularFile(known)) {
            return known;
        }
        throw new UsageException("there is no lab file " + UsageException.quoted(given)
                + ": a path, or the name of a file in " + home.resolve("conf/labs") + " expected");
    }

    /** The name of the lab that is meant; {@code given} is null for the only one. */
    static String name(String given, Path home) throws YamlException {
        if (given == null) {
            List<String> names = LabDirectory.names();
            if (names.size() > 1) {
                throw new UsageException("several labs are up, name one: " + String.join(", ", names));
            }
            if (names.isEmpty()) {
                throw new ProcessException(ExitCode.FAILED, "no lab is up: ./spp lab up FILE");
            }
            return names.get(0);
        }
        if (given.matches("[a-z][a-z0-9-]{0,30}") && !Files.isRegularFile(Path.of(given))) {
            return given;
        }
        return LabFile.nameOf(file(given, home));
    }

    /**
     * The directory of a lab that is up.
     *
     * @throws ProcessException when it is not
     */
    static LabDirectory running(String given, Path home) throws YamlException {
        String name = name(given, home);
        LabDirectory directory = LabDirectory.of(name);
        if (!directory.exists()) {
            throw new ProcessException(ExitCode.FAILED, "lab " + name + " is not up: ./spp lab up FILE");
        }
        return directory;
    }

    /** The lab as it was started, whatever has become of its file since. */
    static Lab lab(LabDirectory directory) throws YamlException {
        return LabFile.read(
                directory.labFile(),
                directory.noted("variant").map(String::valueOf).orElse(""));
    }

    /** Where the lab's controller offers REST. */
    static String restAddress(LabDirectory directory) {
        List<?> ports = Json.asArray(directory.noted("ports").orElse(List.of()));
        if (ports.size() < 3) {
            throw new ProcessException(
                    ExitCode.FAILED, "the lab has no controller: its start failed; ./spp lab down, then up again");
        }
        return "127.0.0.1:" + ports.get(2);
    }
}
