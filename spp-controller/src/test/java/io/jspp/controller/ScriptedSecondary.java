package io.jspp.controller;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** SPP's spp_vf, spp_mirror or spp_pcap as the transcripts show it: spaced JSON without padding, a status that a test sets, errors that a test names. */
public final class ScriptedSecondary implements AutoCloseable {
    private static final String SUCCESS = "{ \"results\": [ { \"result\": \"success\" } ] }";

    private final String type;
    private final int clientId;
    private final AnsweringProcess process;
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, String> errors = new ConcurrentHashMap<>();
    private final Map<String, String> infos = new ConcurrentHashMap<>();
    private volatile String info = "{ }";

    public ScriptedSecondary(final Controller controller, final String type, final int clientId) throws IOException {
        this.type = type;
        this.clientId = clientId;
        process = new AnsweringProcess(controller.secondaryPort(), this::answer);
    }

    /** What {@code status} answers behind {@code "info":}. */
    public void status(final String json) {
        info = json;
    }

    /** This command fails with this message from now on. */
    public void fail(final String command, final String message) {
        errors.put(command, message);
    }

    /** This command answers this behind {@code "info":} from now on. */
    public void answer(final String command, final String json) {
        infos.put(command, json);
    }

    /** Requests other than status and registration since the last call. */
    public List<String> takeRequests() {
        synchronized (requests) {
            final List<String> all = List.copyOf(requests);
            requests.clear();
            return all;
        }
    }

    private String answer(final String request) {
        if (request.equals("_get_client_id")) {
            return SUCCESS.replace(" ] }", " ], \"client_id\": " + clientId + ", \"process_type\": \"" + type + "\" }");
        }
        final boolean status = request.equals("status");
        if (!status) {
            requests.add(request);
        }
        final String json = status ? info : infos.get(request);
        if (json != null) {
            return SUCCESS.replace(" ] }", " ], \"info\": " + json + " }");
        }
        final String message = errors.get(request);
        return message == null
                ? SUCCESS
                : "{ \"results\": [ { \"result\": \"error\", \"error_details\": { \"message\": \"" + message
                        + "\" } } ] }";
    }

    @Override
    public void close() throws IOException {
        process.close();
    }
}
