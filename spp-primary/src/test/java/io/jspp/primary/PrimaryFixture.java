package io.jspp.primary;

import io.jspp.attach.AttachClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Starts primaries and secondaries as processes in a run directory of their own, and plays the controller. */
final class PrimaryFixture implements AutoCloseable {
    private final Path base;
    private final ServerSocket controller = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
    private final List<ChildJvm> children = new ArrayList<>();

    PrimaryFixture(Path base) throws IOException {
        this.base = base;
        controller.setSoTimeout(30_000);
    }

    Map<String, String> environment() {
        return Map.of("SPP_RUN_DIR", base.resolve("run").toString());
    }

    Path runDirectory() {
        return base.resolve("run").resolve("rte");
    }

    /** A primary with four rings and few mbufs, and further words. */
    ChildJvm primary(String ealWords, String applicationWords) throws IOException {
        String line = (ealWords.contains("-l ") ? "" : "-l 0 ") + "--no-huge " + ealWords
                + " -- -p 0x1 -n 4 -s 127.0.0.1:" + controller.getLocalPort() + " " + applicationWords;
        return start(PrimaryMain.class, line.strip().split(" +"));
    }

    ChildJvm start(Class<?> main, String... arguments) throws IOException {
        ChildJvm child = new ChildJvm(main, environment(), arguments);
        children.add(child);
        return child;
    }

    ChildJvm secondary(int id, String... more) throws IOException {
        List<String> arguments = new ArrayList<>(
                List.of(runDirectory().resolve(AttachClient.SOCKET_NAME).toString(), Integer.toString(id), "nfv"));
        arguments.addAll(List.of(more));
        return start(SecondaryProbe.class, arguments.toArray(String[]::new));
    }

    /** The next connection of a primary. */
    Socket acceptPrimary() throws IOException {
        Socket socket = controller.accept();
        socket.setSoTimeout(30_000);
        return socket;
    }

    /** Sends a request and reads one JSON object. */
    static String ask(Socket primary, String request) throws IOException {
        primary.getOutputStream().write((request + "\n").getBytes(StandardCharsets.US_ASCII));
        StringBuilder json = new StringBuilder();
        int depth = 0;
        do {
            int c = primary.getInputStream().read();
            if (c < 0) {
                throw new IOException("end of file after " + json);
            }
            json.append((char) c);
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
        } while (depth > 0);
        return json.toString();
    }

    /** Files below the run directory's base. */
    List<String> leftovers() throws IOException {
        if (!Files.exists(base.resolve("run"))) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(base.resolve("run"))) {
            return files.map(Path::toString).toList();
        }
    }

    @Override
    public void close() throws Exception {
        for (ChildJvm child : children) {
            child.close();
        }
        controller.close();
    }
}
