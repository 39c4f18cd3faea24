package io.jspp.secondary.graph;

import io.jspp.config.Lcore;
import io.jspp.control.CommandCodec;
import io.jspp.control.CommandException;
import io.jspp.control.CommandHandler;
import io.jspp.control.CommandRegistry;
import io.jspp.control.CommandRequest;
import io.jspp.control.CommandTable;
import io.jspp.control.JsonWriter;
import io.jspp.control.ProcessKind;
import io.jspp.control.Reply;
import io.jspp.linux.LinuxException;
import io.jspp.net.VlanOperation;
import io.jspp.patch.PatchEnd;
import io.jspp.port.Direction;
import io.jspp.port.PortException;
import io.jspp.runtime.ProcessRuntime;
import io.jspp.runtime.Refusal;
import io.jspp.secondary.component.ComponentGraph;
import io.jspp.secondary.component.GraphException;
import io.jspp.secondary.component.GraphException.Subject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What a process does for each command that changes its graph of components. A change is in effect and committed before it is answered; messages begin
 * with SPP's words. Control thread.
 */
public final class GraphCommands {
    private final ProcessKind kind;
    private final ProcessRuntime runtime;
    private final ComponentGraph graph;
    private final CommandCodec codec = new CommandCodec(CommandRegistry.standard());
    private final Map<String, Change> changes = new LinkedHashMap<>();
    private final Map<String, Answer> answers = new LinkedHashMap<>();
    private final List<Consumer<StringBuilder>> furtherLines = new ArrayList<>();
    private boolean repeating;

    /** One command that changes the graph. */
    public interface Change {
        /** @throws GraphException when it is refused; nothing has changed then */
        void make(CommandRequest request);
    }

    /** One command that changes nothing that is kept. */
    public interface Answer {
        /** @throws GraphException when it is refused */
        Reply to(CommandRequest request);
    }

    /** With the commands that all kinds have. */
    public GraphCommands(ProcessKind kind, ProcessRuntime runtime, ComponentGraph graph) {
        this.kind = kind;
        this.runtime = runtime;
        this.graph = graph;
        on("component start", this::start);
        on("component stop", request -> graph.stop(request.argument("name")));
        on("port add", request -> addPort(request, null));
        on("port del", request -> graph.removePort(queue(request), direction(request), request.argument("name")));
    }

    /** Adds a command of this kind only. */
    public GraphCommands on(String command, Change change) {
        changes.put(command, change);
        return this;
    }

    /** Adds a command of this kind only that leaves the kept configuration as it is. */
    public GraphCommands answering(String command, Answer answer) {
        answers.put(command, answer);
        return this;
    }

    /** @param lines appends the commands that make what the graph does not hold, one per line */
    public void keep(Consumer<StringBuilder> lines) {
        furtherLines.add(lines);
    }

    /** @param exit ends this process for good; runs after the reply was sent */
    public CommandTable table(Consumer<JsonWriter> status, Runnable exit) {
        CommandTable table = new CommandTable(kind)
                .on("status", request -> Reply.status(status))
                .on("exit", request -> Reply.okThen(exit));
        changes.forEach((name, change) -> table.on(name, committing(change)));
        answers.forEach((name, answer) -> table.on(name, request -> refusing(() -> answer.to(request))));
        return table;
    }

    /**
     * Carries out a committed command again.
     *
     * @throws IllegalStateException when it can't be done any more
     */
    public void repeat(String line) {
        try {
            CommandRequest request = codec.parse(kind, CommandCodec.words(line));
            Change change = changes.get(request.spec().name());
            if (change == null) {
                throw new IllegalStateException("this changes nothing");
            }
            repeating = true;
            make(change, request);
        } catch (CommandException e) {
            throw new IllegalStateException(e.getMessage(), e);
        } finally {
            repeating = false;
        }
    }

    /** Whether a committed command is carried out again: it was allowed when it was given. */
    public boolean isRepeating() {
        return repeating;
    }

    private CommandHandler committing(Change change) {
        return request -> {
            make(change, request);
            runtime.store().commit(this::configuration, request.wireText());
            return Reply.ok();
        };
    }

    private static void make(Change change, CommandRequest request) throws CommandException {
        refusing(() -> {
            change.make(request);
            return null;
        });
    }

    private static <T> T refusing(Supplier<T> work) throws CommandException {
        try {
            return work.get();
        } catch (GraphException e) {
            throw Refusal.of(words(e.subject()), e);
        } catch (PortException | IllegalArgumentException | LinuxException | IllegalStateException e) {
            throw Refusal.of(words(Subject.EXECUTION), e);
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
                "lcore " + core + " is no worker of this " + kind.wireName() + " (-l): " + given + " are");
    }

    /**
     * Adds the port that a request names.
     *
     * @param vlan null when none was named
     */
    public void addPort(CommandRequest request, VlanOperation vlan) {
        graph.addPort(queue(request), direction(request), request.argument("name"), vlan);
    }

    private static Direction direction(CommandRequest request) {
        return Direction.parse(request.argument("dir"));
    }

    /**
     * The port, or the queue, that a request names. As in SPP the queue of a device with several must be named; not where flows are spread over all
     * queues, as those of a guest are, which SPP does not have.
     */
    public PatchEnd queue(CommandRequest request) {
        PatchEnd id = PatchEnd.parse(request.argument("port"));
        if (!runtime.ports().contains(id.port())) {
            runtime.devices().refreshIfPossible();
        }
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
        furtherLines.forEach(lines -> lines.accept(text));
        return text.toString();
    }

    private static void port(StringBuilder text, PatchEnd id, String direction, String component, VlanOperation vlan) {
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
