package io.jspp.secondary.pcap;

import io.jspp.config.ConfigKeys;
import io.jspp.config.Lcore;
import io.jspp.control.CommandHandler;
import io.jspp.control.CommandTable;
import io.jspp.control.JsonWriter;
import io.jspp.control.ProcessKind;
import io.jspp.control.Reply;
import io.jspp.counters.DropReason;
import io.jspp.counters.QueueCounters;
import io.jspp.linux.LinuxException;
import io.jspp.patch.PatchEnd;
import io.jspp.patch.PortTable;
import io.jspp.port.Direction;
import io.jspp.port.LiveQueues;
import io.jspp.port.PortException;
import io.jspp.port.PortId;
import io.jspp.port.RxQueue;
import io.jspp.runtime.ConfigurationStore;
import io.jspp.runtime.ProcessRuntime;
import io.jspp.runtime.Refusal;
import io.jspp.runtime.StatusParts;
import io.jspp.secondary.Role;
import io.jspp.worker.WorkerStuckException;
import java.io.IOException;
import java.util.List;

/** The pcap: captures its port between {@code start} and {@code stop}, and claims it only then. */
final class Pcap implements Role {
    private static final String RUNNING = "start";
    private static final String IDLE = "stop";

    private final ProcessRuntime runtime;
    private final CaptureOptions options;
    private final List<Lcore> writerLcores;
    private final StatusParts parts;
    private final QueueCounters captured;

    /** Null while idle. */
    private Session session;

    // of sessions that have ended
    private long written;
    private long lost;

    Pcap(ProcessRuntime runtime, CaptureOptions options) {
        this.runtime = runtime;
        this.options = options;
        List<Lcore> lcores = runtime.options().lcores().workers();
        writerLcores = lcores.subList(1, lcores.size());
        parts = new StatusParts(runtime);
        captured = new QueueCounters(runtime.counters(), "capture " + options.port());
    }

    @Override
    public ProcessKind kind() {
        return ProcessKind.PCAP;
    }

    @Override
    public CommandTable commands(Runnable exit) {
        return new CommandTable(ProcessKind.PCAP)
                .on("status", request -> Reply.status(this::write))
                .on("start", changing(this::start, RUNNING))
                .on("stop", changing(this::stop, IDLE))
                .on("exit", request -> Reply.okThen(exit));
    }

    @Override
    public String resume(String stored) {
        if (stored.strip().equals(RUNNING)) {
            ConfigurationStore.attempt(RUNNING, this::start);
        }
        return session == null ? "idle" : "capturing " + options.port();
    }

    private CommandHandler changing(Runnable change, String configuration) {
        return request -> {
            try {
                change.run();
            } catch (PortException | LinuxException | IllegalStateException e) {
                throw Refusal.of("error occur", e);
            }
            runtime.store().commit(() -> configuration + '\n', null);
            return Reply.ok();
        };
    }

    /** Nothing happens when it captures already, as in SPP. */
    private void start() {
        if (session != null) {
            return;
        }
        PatchEnd port = options.port();
        PortTable ports = runtime.ports();
        runtime.devices().refreshIfPossible(); // else the claim below says what is wrong
        ports.add(port.port());
        try {
            session = open(port, ports);
            session.start();
        } catch (WorkerStuckException stuck) {
            throw stuck; // the worker may still use what was opened
        } catch (RuntimeException e) {
            stop();
            throw e;
        }
    }

    private Session open(PatchEnd port, PortTable ports) {
        if (port.isWhole() && ports.mustNameQueue(port.port())) {
            throw new PortException(port + " has several queues: name one, as in -c " + port + " nq 0");
        }
        try {
            return new Session(
                    runtime,
                    options,
                    ports.openRx(port),
                    writerLcores,
                    captured,
                    runtime.options().configuration().integer(ConfigKeys.BURST));
        } catch (IOException e) {
            throw new IllegalStateException("a file in " + options.directory() + " can't be made: " + e, e);
        }
    }

    private void stop() {
        if (session != null) {
            Session ended = session;
            ended.close(); // while it can't end, it goes on
            session = null;
            for (CaptureWriter writer : ended.writers()) {
                written += writer.written();
                lost += writer.lost();
            }
        }
        PortId port = options.port().port();
        if (runtime.ports().added().contains(port)) {
            runtime.ports().remove(port); // with its socket, which another process may want now
        }
    }

    /** SPP's members in SPP's order ({@code client-id status master-lcore core}), then what SPP does not tell. */
    private void write(JsonWriter json) {
        json.field("client-id", runtime.clientId())
                .field("status", session == null ? "idle" : "running")
                .field("master-lcore", runtime.options().lcores().mainId());
        json.name("core").array();
        json.object()
                .field("core", runtime.workerLcores().get(0).id())
                .field("role", "receive")
                .name("rx_port")
                .array()
                .object()
                .field("port", options.port().toString())
                .endObject()
                .endArray()
                .endObject();
        for (int i = 0; i < writerLcores.size(); i++) {
            json.object()
                    .field("core", writerLcores.get(i).id())
                    .field("role", "write")
                    .field(
                            "filename",
                            session == null ? "" : session.writers().get(i).fileName())
                    .endObject();
        }
        json.endArray();
        writeCapture(json);
        parts.writeWorkers(json);
        parts.writeStates(json, runtime.ports().all());
        writeQueue(json);
        parts.writeEvents(json);
    }

    /** {@code captured = written + lost + waiting}: what was taken into memory, and what became of it. */
    private void writeCapture(JsonWriter json) {
        long inFiles = written;
        long notWritten = lost;
        String failure = "";
        if (session != null) {
            for (CaptureWriter writer : session.writers()) {
                inFiles += writer.written();
                notWritten += writer.lost();
                failure = failure.isEmpty() ? writer.failure() : failure;
            }
        }
        json.name("capture")
                .object()
                .field("packets", captured.packets())
                .field("bytes", captured.bytes())
                .field("written", inFiles)
                .field("lost", notWritten)
                .field("failure", failure)
                .name("drops")
                .object();
        for (DropReason reason : DropReason.values()) {
            if (captured.drops(reason) != 0) {
                json.field(reason.id(), captured.drops(reason));
            }
        }
        json.endObject().endObject();
    }

    private void writeQueue(JsonWriter json) {
        json.name("counters").array();
        if (session != null) {
            LiveQueues live = runtime.ports().find(options.port().port()).liveRx();
            RxQueue queue = session.queue();
            PortTable.counters(options.port(), queue)
                    .forEach((id, counters) ->
                            parts.writeCounters(json, id, Direction.RX, List.of(0), live.has(id.queue()), counters));
        }
        json.endArray();
    }

    @Override
    public void close() {
        stop();
        captured.close();
    }
}
