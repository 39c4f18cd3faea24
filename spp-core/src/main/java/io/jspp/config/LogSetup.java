package io.jspp.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Tells the log where to go and what to show, by the system properties that {@code logback.xml} reads. */
public final class LogSetup {
    private LogSetup() {}

    /**
     * To be called before the first logger is made.
     *
     * @param process word before each warning on stderr
     * @throws ProcessException when the log file can't be written
     */
    public static void apply(String process, Configuration configuration) {
        System.setProperty("spp.log.name", process);
        System.setProperty("spp.log.level", configuration.text(ConfigKeys.LOG_LEVEL));
        String file = configuration.text(ConfigKeys.LOG_FILE);
        if (file.isEmpty()) {
            return;
        }
        Path path = Path.of(file).toAbsolutePath();
        try {
            Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND)
                    .close();
        } catch (IOException e) {
            throw new ProcessException(
                    ExitCode.FAILED,
                    "log file " + path + " can't be written (" + e.getMessage() + "): name another one with --log-file",
                    e);
        }
        System.setProperty("spp.log.file", path.toString());
        System.setProperty("logback.configurationFile", "spp-log-file.xml");
    }
}
