package io.jspp.secondary.component.responder;

import io.jspp.secondary.component.GraphException;
import io.jspp.secondary.component.GraphException.Subject;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;

/** The responders of a process by name, for commands and status. Control thread. */
public final class Responders {
    /** Locally administered, as QEMU's guests have it. */
    private static final long PREFIX = 0x5254_0000_0000L;

    private final int clientId;
    private final PrintStream out;
    private final int printRate;
    private final Map<String, StartedResponder> responders = new LinkedHashMap<>();

    /**
     * @param clientId of this process, so that two don't choose the same MAC addresses
     * @param out where packets are printed
     * @param printRate packets per second that are printed at most
     */
    public Responders(int clientId, PrintStream out, int printRate) {
        this.clientId = clientId;
        this.out = out;
        this.printRate = printRate;
    }

    /**
     * What a responder has been told.
     *
     * @param mac its own MAC address
     * @param macs by address of 4 or 16 bytes, in the order in which they were added
     */
    public record View(String name, long mac, Map<ByteBuffer, Long> macs, boolean printing) {}

    /** All, in the order in which they were started. */
    public Collection<View> all() {
        return Collections.unmodifiableCollection(
                responders.values().stream().map(StartedResponder::view).toList());
    }

    /**
     * Answers for an address from now on.
     *
     * @param address 4 or 16 bytes
     * @param mac null for the responder's own
     * @throws GraphException when there is no such responder, or it has the address
     */
    public void add(String name, byte[] address, Long mac) {
        find(name).add(ByteBuffer.wrap(address), mac);
    }

    /** @throws GraphException when there is no such responder, or it does not have the address */
    public void remove(String name, byte[] address) {
        find(name).remove(ByteBuffer.wrap(address));
    }

    /** Switches the printing of pings. */
    public void print(String name, boolean on) {
        find(name).print(on);
    }

    private StartedResponder find(String name) {
        StartedResponder responder = responders.get(name);
        if (responder == null) {
            throw new GraphException(Subject.COMPONENT_NAME, "no responder " + name + " runs here");
        }
        return responder;
    }

    void add(String name, StartedResponder responder) {
        responders.put(name, responder);
    }

    void remove(String name) {
        responders.remove(name);
    }

    PacketPrinter printer(String name) {
        return new PacketPrinter(name, out, printRate);
    }

    /** The same whenever a process with this id starts a responder of this name. */
    long ownMac(String name) {
        CRC32 hash = new CRC32();
        hash.update((clientId + " " + name).getBytes(StandardCharsets.UTF_8));
        return PREFIX | hash.getValue() & 0xff_ffffL;
    }
}
