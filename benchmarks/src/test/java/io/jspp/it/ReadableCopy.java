package io.jspp.it;

import io.jspp.controller.process.SppProcess;
import io.jspp.testing.ProjectHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The launcher and what it has built, where any user may read and run it: the checkout itself may lie in a closed directory. */
final class ReadableCopy {
    private ReadableCopy() {}

    /** Makes the copy below a directory of the test, which is opened to all; returns where its {@code spp} lies. */
    static Path in(Path directory) throws IOException {
        Path from = ProjectHome.directory();
        Path image = from.resolve("target/image/current").toRealPath();
        Path to = directory.resolve("checkout");
        String script = "chmod 755 '" + directory + "' && mkdir -p '" + to + "/target/image' && cp '"
                + from.resolve("spp") + "' '" + from.resolve("pom.xml") + "' '" + to + "/' && cp -r '" + image + "' '"
                + to + "/target/image/' && ln -s '" + image.getFileName() + "' '" + to
                + "/target/image/current' && chmod -R a+rX '" + to + "'";
        SppProcess copy = SppProcess.start("copy", Map.of(), List.of("sh", "-c", script));
        if (copy.awaitExit(Duration.ofSeconds(60)) != 0) {
            throw new IllegalStateException(copy.tail());
        }
        return to;
    }

    /** As {@link #in}, and a launcher that runs it as a user without any right. */
    static Path launcherOfNobody(Path directory) throws IOException {
        Path launcher = directory.resolve("spp-as-nobody");
        Files.writeString(
                launcher,
                "#!/bin/sh\nexec setpriv --reuid=65534 --regid=65534 --clear-groups '" + in(directory)
                        + "/spp' \"$@\"\n");
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
        return launcher;
    }
}
