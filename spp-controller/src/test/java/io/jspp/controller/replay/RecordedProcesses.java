package io.jspp.controller.replay;

import io.jspp.controller.AnsweringProcess;
import io.jspp.controller.TestController;
import io.jspp.controller.json.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The five processes of the recording: primary, nfv 1, vf 2, mirror 3, pcap 4. They answer what the test says, in the form of SPP's. */
final class RecordedProcesses implements AutoCloseable {
    /** What SPP's primary and nfv pad their replies to. */
    private static final int PADDED_BYTES = 32_768;

    private static final String SUCCESS = "{ \"results\": [ { \"result\": \"success\" } ] }";

    private final Map<String, String> statuses = new LinkedHashMap<>();
    private final Map<String, String> replies = new LinkedHashMap<>();
    private final List<String> requests = new ArrayList<>();
    private final List<AnsweringProcess> processes = new ArrayList<>();

    RecordedProcesses(final TestController ctl) throws IOException {
        processes.add(
                new AnsweringProcess(ctl.controller().primaryPort(), request -> padded(answer("primary0", request))));
        final StringBuilder listed = new StringBuilder("[{\"type\": \"primary\"}");
        ctl.awaitProcesses(listed + "]");
        int id = 1;
        for (final String type : List.of("nfv", "vf", "mirror", "pcap")) {
            final String name = type + id;
            final boolean pads = type.equals("nfv");
            processes.add(AnsweringProcess.secondary(ctl.controller(), type, id, request -> {
                final String reply = answer(name, request);
                return pads ? padded(reply) : reply;
            }));
            listed.append(", {\"type\": \"")
                    .append(type)
                    .append("\", \"client-id\": ")
                    .append(id++)
                    .append('}');
            ctl.awaitProcesses(listed + "]");
        }
    }

    /** From now on this is what a {@code GET} shows, in the form it has in REST. */
    synchronized void status(final String process, final String rest) throws IOException {
        final Map<String, Object> status = Json.asObject(Json.parse(rest));
        statuses.put(
                process,
                process.startsWith("primary") || process.startsWith("nfv")
                        ? Json.write(status).replace(", \"", ",\"").replace("\": ", "\":")
                        : "{ \"results\": [ { \"result\": \"success\" } ], \"info\": " + Json.write(onWire(status))
                                + " }");
    }

    synchronized void reply(final String process, final String request, final String reply) {
        replies.put(process + ' ' + request, reply);
    }

    /** What they were sent since the last call, status and registration left out. */
    synchronized List<String> takeRequests() {
        final List<String> taken = List.copyOf(requests);
        requests.clear();
        return taken;
    }

    /** vf and mirror tell port numbers by type, and name their components otherwise. */
    private static Map<String, Object> onWire(final Map<String, Object> rest) {
        if (rest.get("components") == null) {
            return rest;
        }
        final Map<String, Object> info = new LinkedHashMap<>();
        info.put("client-id", rest.get("client-id"));
        for (final String type : List.of("phy", "vhost", "ring")) {
            info.put(
                    type,
                    Json.asArray(rest.get("ports")).stream()
                            .map(Object::toString)
                            .filter(port -> port.startsWith(type + ':'))
                            .map(port -> port.substring(type.length() + 1))
                            .toList());
        }
        info.put("master-lcore", rest.get("master-lcore"));
        info.put("core", rest.get("components"));
        if (rest.get("classifier_table") != null) {
            info.put("classifier_table", rest.get("classifier_table"));
        }
        return info;
    }

    private synchronized String answer(final String process, final String request) {
        if (request.equals("status")) {
            return statuses.get(process);
        }
        requests.add(process + ' ' + request);
        final boolean compact = process.startsWith("primary") || process.startsWith("nfv");
        return replies.getOrDefault(
                process + ' ' + request,
                compact ? "{\"result\":\"succeeded\",\"command\":\"" + request.split(" ")[0] + "\"}" : SUCCESS);
    }

    private static String padded(final String reply) {
        return reply == null ? null : reply + "\0".repeat(PADDED_BYTES - reply.length());
    }

    @Override
    public void close() throws IOException {
        for (final AnsweringProcess process : processes) {
            process.close();
        }
    }
}
