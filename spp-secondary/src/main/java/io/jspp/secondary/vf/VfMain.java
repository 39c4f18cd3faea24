package io.jspp.secondary.vf;

import io.jspp.config.ConfigKeys;
import io.jspp.config.Configuration;
import io.jspp.control.ProcessKind;
import io.jspp.net.VlanOperation;
import io.jspp.runtime.ProcessRuntime;
import io.jspp.secondary.Role;
import io.jspp.secondary.SecondaryMain;
import io.jspp.secondary.component.ComponentGraph;
import io.jspp.secondary.component.bridge.BridgeOptions;
import io.jspp.secondary.component.bridge.BridgeType;
import io.jspp.secondary.component.bridge.Bridges;
import io.jspp.secondary.component.classifier.ClassifierEntries;
import io.jspp.secondary.component.classifier.ClassifierType;
import io.jspp.secondary.component.forward.ForwardType;
import io.jspp.secondary.component.merge.MergeType;
import io.jspp.secondary.component.responder.ResponderType;
import io.jspp.secondary.component.responder.Responders;
import io.jspp.secondary.graph.GraphCommands;
import io.jspp.secondary.graph.GraphRole;
import io.jspp.secondary.graph.GraphStatus;
import java.util.List;

/** {@code ./spp vf EAL… -- --client-id ID -s HOST:PORT}: a secondary that classifies, merges, forwards, bridges and answers. */
public final class VfMain {
    private VfMain() {}

    public static void main(String[] args) {
        SecondaryMain.run("vf", VfMain::open, args);
    }

    private static Role open(ProcessRuntime runtime) {
        Configuration configuration = runtime.options().configuration();
        ClassifierEntries entries = new ClassifierEntries(configuration.integer(ConfigKeys.CLASSIFIER_ENTRIES));
        Bridges bridges = new Bridges();
        Responders responders =
                new Responders(runtime.clientId(), System.out, configuration.integer(ConfigKeys.RESPONDER_PRINT_RATE));
        ComponentGraph graph = new ComponentGraph(
                runtime.workers(),
                runtime.ports(),
                runtime.counters(),
                configuration.integer(ConfigKeys.BURST),
                List.of(
                        new ForwardType(),
                        new MergeType(),
                        new ClassifierType(entries),
                        new BridgeType(bridges, BridgeOptions.of(configuration)),
                        new ResponderType(responders)));
        GraphCommands commands = new GraphCommands(ProcessKind.VF, runtime, graph);
        commands.on(
                        "port add tagged",
                        request -> commands.addPort(
                                request, VlanOperation.add(request.intArgument("vid"), request.intArgument("pcp"))))
                .on("port add untagged", request -> commands.addPort(request, VlanOperation.DEL));
        ClassifierCommands classifier = new ClassifierCommands(runtime, graph, entries, commands);
        BridgeCommands bridge = new BridgeCommands(graph, bridges, commands);
        ResponderCommands responder = new ResponderCommands(responders, commands);
        return new GraphRole(
                ProcessKind.VF,
                graph,
                commands,
                new GraphStatus(runtime, graph, json -> {
                    classifier.writeTable(json);
                    bridge.writeSizes(json);
                    responder.write(json);
                }),
                () -> ", " + entries.all().size() + " classifier entries");
    }
}
