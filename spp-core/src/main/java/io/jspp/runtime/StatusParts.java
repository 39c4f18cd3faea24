package io.jspp.runtime;

import io.jspp.config.Lcore;
import io.jspp.control.JsonWriter;
import io.jspp.counters.DropReason;
import io.jspp.counters.QueueCounters;
import io.jspp.patch.QueueId;
import io.jspp.port.Direction;
import io.jspp.port.Port;
import io.jspp.port.PortEvents;
import io.jspp.port.PortState;
import io.jspp.worker.Worker;
import io.jspp.worker.WorkerStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The parts of a status that all processes with workers have, beyond what SPP tells. Control thread. */
public final class StatusParts {
    private final ProcessRuntime runtime;

    public StatusParts(ProcessRuntime runtime) {
        this.runtime = runtime;
    }

    /** Main first, as SPP's shell wants; a single lcore is its own worker, and is named as such. */
    public int[] lcoreIds() {
        List<Integer> ids = new ArrayList<>(List.of(runtime.options().lcores().mainId()));
        runtime.workerLcores().forEach(lcore -> ids.add(lcore.id()));
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    /** {@code idle} and {@code workers}. */
    public void writeWorkers(JsonWriter json) {
        json.field("idle", runtime.workers().workers().get(0).idleMode().word());
        json.name("workers").array();
        for (int i = 0; i < runtime.workerLcores().size(); i++) {
            Lcore lcore = runtime.workerLcores().get(i);
            Worker worker = runtime.workers().workers().get(i);
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

    /** {@code port_states}. */
    public void writeStates(JsonWriter json, List<Port> known) {
        json.name("port_states").array();
        for (Port port : known) {
            PortState state = port.state();
            runtime.events().observe(port.id(), state);
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

    /** {@code events}: the latest changes of port states, oldest first. */
    public void writeEvents(JsonWriter json) {
        json.name("events").array();
        for (PortEvents.Event event : runtime.events().recent()) {
            json.object()
                    .field("time", Instant.ofEpochMilli(event.epochMs()).toString())
                    .field("port", event.port().toString());
            write(json, event.state());
            json.endObject();
        }
        json.endArray();
    }

    /**
     * One element of {@code counters}.
     *
     * @param users indexes of the workers that use the queue now
     * @param live whether it can carry packets now
     */
    public void writeCounters(
            JsonWriter json,
            QueueId id,
            Direction direction,
            List<Integer> users,
            boolean live,
            QueueCounters counters) {
        json.object()
                .field("port", id.port().toString())
                .field("queue", id.queue())
                .field("direction", direction.word());
        if (!users.isEmpty()) {
            json.field("lcore", lcoreOf(users.get(0)));
        }
        json.field("lcores", users.stream().mapToInt(this::lcoreOf).toArray()).field("live", live);
        json.field("packets", counters.packets())
                .field("bytes", counters.bytes())
                .name("drops")
                .object();
        for (DropReason reason : DropReason.values()) {
            long drops = counters.drops(reason);
            if (drops != 0) {
                json.field(reason.id(), drops);
            }
        }
        json.endObject().endObject();
    }

    private int lcoreOf(int worker) {
        return runtime.workerLcores().get(worker).id();
    }
}
