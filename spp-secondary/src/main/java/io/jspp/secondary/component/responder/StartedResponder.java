package io.jspp.secondary.component.responder;

import io.jspp.control.IpAddresses;
import io.jspp.net.MacAddress;
import io.jspp.secondary.component.ComponentCounters;
import io.jspp.secondary.component.GraphException;
import io.jspp.secondary.component.GraphException.Subject;
import io.jspp.secondary.component.Input;
import io.jspp.secondary.component.Output;
import io.jspp.secondary.component.StartedComponent;
import io.jspp.secondary.echo.HostAddresses;
import io.jspp.worker.Component;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One responder from start to stop: its addresses, its buffer, and its printer while it has one. Control thread, but for what the worker reads. */
final class StartedResponder implements StartedComponent {
    private static final int MAX_ADDRESSES = 1024;

    private final String name;
    private final Responders responders;
    private final ComponentCounters counters;
    private final int burstCapacity;
    private final long ownMac;
    private final ReplyBuffer buffer;
    private final Map<ByteBuffer, Long> macs = new LinkedHashMap<>();

    // read by the worker once per burst
    private volatile HostAddresses addresses = HostAddresses.NONE;
    private volatile PacketPrinter printer;

    StartedResponder(String name, Responders responders, ComponentCounters counters, int burstCapacity) {
        this.name = name;
        this.responders = responders;
        this.counters = counters;
        this.burstCapacity = burstCapacity;
        ownMac = responders.ownMac(name);
        buffer = new ReplyBuffer(burstCapacity);
        responders.add(name, this);
    }

    @Override
    public boolean isComplete(List<Input> inputs, List<Output> outputs) {
        return !inputs.isEmpty() && !outputs.isEmpty();
    }

    @Override
    public Component build(List<Input> inputs, List<Output> outputs) {
        return new Responder(name, this, inputs, outputs, buffer, counters, burstCapacity);
    }

    HostAddresses addresses() {
        return addresses;
    }

    /** Null while nothing is printed. */
    PacketPrinter printer() {
        return printer;
    }

    Responders.View view() {
        return new Responders.View(
                name, ownMac, Collections.unmodifiableMap(new LinkedHashMap<>(macs)), printer != null);
    }

    void add(ByteBuffer address, Long mac) {
        if (macs.containsKey(address)) {
            throw new GraphException(
                    Subject.EXECUTION,
                    "responder " + name + " answers for " + text(address) + " already, with "
                            + MacAddress.format(macs.get(address)));
        }
        if (macs.size() == MAX_ADDRESSES) {
            throw new GraphException(
                    Subject.EXECUTION,
                    "responder " + name + " has " + MAX_ADDRESSES + " addresses, it can have no more");
        }
        macs.put(address, mac == null ? ownMac : mac);
        addresses = new HostAddresses(macs);
    }

    void remove(ByteBuffer address) {
        if (macs.remove(address) == null) {
            throw new GraphException(Subject.EXECUTION, "responder " + name + " does not answer for " + text(address));
        }
        addresses = new HostAddresses(macs);
    }

    private static String text(ByteBuffer address) {
        return IpAddresses.format(address.array());
    }

    void print(boolean on) {
        PacketPrinter former = printer;
        if (on && former == null) {
            printer = responders.printer(name);
        } else if (!on && former != null) {
            printer = null;
            former.close();
        }
    }

    @Override
    public void close() {
        responders.remove(name);
        print(false);
        buffer.close();
    }
}
