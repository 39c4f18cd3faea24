package io.jspp.secondary.graph;

import io.jspp.control.JsonWriter;
import io.jspp.net.VlanOperation;
import io.jspp.patch.PatchEnd;
import io.jspp.patch.PortTable;
import io.jspp.port.Direction;
import io.jspp.port.LiveQueues;
import io.jspp.port.Port;
import io.jspp.runtime.ProcessRuntime;
import io.jspp.runtime.StatusParts;
import io.jspp.secondary.component.ComponentCounters.Count;
import io.jspp.secondary.component.ComponentGraph;
import io.jspp.secondary.component.ComponentGraph.View;
import io.jspp.secondary.component.Input;
import io.jspp.secondary.component.Output;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The status of a process that runs components: SPP's members in SPP's order ({@code client-id phy vhost ring master-lcore core}, then what its kind has
 * beside them), then what SPP does not tell: ports of other types, workers, port states, counters of components and queues with drops by reason.
 * Control thread.
 */
public final class GraphStatus {
    /** Types that SPP lists by number, each under its own name. */
    private static final List<String> LISTED_TYPES = List.of("phy", "vhost", "ring");

    private final ProcessRuntime runtime;
    private final ComponentGraph graph;
    private final Consumer<JsonWriter> ofKind;
    private final StatusParts parts;

    /** @param ofKind writes the members that only this kind of process has */
    public GraphStatus(ProcessRuntime runtime, ComponentGraph graph, Consumer<JsonWriter> ofKind) {
        this.runtime = runtime;
        this.graph = graph;
        this.ofKind = ofKind;
        parts = new StatusParts(runtime);
    }

    /** Writes the members of {@code info}. */
    public void write(JsonWriter json) {
        List<Port> ports = runtime.ports().all();
        List<View> components = graph.components();
        json.field("client-id", runtime.clientId());
        for (String type : LISTED_TYPES) {
            json.field(type, numbers(ports, components, type));
        }
        json.field("master-lcore", runtime.options().lcores().mainId());
        writeCores(json, components);
        ofKind.accept(json);
        json.field("more_ports", others(ports, components));
        parts.writeWorkers(json);
        parts.writeStates(json, ports);
        writeComponentCounters(json, components);
        writeQueueCounters(json, components);
        parts.writeEvents(json);
    }

    /** {@code "0"}, and {@code "1 nq 0"} for a queue. */
    private List<String> numbers(List<Port> ports, List<View> components, String type) {
        List<Port> some =
                ports.stream().filter(port -> port.id().type().equals(type)).toList();
        return words(some, components).stream()
                .map(word -> word.substring(type.length() + 1))
                .toList();
    }

    private List<String> others(List<Port> ports, List<View> components) {
        List<Port> some = ports.stream()
                .filter(port -> !LISTED_TYPES.contains(port.id().type()))
                .toList();
        return List.copyOf(words(some, components));
    }

    /** Devices with several queues queue by queue, and what components named besides. */
    private Set<String> words(List<Port> ports, List<View> components) {
        Set<String> words = new LinkedHashSet<>();
        for (Port port : ports) {
            if (runtime.ports().mustNameQueue(port.id())) {
                int queues = runtime.devices().queues(port.id());
                for (int queue = 0; queue < queues; queue++) {
                    words.add(new PatchEnd(port.id(), queue).toString());
                }
                continue;
            }
            if (port.listedUnused()) {
                words.add(port.id().toString());
            }
            for (View component : components) {
                Stream.concat(
                                component.inputs().stream().map(Input::id),
                                component.outputs().stream().map(Output::id))
                        .filter(end -> end.port().equals(port.id()))
                        .forEach(end -> words.add(end.toString()));
            }
        }
        return words;
    }

    private void writeCores(JsonWriter json, List<View> components) {
        json.name("core").array();
        for (int worker = 0; worker < runtime.workerLcores().size(); worker++) {
            int core = runtime.workerLcores().get(worker).id();
            boolean used = false;
            for (View component : components) {
                if (component.worker() == worker) {
                    used = true;
                    writeComponent(json, core, component);
                }
            }
            if (!used) {
                json.object().field("core", core).field("type", "unuse").endObject();
            }
        }
        json.endArray();
    }

    private void writeComponent(JsonWriter json, int core, View component) {
        json.object().field("core", core).field("name", component.name()).field("type", component.type());
        json.name("rx_port").array();
        for (Input input : component.inputs()) {
            writePort(json, input.id(), input.vlan());
        }
        json.endArray().name("tx_port").array();
        for (Output output : component.outputs()) {
            writePort(json, output.id(), output.vlan());
        }
        json.endArray().endObject();
    }

    private void writePort(JsonWriter json, PatchEnd id, VlanOperation vlan) {
        json.object()
                .field("port", id.toString())
                .name("vlan")
                .object()
                .field("operation", vlan.kind().name().toLowerCase(Locale.ROOT))
                .field("id", vlan.vid())
                .field("pcp", vlan.pcp())
                .endObject()
                .endObject();
    }

    private void writeComponentCounters(JsonWriter json, List<View> components) {
        json.name("component_counters").array();
        for (View component : components) {
            json.object().field("name", component.name()).field("running", graph.isRunning(component.name()));
            for (Count count : component.counters().counts()) {
                if (!count.isDrop()) {
                    json.field(count.id(), component.counters().get(count));
                }
            }
            json.name("drops").object();
            for (Count count : component.counters().counts()) {
                if (count.isDrop() && component.counters().get(count) != 0) {
                    json.field(count.id(), component.counters().get(count));
                }
            }
            json.endObject().endObject();
        }
        json.endArray();
    }

    private void writeQueueCounters(JsonWriter json, List<View> components) {
        json.name("counters").array();
        for (View component : components) {
            List<Integer> users = graph.isRunning(component.name()) ? List.of(component.worker()) : List.of();
            for (Input input : component.inputs()) {
                LiveQueues live = runtime.ports().find(input.id().port()).liveRx();
                PortTable.counters(input.id(), input.queue())
                        .forEach((id, counters) ->
                                parts.writeCounters(json, id, Direction.RX, users, live.has(id.queue()), counters));
            }
            for (Output output : component.outputs()) {
                LiveQueues live = runtime.ports().find(output.id().port()).liveTx();
                PortTable.counters(output.id(), output.queue())
                        .forEach((id, counters) ->
                                parts.writeCounters(json, id, Direction.TX, users, live.has(id.queue()), counters));
            }
        }
        json.endArray();
    }
}
