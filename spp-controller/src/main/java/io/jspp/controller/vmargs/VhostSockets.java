package io.jspp.controller.vmargs;

import io.jspp.controller.json.Json;
import io.jspp.controller.shell.RestClient;
import io.jspp.controller.shell.ShellException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Where the sockets of vhost ports are: as running processes tell through their controller, else by the rules of the options. */
final class VhostSockets {
    private static final String TYPE = "vhost:";

    /** What a running process says about one of its ports. */
    record Known(String socket, boolean listens, String process) {}

    private final Path directory;
    private final boolean listens;
    private final Map<Integer, Known> running = new TreeMap<>();

    /**
     * @param directory of sockets when no process tells
     * @param listens the switch's role then
     */
    VhostSockets(Path directory, boolean listens) {
        this.directory = directory;
        this.listens = listens;
    }

    /**
     * Asks all processes of a controller.
     *
     * @throws ShellException when it is not there, or one of them does not answer
     */
    void ask(RestClient controller) throws ShellException {
        controller.secondaries().forEach(this::learn);
    }

    /** Takes what a process says of its ports. */
    void learn(String process, Map<String, Object> status) {
        for (Map<String, Object> state : Json.objects(status, "port_states")) {
            if (state.get("port") instanceof String port
                    && port.matches(TYPE + "[0-9]{1,4}")
                    && state.get("socket") instanceof String socket) {
                int index = Integer.parseInt(port.substring(TYPE.length()));
                running.putIfAbsent(index, new Known(socket, !"client".equals(state.get("role")), process));
            }
        }
    }

    /** Numbers of the vhost ports that running processes have. */
    Iterable<Integer> known() {
        return running.keySet();
    }

    /** The process that has this port, or null. */
    String processOf(int index) {
        Known known = running.get(index);
        return known == null ? null : known.process;
    }

    /** A port as a card. */
    Card card(int index, String mac) {
        Known known = running.get(index);
        String port = TYPE + index;
        return known != null
                ? new Card(port, known.socket, known.listens, "as " + known.process + " says", mac)
                : new Card(
                        port,
                        directory.resolve("sock" + index).toString(),
                        listens,
                        "no running process has it: after add " + port + " with these options",
                        mac);
    }
}
