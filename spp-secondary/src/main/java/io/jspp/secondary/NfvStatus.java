package io.jspp.secondary;

import io.jspp.control.JsonWriter;
import io.jspp.patch.Patch;
import io.jspp.patch.PatchEnd;
import io.jspp.patch.PatchPanel;
import io.jspp.port.Port;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * An nfv's status: SPP's members first ({@code client-id status master-lcore lcores ports patches}), then what SPP does not tell:
 * idle mode, workers, states of the ports with their causes, counters of the open queues with drops by reason.
 */
final class NfvStatus {
    private final SecondaryRuntime runtime;
    private final PatchPanel panel;
    private final StatusParts parts;

    NfvStatus(SecondaryRuntime runtime, PatchPanel panel) {
        this.runtime = runtime;
        this.panel = panel;
        parts = new StatusParts(runtime);
    }

    /** Writes the members of the status object. */
    void write(JsonWriter json) {
        json.field("client-id", runtime.clientId())
                .field("status", panel.running() ? "running" : "idling")
                .field("master-lcore", runtime.options().lcores().mainId())
                .field("lcores", parts.lcoreIds());
        List<Port> known = runtime.ports().all();
        json.field("ports", portWords(known));
        json.name("patches").array();
        List<Patch> patches = panel.patches();
        Set<PatchEnd> named = new HashSet<>();
        patches.forEach(patch -> named.add(patch.source()));
        for (Patch patch : patches) {
            for (PatchEnd source : sources(patch.source(), named)) {
                json.object()
                        .field("src", source.toString())
                        .field("dst", patch.destination().toString())
                        .endObject();
            }
        }
        json.endArray();
        parts.writeWorkers(json);
        parts.writeStates(json, known);
        json.name("counters").array();
        panel.queues()
                .forEach(queue -> parts.writeCounters(
                        json, queue.id(), queue.direction(), queue.workers(), queue.live(), queue.counters()));
        json.endArray();
        parts.writeEvents(json);
    }

    /** Every port, a device's queue by queue when it has several, and queues of other ports that are patched by themselves. */
    private List<String> portWords(List<Port> known) {
        Set<String> words = new LinkedHashSet<>();
        known.forEach(port -> sources(PatchEnd.whole(port.id()), Set.of()).forEach(end -> words.add(end.toString())));
        panel.patches().forEach(patch -> words.add(patch.source().toString()));
        known.stream()
                .filter(port -> runtime.devices().queues(port.id()) > 1)
                .forEach(port -> words.remove(port.id().toString()));
        return List.copyOf(words);
    }

    /** What a patch takes packets from in SPP's words, which name each queue of a device that has several. */
    private List<PatchEnd> sources(PatchEnd end, Set<PatchEnd> namedOtherwise) {
        int queues = runtime.devices().queues(end.port());
        if (!end.isWhole() || queues == 1) {
            return List.of(end);
        }
        return IntStream.range(0, queues)
                .mapToObj(queue -> new PatchEnd(end.port(), queue))
                .filter(queue -> !namedOtherwise.contains(queue))
                .toList();
    }
}
