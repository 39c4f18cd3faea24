package io.jspp.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.testing.ProjectHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every pinned version resolves from Maven Central on a machine that has never built anything. Several newest releases
 * of our libraries lack a parent pom there and go unnoticed wherever an older repository has it (docs/decisions/0001).
 */
@Tag("system")
@Tag("long")
class EmptyRepositoryIT {
    private static final List<String> MODULES =
            List.of("spp-core", "spp-primary", "spp-secondary", "spp-controller", "benchmarks");

    @TempDir
    private Path directory;

    @Test
    void shouldBuildWithAnEmptyLocalRepository() throws Exception {
        Path project = directory.resolve("project");
        Path home = ProjectHome.directory();
        copy(home.resolve(".mvn"), project.resolve(".mvn"));
        copy(home.resolve("pom.xml"), project.resolve("pom.xml"));
        for (String module : MODULES) {
            copy(
                    home.resolve(module).resolve("pom.xml"),
                    project.resolve(module).resolve("pom.xml"));
            copy(home.resolve(module).resolve("src"), project.resolve(module).resolve("src"));
        }
        Path log = directory.resolve("log");
        Process maven = new ProcessBuilder(
                        "mvn",
                        "-B",
                        "-ntp",
                        "-Dmaven.repo.local=" + directory.resolve("repository"),
                        "-Dtest=NoUnitTest",
                        "-Dsurefire.failIfNoSpecifiedTests=false",
                        "verify")
                .directory(project.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertTrue(maven.waitFor(280, TimeUnit.SECONDS), "no end after 280 s");
        } finally {
            maven.destroyForcibly();
        }
        assertEquals(0, maven.exitValue(), () -> read(log));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.createDirectories(target.getParent());
                    Files.copy(file, target);
                }
            }
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return file + ": " + e.getMessage();
        }
    }
}
