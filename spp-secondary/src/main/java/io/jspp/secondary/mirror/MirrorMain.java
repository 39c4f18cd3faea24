package io.jspp.secondary.mirror;

import io.jspp.config.ConfigKeys;
import io.jspp.config.Configuration;
import io.jspp.control.ProcessKind;
import io.jspp.runtime.ProcessRuntime;
import io.jspp.secondary.Role;
import io.jspp.secondary.SecondaryMain;
import io.jspp.secondary.component.ComponentGraph;
import io.jspp.secondary.component.mirror.MirrorType;
import io.jspp.secondary.graph.GraphCommands;
import io.jspp.secondary.graph.GraphRole;
import io.jspp.secondary.graph.GraphStatus;
import java.util.List;

/** {@code ./spp mirror EAL… -- --client-id ID -s HOST:PORT}: a secondary that sends what it receives to two ports. */
public final class MirrorMain {
    private static final String DEEP = "deep";

    private MirrorMain() {}

    public static void main(String[] args) {
        SecondaryMain.run("mirror", MirrorMain::open, args);
    }

    private static Role open(ProcessRuntime runtime) {
        Configuration configuration = runtime.options().configuration();
        String copy = configuration.text(ConfigKeys.MIRROR_COPY);
        ComponentGraph graph = new ComponentGraph(
                runtime.workers(),
                runtime.ports(),
                runtime.counters(),
                configuration.integer(ConfigKeys.BURST),
                List.of(new MirrorType(copy.equals(DEEP))));
        return new GraphRole(
                ProcessKind.MIRROR,
                graph,
                new GraphCommands(ProcessKind.MIRROR, runtime, graph),
                new GraphStatus(runtime, graph, json -> json.field("copy", copy)),
                () -> ", " + copy + " copies");
    }
}
