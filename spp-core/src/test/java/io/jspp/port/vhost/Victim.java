package io.jspp.port.vhost;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.linux.LinuxException;
import io.jspp.port.Port;
import io.jspp.vhostuser.Requests;
import io.jspp.vhostuser.ScriptedFrontend;
import io.jspp.virtio.Features;

/** The port that hostile front-ends come to. What its guest sends comes back to the guest. */
final class Victim {
    static final long PLAIN = Features.VERSION_1 | Features.MRG_RXBUF;
    static final byte[] NOTHING = new byte[0];

    final String socket;
    final Port port;
    final TestPatch patch;

    Victim(VhostLab lab, int index) {
        socket = lab.socket(index);
        port = lab.open(index);
        patch = lab.patch(port, port);
    }

    /** One whose guest sends to another port. */
    Victim(VhostLab lab, int index, Port destination) {
        socket = lab.socket(index);
        port = lab.open(index);
        patch = lab.patch(port, destination);
    }

    ScriptedFrontend connect() {
        return new ScriptedFrontend(socket);
    }

    /** A guest with its rings not yet described. */
    HostileGuest guest(long features) {
        return new HostileGuest(this, features);
    }

    /** A guest with both rings running, 128 receive buffers offered and nothing sent. */
    HostileGuest started(long features) {
        return guest(features).start();
    }

    /** On a connection of its own, a request is answered with 1 or ends the connection. */
    void refuses(int request, byte[] payload, int... descriptors) {
        try (ScriptedFrontend f = connect()) {
            f.send(Requests.SET_PROTOCOL_FEATURES, ScriptedFrontend.u64(f.get(Requests.GET_PROTOCOL_FEATURES)));
            refuses(f, request, payload, descriptors);
        }
    }

    /** As {@link #refuses(int, byte[], int...)} on a connection that is there. */
    static void refuses(ScriptedFrontend f, int request, byte[] payload, int... descriptors) {
        long answer;
        try {
            answer = f.ask(request, payload, descriptors);
        } catch (LinuxException e) {
            return;
        } catch (AssertionError e) {
            assertTrue(String.valueOf(e.getMessage()).startsWith("connection ended"), e.getMessage());
            return;
        }
        assertTrue(answer == 1, Requests.name(request) + " was answered with " + answer);
    }

    /** Raw bytes on a connection of their own end it. */
    void endsAfter(byte[] bytes, int... descriptors) {
        try (ScriptedFrontend f = connect()) {
            try {
                f.raw(bytes, descriptors);
            } catch (LinuxException e) {
                return; // closed before the last byte was sent
            }
            assertTrue(f.ended(), "the connection goes on");
        }
    }

    /** Packets of the guest that the switch took or dropped. */
    long seen() {
        return patch.rx.counters().packets() + patch.rx.counters().drops();
    }

    long taken() {
        return patch.rx.counters().packets();
    }

    long delivered() {
        return patch.tx.counters().packets();
    }

    long rxDrops() {
        return patch.rx.counters().drops();
    }

    long txDrops() {
        return patch.tx.counters().drops();
    }
}
