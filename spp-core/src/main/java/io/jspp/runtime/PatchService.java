package io.jspp.runtime;

import io.jspp.config.ConfigKeys;
import io.jspp.config.Lcore;
import io.jspp.config.UsageException;
import io.jspp.control.CommandException;
import io.jspp.control.CommandHandler;
import io.jspp.control.CommandTable;
import io.jspp.control.JsonWriter;
import io.jspp.control.Reply;
import io.jspp.linux.LinuxException;
import io.jspp.patch.Patch;
import io.jspp.patch.PatchEnd;
import io.jspp.patch.PatchPanel;
import io.jspp.patch.QueueMap;
import io.jspp.port.Port;
import io.jspp.port.PortException;
import io.jspp.port.PortId;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A patch panel with what operators see of it: the commands of SPP's that an nfv and the primary's forwarder have in common, their part of the
 * status, and what is committed for the next process. A change is in effect and committed before it is answered. Control thread.
 */
public final class PatchService implements AutoCloseable {
    private final ProcessRuntime runtime;
    private final PatchPanel panel;
    private final StatusParts parts;
    private final Runnable commit;

    /** A change of the panel. */
    public interface Change {
        void make();
    }

    /** @throws UsageException when the key {@code queue.map} does not fit the lcores */
    public PatchService(ProcessRuntime runtime) {
        this(runtime, null);
    }

    /**
     * A panel in a process that commits more than its patches.
     *
     * @param commit stores the {@link #configuration} with the rest; null: it is all there is
     * @throws UsageException when the key {@code queue.map} does not fit the lcores
     */
    public PatchService(ProcessRuntime runtime, Runnable commit) {
        this.runtime = runtime;
        this.commit = commit == null ? () -> runtime.store().commit(configuration()) : commit;
        panel = new PatchPanel(
                runtime.workers(),
                runtime.ports(),
                queueMap(runtime),
                runtime.options().configuration().integer(ConfigKeys.BURST));
        parts = new StatusParts(runtime);
    }

    private static QueueMap queueMap(ProcessRuntime runtime) {
        try {
            return QueueMap.parse(
                    runtime.options().configuration().text(ConfigKeys.QUEUE_MAP),
                    runtime.workerLcores().stream().map(Lcore::id).toList());
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }

    public PatchPanel panel() {
        return panel;
    }

    /** Keeps the configuration for the next process with this id. */
    public void commit() {
        commit.run();
    }

    /** Lines from which {@link #resume} restores ports and patches. */
    public String configuration() {
        return StoredPatches.of(panel, runtime.ports()).encode();
    }

    /** Adds the handlers of {@code add del patch forward stop}, {@code patch del} and {@code patch reset}. */
    public CommandTable addTo(CommandTable table) {
        return table.on("add", request -> change(() -> panel.add(PortId.parse(request.argument("port")))))
                .on("del", request -> change(() -> panel.delete(PortId.parse(request.argument("port")))))
                .on("patch", request -> {
                    PatchEnd source = PatchEnd.parse(request.argument("src"));
                    PatchEnd destination = PatchEnd.parse(request.argument("dst"));
                    return change(() -> patch(source, destination));
                })
                .on("patch del", request -> {
                    PatchEnd source = PatchEnd.parse(request.argument("src"));
                    return change(() -> unpatch(source));
                })
                .on("patch reset", changing(panel::reset))
                .on("forward", changing(panel::forward))
                .on("stop", changing(panel::stop));
    }

    /** A command that needs no arguments. */
    public CommandHandler changing(Change change) {
        return request -> change(change);
    }

    /**
     * Makes a change and commits it.
     *
     * @throws CommandException nothing has changed then
     */
    public Reply change(Change change) throws CommandException {
        try {
            change.make();
        } catch (PortException | IllegalArgumentException | LinuxException e) {
            throw Refusal.of("", e);
        }
        commit();
        return Reply.ok();
    }

    private void patch(PatchEnd source, PatchEnd destination) {
        if (!panel.knows(source.port()) || !panel.knows(destination.port())) {
            runtime.devices().refreshIfPossible(); // the panel says below which port is not known
        }
        panel.patch(source, destination);
    }

    /** A queue of a device whose queues are patched together, which the status shows one by one, leaves the others patched. */
    private void unpatch(PatchEnd source) {
        PatchEnd whole = PatchEnd.whole(source.port());
        Optional<Patch> together = source.isWhole()
                ? Optional.empty()
                : panel.patches().stream()
                        .filter(patch -> patch.source().equals(whole))
                        .findFirst();
        if (together.isPresent()
                && panel.patches().stream().noneMatch(patch -> patch.source().equals(source))) {
            Set<PatchEnd> alone = new HashSet<>();
            panel.patches().forEach(patch -> alone.add(patch.source()));
            for (PatchEnd queue : sources(whole, alone)) {
                if (!queue.equals(source)) {
                    panel.patch(queue, together.get().destination());
                }
            }
            panel.unpatch(whole);
            return;
        }
        panel.unpatch(source);
    }

    /**
     * Takes up what the last process with this id committed; what can't be done any more is logged and left out.
     *
     * @return what was taken up, for the operator
     */
    public String resume(String text) {
        StoredPatches stored = StoredPatches.decode(text);
        stored.added().forEach(port -> ConfigurationStore.attempt("add " + port, () -> panel.add(port)));
        stored.patches()
                .forEach(patch -> ConfigurationStore.attempt(
                        "patch " + patch, () -> panel.patch(patch.source(), patch.destination())));
        if (stored.running()) {
            ConfigurationStore.attempt("forward", panel::forward);
        }
        return stored.added().size() + " added ports, " + panel.patches().size() + " patches, " + stateWord();
    }

    private String stateWord() {
        return panel.running() ? "running" : "idling";
    }

    /** {@code status}. */
    public void writeState(JsonWriter json) {
        json.field("status", stateWord());
    }

    /** {@code ports} and {@code patches}. */
    public void writePatches(JsonWriter json) {
        json.field("ports", portWords(runtime.ports().all()));
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
    }

    /** What SPP does not tell: idle mode, workers, states of the ports with their causes, counters of the open queues with drops by reason, events. */
    public void writeDetails(JsonWriter json) {
        parts.writeWorkers(json);
        parts.writeStates(json, runtime.ports().all());
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
        Set<PortId> patched = new HashSet<>();
        panel.patches().forEach(patch -> {
            patched.add(patch.source().port());
            patched.add(patch.destination().port());
        });
        known.stream()
                .filter(port -> port.listedUnused() || patched.contains(port.id()))
                .forEach(
                        port -> sources(PatchEnd.whole(port.id()), Set.of()).forEach(end -> words.add(end.toString())));
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

    /** Takes everything from the workers and ends all claims. */
    @Override
    public void close() {
        panel.close();
    }
}
