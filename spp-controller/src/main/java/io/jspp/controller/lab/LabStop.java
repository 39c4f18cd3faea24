package io.jspp.controller.lab;

import io.jspp.controller.process.DetachedProcess;
import io.jspp.controller.process.SppProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** Ends what a lab has started, also one whose start crashed halfway, and removes what it made. */
final class LabStop {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final LabDirectory directory;

    LabStop(LabDirectory directory) {
        this.directory = directory;
    }

    /**
     * Ends everything.
     *
     * @return what did not end when asked to and was killed
     */
    List<String> run() {
        List<DetachedProcess> processes = new ArrayList<>(directory.processes());
        for (DetachedProcess marked : directory.marked()) {
            if (processes.stream().noneMatch(known -> known.identity().equals(marked.identity()))) {
                processes.add(marked);
            }
        }
        // Last first: guests leave before the switch, and the switch before the controller and the namespaces.
        Collections.reverse(processes);
        processes.forEach(DetachedProcess::terminate);
        List<String> killed = new ArrayList<>();
        for (DetachedProcess process : processes) {
            if (!process.awaitEnd(LIMIT)) {
                killed.add(process.name());
            }
        }
        for (String name : directory.all("interface")) {
            // With the namespace the kernel removes both ends, some time after its end; whoever is first wins.
            SppProcess.start("ip", Map.of(), List.of("ip", "link", "del", name)).awaitExit(LIMIT);
        }
        for (String socket : directory.all("socket")) {
            try {
                Files.deleteIfExists(Path.of(socket));
            } catch (IOException e) {
                throw new UncheckedIOException("remove " + socket, e);
            }
        }
        for (String made : directory.all("run directory")) {
            // That of a primary that was not started, or killed, when the lab's own is another.
            try {
                Files.deleteIfExists(Path.of(made));
            } catch (IOException stillUsed) {
                continue;
            }
        }
        directory.remove();
        return killed;
    }
}
