package io.jspp.controller.rest;

import io.jspp.controller.inventory.ProcessEntry;
import io.jspp.controller.json.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Asks for what a status does not show of a long classifier table, page by page. Thread-safe. */
final class ClassifierPages {
    /** Of one process: what is read of a table lies in this one's memory. */
    static final int MAX_ENTRIES = 100_000;

    private static final String TABLE = "classifier_table";
    private static final String TOTAL = "classifier_entries";
    private static final String CHANGES = "classifier_changes";
    private static final int TRIES = 5;

    private final Duration timeout;

    ClassifierPages(final Duration timeout) {
        this.timeout = timeout;
    }

    /** The same answer with the whole table; as it is when it has that, or when there is too much of it. Never fails. */
    CompletableFuture<StatusCollector.Answer> complete(final StatusCollector.Answer answer) {
        final long total = answer.status() == null ? 0 : number(answer.status(), TOTAL);
        final int shown = answer.status() == null
                ? 0
                : Json.asArray(answer.status().get(TABLE)).size();
        return total <= shown || total > MAX_ENTRIES
                ? CompletableFuture.completedFuture(answer)
                : new Reading(answer).read();
    }

    /** One table. */
    private final class Reading {
        private final StatusCollector.Answer answer;
        private final List<Object> entries = new ArrayList<>();
        private long changes = -1;
        private int tries;

        Reading(final StatusCollector.Answer answer) {
            this.answer = answer;
        }

        CompletableFuture<StatusCollector.Answer> read() {
            final ProcessEntry process = answer.entry();
            return process.link()
                    .request("classifier_table show " + entries.size(), timeout)
                    .handle((reply, failure) -> failure == null
                            ? take(reply)
                            : CompletableFuture.completedFuture(StatusCollector.Answer.failed(process, failure)))
                    .thenCompose(Function.identity());
        }

        private CompletableFuture<StatusCollector.Answer> take(final String reply) {
            Map<String, Object> page = null;
            try {
                page = StatusCollector.info(answer.entry(), reply);
            } catch (final IOException noJson) {
                return nonsense("answered no JSON to \"classifier_table show\"");
            }
            if (page == null) {
                return nonsense("answered no page of its classifier table");
            }
            final List<?> some = Json.asArray(page.get(TABLE));
            final long total = number(page, TOTAL);
            if (entries.isEmpty()) {
                changes = number(page, CHANGES);
            } else if (changes != number(page, CHANGES)) {
                entries.clear();
                return ++tries < TRIES ? read() : nonsense("changes its classifier table all the time: try again");
            }
            entries.addAll(some);
            if (entries.size() == total) {
                final Map<String, Object> status = new LinkedHashMap<>(answer.status());
                status.put(TABLE, entries);
                status.put(TOTAL, total);
                return CompletableFuture.completedFuture(
                        new StatusCollector.Answer(answer.entry(), status, null, answer.code()));
            }
            return some.isEmpty() || entries.size() > total || total > MAX_ENTRIES
                    ? nonsense("answered " + entries.size() + " of " + total + " classifier entries")
                    : read();
        }

        private CompletableFuture<StatusCollector.Answer> nonsense(final String what) {
            return CompletableFuture.completedFuture(StatusCollector.Answer.nonsense(answer.entry(), what));
        }
    }

    private static long number(final Map<String, Object> object, final String member) {
        return object.get(member) instanceof Number number ? number.longValue() : -1;
    }
}
