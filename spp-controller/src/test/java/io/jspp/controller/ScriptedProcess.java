package io.jspp.controller;

import io.jspp.control.JsonWriter;
import io.jspp.control.ProcessKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * SPP's primary or nfv as its controller sees it: one read is one request, replies are padded with NULs to 32768 bytes,
 * {@code patch reset} is answered with its own words. Keeps ports and patches, so that a status shows what was done.
 */
public final class ScriptedProcess implements AutoCloseable {
    private static final int SPP_REPLY_BYTES = 32_768;

    private final ProcessKind kind;
    private final int clientId;
    private final AnsweringProcess process;
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    private final List<String> ports = new ArrayList<>(List.of("phy:0", "phy:1"));
    private final Map<String, String> patches = new LinkedHashMap<>();
    private final boolean withForwarder;
    private boolean running;
    private volatile boolean silent;

    private ScriptedProcess(final ProcessKind kind, final int clientId, final int port, final boolean withForwarder)
            throws IOException {
        this.kind = kind;
        this.clientId = clientId;
        this.withForwarder = withForwarder;
        process = new AnsweringProcess(port, this::reply, true);
    }

    public static ScriptedProcess primary(final Controller controller) throws IOException {
        return new ScriptedProcess(ProcessKind.PRIMARY, 0, controller.primaryPort(), true);
    }

    public static ScriptedProcess primaryWithoutForwarder(final Controller controller) throws IOException {
        return new ScriptedProcess(ProcessKind.PRIMARY, 0, controller.primaryPort(), false);
    }

    public static ScriptedProcess nfv(final Controller controller, final int clientId) throws IOException {
        return new ScriptedProcess(ProcessKind.NFV, clientId, controller.secondaryPort(), false);
    }

    /** Requests so far, as they came. */
    public List<String> requests() {
        synchronized (requests) {
            return List.copyOf(requests);
        }
    }

    /** From now on it answers nothing. */
    public void fallSilent() {
        silent = true;
    }

    /** True when the controller has closed the connection, or it has ended by {@code exit}. */
    public boolean hasEnded() {
        return process.hasEnded();
    }

    @Override
    public void close() throws IOException {
        process.close();
    }

    private String reply(final String request) {
        requests.add(request);
        if (silent) {
            return null;
        }
        final byte[] answer = answer(request.split(" ")).getBytes(StandardCharsets.UTF_8);
        return new String(Arrays.copyOf(answer, SPP_REPLY_BYTES), StandardCharsets.UTF_8);
    }

    private String answer(final String[] words) {
        switch (words[0]) {
            case "_get_client_id":
                return "{\"results\":[{\"result\":\"success\"}],\"client_id\":" + clientId + ",\"process_type\":\""
                        + kind.wireName() + "\"}";
            case "status":
                return kind == ProcessKind.PRIMARY ? primaryStatus() : nfvStatus();
            case "add":
                ports.add(words[1]);
                return result(true, "add", ",\"port\":\"" + words[1] + '"');
            case "del":
                return result(ports.remove(words[1]), "del", ",\"port\":\"" + words[1] + '"');
            case "patch":
                return patch(words);
            case "flow":
                return words[1].equals("destroy")
                        ? "{\"result\": \"error\", \"message\": \"Flow rule #" + words[3] + " not found\"}"
                        : "{\"result\": \"success\", \"message\": \"Flow rule #0 created\", \"rule_id\": \"0\"}";
            case "forward", "stop":
                running = words[0].equals("forward");
                return result(true, words[0], "");
            default:
                return result(true, words[0], "");
        }
    }

    private String patch(final String[] words) {
        if (words[1].equals("reset")) {
            patches.clear();
            return "patch\0reset";
        }
        if (words[1].equals("del")) { // of ours, SPP's has no such command
            patches.remove(words[2]);
            return result(true, "patch", "");
        }
        final boolean known = ports.contains(words[1]) && ports.contains(words[2]);
        if (known) {
            patches.put(words[1], words[2]);
        }
        return result(known, "patch", ",\"ports\":{\"src\":\"" + words[1] + "\",\"dst\":\"" + words[2] + "\"}");
    }

    private static String result(final boolean succeeded, final String command, final String more) {
        return "{\"result\":\"" + (succeeded ? "succeeded" : "failed") + "\",\"command\":\"" + command + '"' + more
                + '}';
    }

    private String nfvStatus() {
        final JsonWriter json = new JsonWriter().object();
        json.field("client-id", clientId).field("status", running ? "running" : "idling");
        json.field("master-lcore", 1).field("lcores", new int[] {1, 2});
        writePortsAndPatches(json);
        return json.endObject().toString();
    }

    private String primaryStatus() {
        final JsonWriter json = new JsonWriter().object();
        json.field("master-lcore", 0).field("lcores", withForwarder ? new int[] {0, 1} : new int[] {0});
        if (withForwarder) {
            json.name("forwarder").object().field("status", running ? "running" : "idling");
            writePortsAndPatches(json);
            json.endObject();
        }
        json.name("phy_ports").array();
        for (int id = 0; id < 2; id++) {
            json.object().field("id", id).field("eth", "56:48:4f:53:54:0" + id).field("rx", id * 78_932_932L);
            json.field("tx", 0).field("tx_drop", 0).name("nof_queues").object();
            json.field("rx", 1)
                    .field("tx", 1)
                    .endObject()
                    .name("flow")
                    .array()
                    .endArray()
                    .endObject();
        }
        json.endArray().name("ring_ports").array();
        for (int id = 0; id < 8; id++) {
            json.object()
                    .field("id", id)
                    .field("rx", 0)
                    .field("rx_drop", 0)
                    .field("tx", 0)
                    .field("tx_drop", 0);
            json.endObject();
        }
        return json.endArray().name("pipes").array().endArray().endObject().toString();
    }

    private void writePortsAndPatches(final JsonWriter json) {
        json.field("ports", ports).name("patches").array();
        patches.forEach(
                (src, dst) -> json.object().field("src", src).field("dst", dst).endObject());
        json.endArray();
    }
}
