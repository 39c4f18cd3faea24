package io.jspp.secondary.vf;

import io.jspp.config.Lcore;
import io.jspp.control.CommandCodec;
import io.jspp.control.CommandException;
import io.jspp.control.CommandHandler;
import io.jspp.control.CommandRegistry;
import io.jspp.control.CommandRequest;
import io.jspp.control.CommandTable;
import io.jspp.control.ProcessKind;
import io.jspp.control.Reply;
import io.jspp.linux.LinuxException;
import io.jspp.net.MacAddress;
import io.jspp.net.VlanOperation;
import io.jspp.patch.PatchEnd;
import io.jspp.port.Direction;
import io.jspp.port.PortException;
import io.jspp.secondary.SecondaryRuntime;
import io.jspp.secondary.component.ComponentGraph;
import io.jspp.secondary.component.GraphException;
import io.jspp.secondary.component.GraphException.Subject;
import io.jspp.secondary.component.classifier.ClassifierEntries;
import io.jspp.secondary.component.classifier.ClassifierEntries.Entry;
import io.jspp.state.Cause;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a vf does for each command of SPP's. A change is in effect and committed before it is answered; messages begin with SPP's words. Control
 * thread.
 */
final class VfCommands {
    private final SecondaryRuntime runtime;
    private final ComponentGraph graph;
    private final ClassifierEntries entries;
    private final CommandCodec codec = new CommandCodec(CommandRegistry.standard());
    private final Map<String, Change> changes = new LinkedHashMap<>();

    /** One command that changes the graph. */
    private interface Change {
        void make(CommandRequest request);
    }

    VfCommands(SecondaryRuntime runtime, ComponentGraph graph, ClassifierEntries entries) {
        this.runtime = runtime;
        this.graph = graph;
        this.entries = entries;
        changes.put("component start", this::start);
        changes.put("component stop", request -> graph.stop(request.argument("name")));
        changes.put("port add", request -> addPort(request, null));
        changes.put(
                "port add tagged",
                request -> addPort(request, VlanOperation.add(request.intArgument("vid"), request.intArgument("pcp"))));
        changes.put("port add untagged", request -> addPort(request, VlanOperation.DEL));
        changes.put(
                "port del", request -> graph.removePort(queue(request), direction(request), request.argument("name")));
        changes.put("add mac", request -> addEntry(entry(request, ClassifierEntries.UNTAGGED)));
        changes.put("add vlan", request -> addEntry(entry(request, request.intArgument("vlan"))));
        changes.put("del mac", request -> removeEntry(entry(request, ClassifierEntries.UNTAGGED)));
        changes.put("del vlan", request -> removeEntry(entry(request, request.intArgument("vlan"))));
    }

    /** @param exit ends this process for good; runs after the reply was sent */
    CommandTable table(VfStatus status, Runnable exit) {
        CommandTable table = new CommandTable(ProcessKind.VF)
                .on("status", request -> Reply.status(status::write))
                .on("exit", request -> Reply.okThen(exit));
        changes.forEach((name, change) -> table.on(name, committing(change)));
        return table;
    }

    /**
     * Carries out a committed command again.
     *
     * @throws IllegalStateException when it can't be done any more
     */
    void repeat(String line) {
        try {
            CommandRequest request = codec.parse(ProcessKind.VF, CommandCodec.words(line));
            Change change = changes.get(request.spec().name());
            if (change == null) {
                throw new IllegalStateException("this changes nothing");
            }
            make(change, request);
        } catch (CommandException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /** Classifier entries that there are. */
    int entries() {
        return entries.all().size();
    }

    private CommandHandler committing(Change change) {
        return request -> {
            make(change, request);
            runtime.store().commit(this::configuration, request.wireText());
            return Reply.ok();
        };
    }

    private static void make(Change change, CommandRequest request) throws CommandException {
        try {
            change.make(request);
        } catch (GraphException e) {
            throw new CommandException(words(e.subject()) + ": " + e.getMessage(), "", "", e);
        } catch (PortException e) {
            boolean known = e.why() != Cause.REFUSED;
            throw new CommandException(
                    words(Subject.EXECUTION) + ": " + e.getMessage(),
                    known ? e.why().code() : "",
                    known ? e.why().next() : "",
                    e);
        } catch (IllegalArgumentException | LinuxException | IllegalStateException e) {
            throw new CommandException(words(Subject.EXECUTION) + ": " + e.getMessage(), "", "", e);
        }
    }

    /** SPP's message. */
    private static String words(Subject subject) {
        return switch (subject) {
            case COMPONENT_NAME -> "Invalid value (component name)";
            case COMPONENT_TYPE -> "Invalid value (component type)";
            case CORE -> "Invalid value (core)";
            case PORT -> "Invalid value (port)";
            case DIRECTION -> "Invalid value (port rxtx)";
            case EXECUTION -> "error occur";
        };
    }

    private void start(CommandRequest request) {
        int core = request.intArgument("core");
        List<Lcore> lcores = runtime.workerLcores();
        for (int worker = 0; worker < lcores.size(); worker++) {
            if (lcores.get(worker).id() == core) {
                graph.start(request.argument("name"), worker, request.argument("type"));
                return;
            }
        }
        String given = lcores.stream()
                .map(lcore -> Integer.toString(lcore.id()))
                .toList()
                .toString();
        throw new GraphException(
                core == runtime.options().lcores().mainId() ? Subject.CORE : Subject.EXECUTION,
                "lcore " + core + " is no worker of this vf (-l): " + given + " are");
    }

    private void addPort(CommandRequest request, VlanOperation vlan) {
        graph.addPort(queue(request), direction(request), request.argument("name"), vlan);
    }

    private void addEntry(Entry entry) {
        if (!runtime.ports().contains(entry.port().port())) {
            throw new GraphException(
                    Subject.PORT, entry.port() + " is not known here: add it to a classifier as tx port first");
        }
        entries.add(entry);
        graph.refresh();
    }

    private void removeEntry(Entry entry) {
        entries.remove(entry);
        graph.refresh();
    }

    private Entry entry(CommandRequest request, int vlan) {
        String mac = request.argument("mac");
        long address = mac.equals("default") ? ClassifierEntries.DEFAULT : MacAddress.parse(mac);
        return new Entry(vlan, address, queue(request));
    }

    private static Direction direction(CommandRequest request) {
        return Direction.parse(request.argument("dir"));
    }

    /**
     * As in SPP the queue of a device with several must be named; not where flows are spread over all queues, as those of a guest are, which SPP
     * does not have.
     */
    private PatchEnd queue(CommandRequest request) {
        PatchEnd id = PatchEnd.parse(request.argument("port"));
        if (id.isWhole() && runtime.ports().mustNameQueue(id.port())) {
            throw new GraphException(
                    Subject.PORT,
                    id.port() + " has " + runtime.devices().queues(id.port()) + " queues: name one, as in " + id.port()
                            + " nq 0");
        }
        return id;
    }

    /** The commands that make what there is now, one per line. */
    private String configuration() {
        StringBuilder text = new StringBuilder();
        for (ComponentGraph.View component : graph.components()) {
            int core = runtime.workerLcores().get(component.worker()).id();
            text.append("component start " + component.name() + ' ' + core + ' ' + component.type() + '\n');
            component.inputs().forEach(input -> port(text, input.id(), "rx", component.name(), input.vlan()));
            component.outputs().forEach(output -> port(text, output.id(), "tx", component.name(), output.vlan()));
        }
        for (Entry entry : entries.all()) {
            String vlan = entry.vlan() == ClassifierEntries.UNTAGGED ? "mac " : "vlan " + entry.vlan() + ' ';
            String mac = entry.address() == ClassifierEntries.DEFAULT ? "default" : MacAddress.format(entry.address());
            text.append(
                    "classifier_table add " + vlan + mac + ' ' + entry.port().wire() + '\n');
        }
        return text.toString();
    }

    private void port(StringBuilder text, PatchEnd id, String direction, String component, VlanOperation vlan) {
        text.append("port add " + id.wire() + ' ' + direction + ' ' + component);
        switch (vlan.kind()) {
            case ADD -> text.append(" add_vlantag " + vlan.vid() + ' ' + vlan.pcp());
            case DEL -> text.append(" del_vlantag");
            case NONE -> {
                // nothing to say
            }
        }
        text.append('\n');
    }
}
