package io.jspp.primary;

import io.jspp.linux.Constants;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.linux.LinuxException;
import io.jspp.linux.SocketAddress;
import io.jspp.linux.Sockets;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;

/** Says random things to a primary: bytes, half-right records, descriptors that nobody asked for. */
public final class HostilePeer {
    private static final String[] PARTS = {
        "hello",
        "claim",
        "release",
        "devices",
        "bye",
        "ok",
        "error",
        "version=1",
        "version=9",
        "id=9",
        "id=0",
        "id=999",
        "id=x",
        "type=nfv",
        "type=%00",
        "segment=1",
        "epoch=1",
        "claims=ring:0/0/tx",
        "claims=,,/",
        "eventfds=ring:0,x",
        "ring:0",
        "ring:99999",
        "phy:0",
        "0",
        "99999999999999999999",
        "rx",
        "tx",
        "seq=1",
        "seq=1",
        "%",
        "%G0",
        "=",
        "a=b=c",
        "forget=2",
        "fresh=1"
    };

    private HostilePeer() {}

    /** Arguments: SOCKET SEED MESSAGES. A process of its own, since a primary may kill who attaches and lets go. */
    public static void main(String[] args) {
        run(Path.of(args[0]), Long.parseLong(args[1]), Integer.parseInt(args[2]));
    }

    private static void run(Path socket, long seed, int messages) {
        Random random = new Random(seed);
        FileDescriptor connection = connect(socket);
        try (FileDescriptor junk = Linux.eventfd()) {
            for (int i = 0; i < messages; i++) {
                byte[] message =
                        random.nextInt(4) == 0 ? bytes(random) : record(random).getBytes(StandardCharsets.US_ASCII);
                int[] descriptors = random.nextInt(3) == 0 ? new int[] {junk.value(), junk.value()} : new int[0];
                try {
                    Sockets.send(connection.value(), message, 0, message.length, descriptors, 0);
                    Linux.pollOne(connection.value(), Constants.POLLIN, 1000);
                    Sockets.receive(connection.value(), new byte[70_000], 0, 70_000, 253, Constants.MSG_DONTWAIT)
                            .closeDescriptors();
                } catch (LinuxException closed) {
                    connection.close();
                    connection = connect(socket);
                }
                if (random.nextInt(20) == 0) {
                    connection.close();
                    connection = connect(socket);
                }
            }
        } catch (RuntimeException e) {
            throw new AssertionError("seed " + seed, e);
        } finally {
            connection.close();
        }
    }

    private static FileDescriptor connect(Path socket) {
        FileDescriptor connection = Sockets.socket(Constants.AF_UNIX, Constants.SOCK_SEQPACKET, 0);
        Sockets.connect(connection.value(), SocketAddress.unix(socket.toString()));
        return connection;
    }

    private static byte[] bytes(Random random) {
        byte[] bytes = new byte[1 + random.nextInt(random.nextInt(10) == 0 ? 65_000 : 100)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static String record(Random random) {
        StringBuilder text = new StringBuilder();
        int parts = 1 + random.nextInt(8);
        for (int i = 0; i < parts; i++) {
            text.append(i == 0 ? "" : " ").append(PARTS[random.nextInt(PARTS.length)]);
        }
        return text.toString();
    }
}
