package io.jspp.secondary.component.classifier;

import io.jspp.mbuf.HeaderValues;
import io.jspp.patch.PatchEnd;
import io.jspp.secondary.component.ComponentCounters;
import io.jspp.secondary.component.GraphException;
import io.jspp.secondary.component.GraphException.Subject;
import io.jspp.secondary.component.Input;
import io.jspp.secondary.component.Output;
import io.jspp.secondary.component.StartedComponent;
import io.jspp.secondary.component.classifier.ClassifierEntries.Entry;
import io.jspp.worker.Component;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** One classifier from start to stop: gives its tx ports numbers and keeps its table equal to the entries of these ports. */
final class StartedClassifier implements StartedComponent {
    private final String name;
    private final ClassifierEntries entries;
    private final ComponentCounters counters;
    private final int burstCapacity;
    private final ClassifierTable table = new ClassifierTable();
    private final HeaderValues header = new HeaderValues();

    /** Numbers of the tx ports; a number is used again only when its port has left table and plan. */
    private final Map<PatchEnd, Integer> numbers = new HashMap<>();

    StartedClassifier(String name, ClassifierEntries entries, ComponentCounters counters, int burstCapacity) {
        this.name = name;
        this.entries = entries;
        this.counters = counters;
        this.burstCapacity = burstCapacity;
        entries.register(this);
    }

    @Override
    public boolean isComplete(List<Input> inputs, List<Output> outputs) {
        return !inputs.isEmpty()
                && outputs.stream().anyMatch(output -> !entries.of(output.id()).isEmpty());
    }

    @Override
    public void prepare(List<Output> outputs) {
        for (Output output : outputs) {
            if (!numbers.containsKey(output.id())) {
                Set<Entry> own = entries.of(output.id());
                own.forEach(this::requireFree);
                numbers.put(output.id(), freeNumber());
                own.forEach(this::put);
            }
        }
    }

    @Override
    public Component build(List<Input> inputs, List<Output> outputs) {
        int largest =
                numbers.values().stream().mapToInt(Integer::intValue).max().orElse(-1);
        Output[] byNumber = new Output[largest + 1];
        outputs.forEach(output -> byNumber[numbers.get(output.id())] = output);
        return new Classifier(name, inputs, outputs, byNumber, table, header, counters, burstCapacity);
    }

    @Override
    public void settle(List<Input> inputs, List<Output> outputs) {
        Set<PatchEnd> kept = outputs.stream().map(Output::id).collect(Collectors.toSet());
        for (PatchEnd port : new ArrayList<>(numbers.keySet())) {
            if (!kept.contains(port)) {
                entries.of(port).forEach(this::take);
                numbers.remove(port);
            }
        }
    }

    /** A new entry of any port; nothing happens unless the port is ours. */
    void add(Entry entry) {
        if (numbers.containsKey(entry.port())) {
            requireFree(entry);
            put(entry);
        }
    }

    void remove(Entry entry) {
        if (numbers.containsKey(entry.port())) {
            take(entry);
        }
    }

    private int freeNumber() {
        int number = 0;
        while (numbers.containsValue(number)) {
            number++;
        }
        return number;
    }

    private void requireFree(Entry entry) {
        int holder = entry.address() == ClassifierEntries.DEFAULT
                ? table.defaultPort(entry.vlan())
                : table.addresses().get(MacTable.key(entry.vlan(), entry.address()));
        if (holder >= 0) {
            String port = numbers.entrySet().stream()
                    .filter(number -> number.getValue() == holder)
                    .map(number -> number.getKey().toString())
                    .findFirst()
                    .orElse("another port");
            throw new GraphException(
                    Subject.EXECUTION, "classifier " + name + " sends " + entry.value() + " to " + port + " already");
        }
    }

    private void put(Entry entry) {
        int number = numbers.get(entry.port());
        if (entry.address() == ClassifierEntries.DEFAULT) {
            table.putDefault(entry.vlan(), number);
        } else {
            table.putAddress(entry.vlan(), entry.address(), number);
        }
    }

    private void take(Entry entry) {
        if (entry.address() == ClassifierEntries.DEFAULT) {
            table.removeDefault(entry.vlan());
        } else {
            table.removeAddress(entry.vlan(), entry.address());
        }
    }

    /** Unlike SPP's, a classifier that stops takes the entries of its ports along. */
    @Override
    public void close() {
        entries.unregister(this);
        numbers.keySet().forEach(entries::forget);
        header.close();
    }
}
