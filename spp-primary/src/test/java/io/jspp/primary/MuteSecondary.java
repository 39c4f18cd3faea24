package io.jspp.primary;

import io.jspp.attach.AttachConnection;
import io.jspp.attach.AttachMessage;
import java.nio.file.Path;
import java.util.List;

/** Attaches, drops its connection, and goes on for ever. Arguments: SOCKET ID. */
public final class MuteSecondary {
    private MuteSecondary() {}

    public static void main(String[] args) throws Exception {
        try (AttachConnection connection = AttachConnection.connect(Path.of(args[0]))) {
            connection.send(
                    AttachMessage.of("hello")
                            .with("version", 1)
                            .with("id", args[1])
                            .with("type", "nfv"),
                    List.of());
            AttachConnection.Received reply = connection.receive(10_000);
            System.out.println(reply.message());
        }
        System.out.println("connection closed");
        System.in.transferTo(System.out);
    }
}
