package io.jspp.secondary.vf;

import io.jspp.control.CommandRequest;
import io.jspp.control.JsonWriter;
import io.jspp.control.Reply;
import io.jspp.net.MacAddress;
import io.jspp.runtime.ProcessRuntime;
import io.jspp.secondary.component.ComponentGraph;
import io.jspp.secondary.component.GraphException;
import io.jspp.secondary.component.GraphException.Subject;
import io.jspp.secondary.component.classifier.ClassifierEntries;
import io.jspp.secondary.component.classifier.ClassifierEntries.Entry;
import io.jspp.secondary.graph.GraphCommands;

/** The classifier table of a vf: its commands, its lines in the kept configuration and its part of the status. Control thread. */
final class ClassifierCommands {
    /** Of a status or a page, so that it stays within the longest reply. */
    private static final int MAX_ENTRIES = 10_000;

    private final ProcessRuntime runtime;
    private final ComponentGraph graph;
    private final ClassifierEntries entries;
    private final GraphCommands commands;

    ClassifierCommands(
            ProcessRuntime runtime, ComponentGraph graph, ClassifierEntries entries, GraphCommands commands) {
        this.runtime = runtime;
        this.graph = graph;
        this.entries = entries;
        this.commands = commands;
        commands.on("add mac", request -> add(entry(request, ClassifierEntries.UNTAGGED)))
                .on("add vlan", request -> add(entry(request, request.intArgument("vlan"))))
                .on("del mac", request -> remove(entry(request, ClassifierEntries.UNTAGGED)))
                .on("del vlan", request -> remove(entry(request, request.intArgument("vlan"))))
                .answering("classifier_table show", request -> {
                    int from = request.intArgument("from");
                    return Reply.status(json -> {
                        writeEntries(json, from);
                        json.field("classifier_changes", entries.changes());
                    });
                })
                .keep(this::appendLines);
    }

    /** As in SPP an entry outlives the port's use, so one that is resumed may name a port that is not there. */
    private void add(Entry entry) {
        if (!commands.isRepeating() && !runtime.ports().contains(entry.port().port())) {
            throw new GraphException(
                    Subject.PORT, entry.port() + " is not known here: add it to a classifier as tx port first");
        }
        entries.add(entry);
        graph.refresh();
    }

    private void remove(Entry entry) {
        entries.remove(entry);
        graph.refresh();
    }

    private Entry entry(CommandRequest request, int vlan) {
        String mac = request.argument("mac");
        long address = mac.equals("default") ? ClassifierEntries.DEFAULT : MacAddress.parse(mac);
        return new Entry(vlan, address, commands.queue(request));
    }

    private void appendLines(StringBuilder text) {
        for (Entry entry : entries.all()) {
            String vlan = entry.vlan() == ClassifierEntries.UNTAGGED ? "mac " : "vlan " + entry.vlan() + ' ';
            String mac = entry.address() == ClassifierEntries.DEFAULT ? "default" : MacAddress.format(entry.address());
            text.append(
                    "classifier_table add " + vlan + mac + ' ' + entry.port().wire() + '\n');
        }
    }

    /** {@code classifier_table} as in SPP, and {@code classifier_entries}, their number. */
    void writeTable(JsonWriter json) {
        writeEntries(json, 0);
    }

    private void writeEntries(JsonWriter json, int from) {
        json.name("classifier_table").array();
        int at = 0;
        for (Entry entry : entries.all()) {
            if (at - from == MAX_ENTRIES) {
                break;
            }
            if (at++ < from) {
                continue;
            }
            json.object()
                    .field("type", entry.type())
                    .field("value", entry.value())
                    .field("port", entry.port().toString())
                    .endObject();
        }
        json.endArray();
        json.field("classifier_entries", entries.all().size());
    }
}
