package io.jspp.testing;

import java.nio.file.Files;
import java.nio.file.Path;

/** The project's top directory: system property {@code spp.home}, else the first one upwards with a launcher. */
public final class ProjectHome {
    private ProjectHome() {}

    /** Absolute. */
    public static Path directory() {
        String given = System.getProperty("spp.home");
        Path candidate = Path.of(given == null ? "" : given).toAbsolutePath();
        for (Path directory = candidate; directory != null; directory = directory.getParent()) {
            if (Files.isExecutable(directory.resolve("spp")) && Files.exists(directory.resolve("pom.xml"))) {
                return directory;
            }
        }
        throw new IllegalStateException("no launcher 'spp' in " + candidate + " or above");
    }

    /** The launcher, absolute. */
    public static Path launcher() {
        return directory().resolve("spp");
    }
}
