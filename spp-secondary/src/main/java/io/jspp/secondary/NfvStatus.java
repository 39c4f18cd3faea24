package io.jspp.secondary;

import io.jspp.config.Lcore;
import io.jspp.config.LcoreMap;
import io.jspp.control.JsonWriter;
import io.jspp.counters.DropReason;
import io.jspp.patch.Patch;
import io.jspp.patch.PatchPanel;
import io.jspp.patch.PortTable;
import io.jspp.patch.QueueId;
import io.jspp.port.Port;
import io.jspp.port.PortEvents;
import io.jspp.port.PortState;
import io.jspp.worker.Worker;
import io.jspp.worker.WorkerGroup;
import io.jspp.worker.WorkerStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

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
        for (Patch patch : panel.patches()) {
            json.object()
                    .field("src", word(patch.source()))
                    .field("dst", word(patch.destination()))
                    .endObject();
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

    private List<String> portWords(List<Port> known) {
        List<String> words = new ArrayList<>();
        for (Port port : known) {
            int queues = devices.queues(port.id());
            for (int queue = 0; queue < queues; queue++) {
                words.add(word(new QueueId(port.id(), queue)));
            }
        }
        return words;
    }

    /** A port with several queues always names one, as in SPP. */
    private String word(QueueId id) {
        return devices.queues(id.port()) > 1 ? id.withQueue() : id.toString();
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
            if (queue.worker() >= 0) {
                json.field("lcore", workerLcores.get(queue.worker()).id());
            }
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
}
