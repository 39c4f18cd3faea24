package io.jspp.controller.rest;

import io.jspp.controller.inventory.Inventory;
import io.jspp.controller.inventory.ProcessEntry;
import io.jspp.controller.inventory.ProcessTimeoutException;
import io.jspp.controller.json.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Asks processes for their status, all at once, so that a silent one costs one timeout and no more. Thread-safe. */
final class StatusCollector {
    private static final int OK = 200;
    private static final int NONSENSE = 502;
    private static final int SILENT = 504;

    private final Inventory inventory;
    private final Duration timeout;

    StatusCollector(final Inventory inventory, final Duration timeout) {
        this.inventory = inventory;
        this.timeout = timeout;
    }

    /**
     * What one process said.
     *
     * @param entry who
     * @param status members of its status; null when it gave none
     * @param error why not, else null
     * @param code HTTP status of an answer that is worth nothing without this one: 504 it was silent, 502 it talked nonsense or went away
     */
    record Answer(ProcessEntry entry, Map<String, Object> status, String error, int code) {
        /** One that told nothing, because it did not in time, or went away meanwhile. */
        static Answer failed(final ProcessEntry entry, final Throwable failure) {
            final Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            final int code = cause instanceof ProcessTimeoutException ? SILENT : NONSENSE;
            return new Answer(entry, null, String.valueOf(cause.getMessage()), code);
        }

        /** One that told something else than it was asked for. */
        static Answer nonsense(final ProcessEntry entry, final String what) {
            return new Answer(entry, null, entry.label() + ' ' + what, NONSENSE);
        }

        /** {@code type} and {@code client-id}, for the beginning of a JSON object. */
        Map<String, Object> head() {
            return describe("type", entry);
        }

        /** An array of objects in the status, empty when there is none. */
        List<Map<String, Object>> objects(final String member) {
            return Json.objects(status, member);
        }
    }

    /** Answers of all processes that are connected now, in the inventory's order. Never fails. */
    CompletableFuture<List<Answer>> all() {
        final List<CompletableFuture<Answer>> answers = new ArrayList<>();
        for (final ProcessEntry entry : inventory.all()) {
            answers.add(
                    entry.link().request("status", timeout).handle((reply, failure) -> read(entry, reply, failure)));
        }
        return CompletableFuture.allOf(answers.toArray(new CompletableFuture<?>[0]))
                .thenApply(done -> answers.stream().map(CompletableFuture::join).toList());
    }

    /** {@code {"type":"nfv","client-id":1}}, to be continued. */
    static Map<String, Object> describe(final String typeKey, final ProcessEntry entry) {
        final Map<String, Object> object = new LinkedHashMap<>();
        object.put(typeKey, entry.kind().wireName());
        if (entry.kind().isSecondary()) {
            object.put("client-id", entry.clientId());
        }
        return object;
    }

    private static Answer read(final ProcessEntry entry, final String reply, final Throwable failure) {
        if (failure != null) {
            return Answer.failed(entry, failure);
        }
        try {
            final Map<String, Object> status = info(entry, reply);
            return status == null ? Answer.nonsense(entry, "answered no status") : new Answer(entry, status, null, OK);
        } catch (final IOException noJson) {
            return Answer.nonsense(entry, "answered no JSON to \"status\"");
        }
    }

    /**
     * The object in a reply to a command that asks; null when there is none.
     *
     * @throws IOException it is no JSON
     */
    static Map<String, Object> info(final ProcessEntry entry, final String reply) throws IOException {
        final Map<String, Object> object = Json.asObject(Json.parse(reply));
        return object != null && entry.kind().listsResults() ? Json.asObject(object.get("info")) : object;
    }
}
