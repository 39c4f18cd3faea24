package io.jspp.port.vhost;

import io.jspp.port.Claims;
import io.jspp.port.PortContext;
import io.jspp.port.PortId;
import java.util.Map;

/**
 * How one port meets its front-end.
 *
 * @param path of the socket, absolute
 * @param client whether we connect rather than listen
 * @param queuePairs offered at most
 */
record VhostSettings(String path, boolean client, int queuePairs) {
    /** Queue pairs of a port at most. */
    static final int MAX_QUEUE_PAIRS = 16;

    private static final String SOCKET = "socket";
    private static final String CLIENT = "client";
    private static final String QUEUES = "queues";

    /** Of {@code add vhost:N}: by the options of the process. */
    static VhostSettings added(PortId id, PortContext context) {
        String path = context.socketDirectory()
                .resolve("sock" + id.index())
                .toAbsolutePath()
                .toString();
        return new VhostSettings(path, context.vhostClient(), context.vhostQueues());
    }

    /** Of a device of the primary: by what came with the claim. */
    static VhostSettings granted(Claims.Grant grant) {
        Map<String, String> facts = grant.attributes();
        return new VhostSettings(
                facts.getOrDefault(SOCKET, ""),
                "1".equals(facts.get(CLIENT)),
                Integer.parseInt(facts.getOrDefault(QUEUES, "1")));
    }

    Map<String, String> toAttributes() {
        return Map.of(SOCKET, path, CLIENT, client ? "1" : "0", QUEUES, Integer.toString(queuePairs));
    }
}
