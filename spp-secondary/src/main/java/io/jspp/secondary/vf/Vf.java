package io.jspp.secondary.vf;

import io.jspp.config.ConfigKeys;
import io.jspp.config.Configuration;
import io.jspp.control.CommandTable;
import io.jspp.control.ProcessKind;
import io.jspp.secondary.ConfigurationStore;
import io.jspp.secondary.Role;
import io.jspp.secondary.SecondaryRuntime;
import io.jspp.secondary.component.ComponentGraph;
import io.jspp.secondary.component.classifier.ClassifierEntries;
import io.jspp.secondary.component.classifier.ClassifierType;
import io.jspp.secondary.component.forward.ForwardType;
import io.jspp.secondary.component.merge.MergeType;
import java.util.List;

/** The vf's role: its graph of components, and the classifier entries they share. */
final class Vf implements Role {
    private final ComponentGraph graph;
    private final VfCommands commands;
    private final VfStatus status;

    Vf(SecondaryRuntime runtime) {
        Configuration configuration = runtime.options().configuration();
        ClassifierEntries entries = new ClassifierEntries(configuration.integer(ConfigKeys.CLASSIFIER_ENTRIES));
        graph = new ComponentGraph(
                runtime.workers(),
                runtime.ports(),
                runtime.counters(),
                configuration.integer(ConfigKeys.BURST),
                List.of(new ForwardType(), new MergeType(), new ClassifierType(entries)));
        commands = new VfCommands(runtime, graph, entries);
        status = new VfStatus(runtime, graph, entries);
    }

    @Override
    public ProcessKind kind() {
        return ProcessKind.VF;
    }

    @Override
    public CommandTable commands(Runnable exit) {
        return commands.table(status, exit);
    }

    @Override
    public String resume(String stored) {
        stored.lines().forEach(line -> ConfigurationStore.attempt(line, () -> commands.repeat(line)));
        return graph.components().size() + " components, " + commands.entries() + " classifier entries";
    }

    @Override
    public void close() {
        graph.close();
    }
}
