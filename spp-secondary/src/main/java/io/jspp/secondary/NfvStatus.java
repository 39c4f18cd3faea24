package io.jspp.secondary;

import io.jspp.config.Lcore;
import io.jspp.config.LcoreMap;
import io.jspp.control.JsonWriter;
import io.jspp.counters.DropReason;
import io.jspp.patch.Patch;
import io.jspp.patch.PatchEnd;
import io.jspp.patch.PatchPanel;
import io.jspp.patch.PortTable;
import io.jspp.port.Port;
import io.jspp.port.PortEvents;
import io.jspp.port.PortState;
import io.jspp.worker.Worker;
import io.jspp.worker.WorkerGroup;
import io.jspp.worker.WorkerStatus;
import java.time.Instant;
import java.util.ArrayList;
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
    private final int clientId;
    private final LcoreMap lcores;
    private final List<Lcore> workerLcores;
    private final WorkerGroup workers;
    private final PortTable ports;
    private final PatchPanel panel;
    private final DeviceList devices;
    private final PortEvents events;

    NfvStatus(
            int clientId,
            LcoreMap lcores,
            List<Lcore> workerLcores,
            WorkerGroup workers,
            PortTable ports,
            PatchPanel panel,
            DeviceList devices,
            PortEvents events) {
        this.clientId = clientId;
        this.lcores = lcores;
        this.workerLcores = workerLcores;
        this.workers = workers;
        this.ports = ports;
        this.panel = panel;
        this.devices = devices;
        this.events = events;
    }

    /** Writes the members of the status object. */
    void write(JsonWriter json) {
        json.field("client-id", clientId)
                .field("status", panel.running() ? "running" : "idling")
                .field("master-lcore", lcores.mainId())
                .field("lcores", lcoreIds());
        List<Port> known = ports.all();
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
        json.field("idle", workers.workers().get(0).idleMode().word());
        writeWorkers(json);
        writeStates(json, known);
        writeCounters(json);
        writeEvents(json);
    }

    /** Main first, as SPP's shell wants; a single lcore is its own worker, and is named as such. */
    private int[] lcoreIds() {
        List<Integer> ids = new ArrayList<>(List.of(lcores.mainId()));
        workerLcores.forEach(lcore -> ids.add(lcore.id()));
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Every port, a device's queue by queue when it has several, and queues of other ports that are patched by themselves. */
    private List<String> portWords(List<Port> known) {
        Set<String> words = new LinkedHashSet<>();
        known.forEach(port -> sources(PatchEnd.whole(port.id()), Set.of()).forEach(end -> words.add(end.toString())));
        panel.patches().forEach(patch -> words.add(patch.source().toString()));
        known.stream()
                .filter(port -> devices.queues(port.id()) > 1)
                .forEach(port -> words.remove(port.id().toString()));
        return List.copyOf(words);
    }

    /** What a patch takes packets from in SPP's words, which name each queue of a device that has several. */
    private List<PatchEnd> sources(PatchEnd end, Set<PatchEnd> namedOtherwise) {
        int queues = devices.queues(end.port());
        if (!end.isWhole() || queues == 1) {
            return List.of(end);
        }
        return IntStream.range(0, queues)
                .mapToObj(queue -> new PatchEnd(end.port(), queue))
                .filter(queue -> !namedOtherwise.contains(queue))
                .toList();
    }

    private void writeWorkers(JsonWriter json) {
        json.name("workers").array();
        for (int i = 0; i < workerLcores.size(); i++) {
            Lcore lcore = workerLcores.get(i);
            Worker worker = workers.workers().get(i);
            WorkerStatus status = worker.status();
            json.object()
                    .field("lcore", lcore.id())
                    .field(
                            "cpus",
                            lcore.cpus().stream().mapToInt(Integer::intValue).toArray())
                    .field("shared", lcore.shared())
                    .field("place", lcore.toString())
                    .field("sleeping", status.sleeping())
                    .field("packets", status.packets())
                    .field("empty_polls", status.emptyPolls())
                    .field("longest_cycle_ns", status.longestCycleNs())
                    .field("wake_ups", status.wakeUps())
                    .field("overslept", status.overslept())
                    .field("epoch", status.adoptedEpoch())
                    .field("faults", status.faults())
                    .endObject();
        }
        json.endArray();
    }

    private void writeStates(JsonWriter json, List<Port> known) {
        json.name("port_states").array();
        for (Port port : known) {
            PortState state = port.state();
            events.observe(port.id(), state);
            json.object().field("port", port.id().toString());
            write(json, state);
            port.facts().forEach(json::field);
            json.endObject();
        }
        json.endArray();
    }

    private static void write(JsonWriter json, PortState state) {
        json.field("state", state.phase().word())
                .field("code", state.code())
                .field("cause", state.cause())
                .field("next", state.next());
    }

    /** The latest changes of port states, oldest first. */
    private void writeEvents(JsonWriter json) {
        json.name("events").array();
        for (PortEvents.Event event : events.recent()) {
            json.object()
                    .field("time", Instant.ofEpochMilli(event.epochMs()).toString())
                    .field("port", event.port().toString());
            write(json, event.state());
            json.endObject();
        }
        json.endArray();
    }

    private void writeCounters(JsonWriter json) {
        json.name("counters").array();
        for (PatchPanel.OpenQueue queue : panel.queues()) {
            json.object()
                    .field("port", queue.id().port().toString())
                    .field("queue", queue.id().queue())
                    .field("direction", queue.direction().word());
            if (!queue.workers().isEmpty()) {
                json.field("lcore", lcoreOf(queue.workers().get(0)));
            }
            json.field(
                            "lcores",
                            queue.workers().stream().mapToInt(this::lcoreOf).toArray())
                    .field("live", queue.live());
            json.field("packets", queue.counters().packets())
                    .field("bytes", queue.counters().bytes())
                    .name("drops")
                    .object();
            for (DropReason reason : DropReason.values()) {
                long drops = queue.counters().drops(reason);
                if (drops != 0) {
                    json.field(reason.id(), drops);
                }
            }
            json.endObject().endObject();
        }
        json.endArray();
    }

    private int lcoreOf(int worker) {
        return workerLcores.get(worker).id();
    }
}
