package io.jspp.controller.state;

import io.jspp.control.ProcessKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/** Writes a state in the form that {@link StateFile} reads. */
public final class StateWriter {
    private static final int WIDTH = 200;

    private StateWriter() {}

    /** As YAML text. */
    public static String yaml(final SwitchState state) {
        return new Dump(DumpSettings.builder()
                        .setDefaultFlowStyle(FlowStyle.BLOCK)
                        .setIndicatorIndent(2)
                        .setIndentWithIndicator(true)
                        .setWidth(WIDTH)
                        .setDereferenceAliases(true)
                        .build())
                .dumpToString(document(state, false));
    }

    /** As plain values for JSON, with the numbers of the flow rules. */
    public static Map<String, Object> document(final SwitchState state) {
        return document(state, true);
    }

    private static Map<String, Object> document(final SwitchState state, final boolean numbered) {
        final Map<String, Object> document = new LinkedHashMap<>();
        document.put("version", SwitchState.VERSION);
        if (state.primary() != null) {
            document.put("primary", primary(state.primary(), numbered));
        }
        final List<Object> secondaries = new ArrayList<>();
        state.secondaries().forEach((id, secondary) -> secondaries.add(secondary(id, secondary)));
        document.put("secondaries", secondaries);
        return document;
    }

    private static Map<String, Object> primary(final PrimaryState state, final boolean numbered) {
        final Map<String, Object> map = new LinkedHashMap<>();
        if (state.forwarder() != null) {
            final Map<String, Object> forwarder = new LinkedHashMap<>();
            panel(state.forwarder(), forwarder);
            map.put("forwarder", forwarder);
        }
        final List<Object> pipes = new ArrayList<>();
        state.pipes().forEach((name, pipe) -> {
            final Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("pipe", name);
            entry.put("rx", pipe.rx());
            entry.put("tx", pipe.tx());
            pipes.add(entry);
        });
        map.put("pipes", pipes);
        final Map<String, Object> flows = new LinkedHashMap<>();
        state.flows()
                .forEach((port, rules) -> flows.put(
                        port, rules.stream().map(PrimaryState.Flow::words).toList()));
        map.put("flows", flows);
        if (numbered) {
            final Map<String, Object> ids = new LinkedHashMap<>();
            state.flows()
                    .forEach((port, rules) -> ids.put(
                            port, rules.stream().map(PrimaryState.Flow::id).toList()));
            map.put("flow-ids", ids);
        }
        return map;
    }

    private static void panel(final PanelState state, final Map<String, Object> map) {
        map.put("running", state.running());
        map.put("ports", List.copyOf(state.ports()));
        final List<String> patches = new ArrayList<>();
        state.patches().forEach((source, destination) -> patches.add(StateFile.patch(source, destination)));
        map.put("patches", patches);
    }

    private static Map<String, Object> secondary(final int id, final SecondaryState state) {
        final Map<String, Object> map = new LinkedHashMap<>();
        map.put("type", state.kind().wireName());
        map.put("id", id);
        map.put("lcores", state.lcores());
        if (state instanceof SecondaryState.Nfv nfv) {
            panel(nfv.panel(), map);
        } else if (state instanceof SecondaryState.Pcap pcap) {
            map.put("port", pcap.port());
            map.put("capturing", pcap.capturing());
        } else if (state instanceof SecondaryState.Graph graph) {
            map.put(
                    "components",
                    graph.components().values().stream()
                            .map(StateWriter::component)
                            .toList());
            if (graph.kind() == ProcessKind.VF) {
                map.put("classifier_table", List.copyOf(graph.entries()));
            }
        }
        return map;
    }

    private static Map<String, Object> component(final ComponentState state) {
        final Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", state.name());
        map.put("core", state.core());
        map.put("type", state.type());
        map.put("rx", state.rx().stream().map(ComponentState.Use::toString).toList());
        map.put("tx", state.tx().stream().map(ComponentState.Use::toString).toList());
        if (state.type().equals(ComponentState.RESPONDER)) {
            final List<String> addresses = new ArrayList<>();
            state.addresses().forEach((address, mac) -> addresses.add((address + ' ' + mac).strip()));
            map.put("addresses", addresses);
            map.put("print", state.print());
        }
        return map;
    }
}
