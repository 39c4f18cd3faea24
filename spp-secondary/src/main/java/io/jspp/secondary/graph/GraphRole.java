package io.jspp.secondary.graph;

import io.jspp.control.CommandTable;
import io.jspp.control.ProcessKind;
import io.jspp.runtime.ConfigurationStore;
import io.jspp.secondary.Role;
import io.jspp.secondary.component.ComponentGraph;
import java.util.function.Supplier;

/** The role of a process that runs a graph of components, which it owns. */
public final class GraphRole implements Role {
    private final ProcessKind kind;
    private final ComponentGraph graph;
    private final GraphCommands commands;
    private final GraphStatus status;
    private final Supplier<String> resumed;

    /** @param resumed what else than components there is after resuming, to be told the operator; may be empty */
    public GraphRole(
            ProcessKind kind,
            ComponentGraph graph,
            GraphCommands commands,
            GraphStatus status,
            Supplier<String> resumed) {
        this.kind = kind;
        this.graph = graph;
        this.commands = commands;
        this.status = status;
        this.resumed = resumed;
    }

    @Override
    public ProcessKind kind() {
        return kind;
    }

    @Override
    public CommandTable commands(Runnable exit) {
        return commands.table(status::write, exit);
    }

    @Override
    public String resume(String stored) {
        stored.lines().forEach(line -> ConfigurationStore.attempt(line, () -> commands.repeat(line)));
        return graph.components().size() + " components" + resumed.get();
    }

    @Override
    public void close() {
        graph.close();
    }
}
