package io.jspp.controller.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.config.RunDirectory;
import io.jspp.testing.ProjectHome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is missing on a machine, and the script that installs it: as far as a test may go, which installs nothing. */
class PackagesTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path home;

    @Test
    void shouldMissNothingThatIsHere() throws Exception {
        assertEquals(List.of(), new Packages(home).missing(List.of("nsenter"), false));
        Path boot = Files.createDirectories(home.resolve("target/guest/boot"));
        Files.createDirectories(home.resolve("target/guest/lib/modules/6.1-cloud-amd64"));
        Files.createFile(boot.resolve("vmlinuz-6.1-cloud-amd64"));
        assertFalse(new Packages(home).missing(List.of(), true).contains("linux-image-cloud-amd64"));
    }

    @Test
    void shouldKnowThePackageOfEachProgram() {
        assertThrows(IllegalArgumentException.class, () -> new Packages(home).missing(List.of("vi"), false));
    }

    @Test
    void shouldRefuseWhatIsNoPackage() {
        SppProcess script = script(List.of(), "qemu-system-x86", "--purge");
        assertEquals(2, script.awaitExit(LIMIT));
        assertTrue(script.err().get(0).contains("--purge is no name of a Debian package"), script.tail());
    }

    /** Another user than root is told the command. */
    @Test
    void shouldSayToAnotherUserWhatToRun() throws Exception {
        boolean root = RunDirectory.effectiveUser() == 0;
        Path copy = Files.createDirectories(home.resolve(".ci")).resolve("guest-packages");
        Files.copy(ProjectHome.directory().resolve(".ci/guest-packages"), copy);
        for (Path path : List.of(home, copy.getParent(), copy)) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        List<String> as = root ? List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups") : List.of();
        SppProcess script = start(as, copy, "busybox-static");
        assertEquals(1, script.awaitExit(LIMIT), script.tail());
        String said = String.join("\n", script.err());
        assertTrue(
                said.contains("needs root: sudo bash " + copy + " busybox-static") || said.contains("no apt-get here"),
                said);
    }

    private static SppProcess script(List<String> as, String... words) {
        return start(as, ProjectHome.directory().resolve(".ci/guest-packages"), words);
    }

    private static SppProcess start(List<String> as, Path script, String... words) {
        List<String> command = new ArrayList<>(as);
        command.addAll(List.of("bash", script.toString()));
        command.addAll(List.of(words));
        return SppProcess.start("guest-packages", Map.of(), command);
    }
}
