package io.jspp.patch;

import io.jspp.port.PortType;
import java.util.List;
import org.junit.jupiter.api.Timeout;

/** A patch panel on real workers. */
@Timeout(60)
abstract class PatchLab extends WorkerLab {
    PatchPanel panel;

    /** Starts workers on the first and the following lcores; each test does it first. */
    final void start(int count, int firstLcore, QueueMap map, PortType... types) {
        start(count, firstLcore, types);
        panel = new PatchPanel(workers, ports, map, 32);
    }

    @Override
    protected final void closeFirst() {
        panel.close();
    }

    final void patch(String source, String destination) {
        panel.patch(PatchEnd.parse(source), PatchEnd.parse(destination));
    }

    final List<String> patchTexts() {
        return panel.patches().stream().map(Patch::toString).toList();
    }
}
