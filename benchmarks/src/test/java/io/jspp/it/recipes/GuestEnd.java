package io.jspp.it.recipes;

import io.jspp.frontend.FrontendConfig;
import io.jspp.frontend.FrontendSession;
import io.jspp.secondary.guest.GuestNic;
import io.jspp.testing.Patience;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** A guest on a vhost port. */
final class GuestEnd implements FarEnd {
    private static final int CONNECT_SECONDS = 20;

    private final GuestNic nic;
    private final byte[] buffer = new byte[GuestNic.MAX_FRAME];

    /** Connects, now or as soon as there is a port. */
    GuestEnd(Path socket) {
        nic = new GuestNic(FrontendConfig.connectTo(socket.toString()));
        nic.session().start();
    }

    /** Waits for the port. */
    void awaitConnection() {
        FrontendSession session = nic.session();
        Patience.await(
                session.config().socketPath(),
                CONNECT_SECONDS,
                () -> session.state() == FrontendSession.State.UP && session.enabledPairs() == 1);
    }

    @Override
    public void send(List<byte[]> frames) {
        for (byte[] frame : frames) {
            Patience.waitFor(() -> nic.send(frame, frame.length));
        }
    }

    @Override
    public byte[] receive() {
        int length = nic.receive(buffer);
        return length < 0 ? null : Arrays.copyOf(buffer, length);
    }

    @Override
    public void close() {
        nic.close();
    }
}
