package io.jspp.controller.rest;

import io.jspp.controller.state.StateWriter;
import io.jspp.controller.state.StatusReader;
import io.jspp.controller.state.SwitchState;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

/** {@code GET /v2/state}: what is configured, made of all statuses at each call. */
final class StateRoute {
    /** Long tables lie in memory while they are told. */
    private static final int AT_ONCE = 2;

    private final StatusCollector statuses;
    private final Semaphore room = new Semaphore(AT_ONCE);
    private final ClassifierPages pages;

    StateRoute(final StatusCollector statuses, final ClassifierPages pages) {
        this.statuses = statuses;
        this.pages = pages;
    }

    Route route() {
        return new Route("GET", new PathTemplate("/v2/state"), this::handle);
    }

    private CompletableFuture<RestResponse> handle(final RestRequest request) throws RestException {
        final String format = request.query().getOrDefault("format", "json");
        if (!format.equals("json") && !format.equals("yaml")) {
            throw RestException.keyInvalid("format", RestException.show(format), "json or yaml");
        }
        if (!room.tryAcquire()) {
            throw new RestException(503, AT_ONCE + " others are being told the state now, try again.");
        }
        return CompletableFuture.completedFuture(format)
                .thenCompose(any -> statuses.all())
                .thenCompose(this::complete)
                .thenApply(answers -> respond(answers, format.equals("yaml")))
                .whenComplete((answer, failure) -> room.release());
    }

    private CompletableFuture<List<StatusCollector.Answer>> complete(final List<StatusCollector.Answer> answers) {
        final List<CompletableFuture<StatusCollector.Answer>> whole =
                answers.stream().map(pages::complete).toList();
        return CompletableFuture.allOf(whole.toArray(new CompletableFuture<?>[0]))
                .thenApply(done -> whole.stream().map(CompletableFuture::join).toList());
    }

    private static RestResponse respond(final List<StatusCollector.Answer> answers, final boolean yaml) {
        final StatusReader reader = new StatusReader();
        for (final StatusCollector.Answer answer : answers) {
            if (answer.status() == null) {
                return RestResponse.error(answer.code(), answer.error());
            }
            reader.add(answer.entry().kind(), answer.entry().clientId(), answer.status());
        }
        final String incomplete = reader.incomplete();
        if (incomplete != null) {
            return RestResponse.error(400, incomplete);
        }
        final SwitchState state = reader.read();
        return yaml
                ? new RestResponse(200, "application/yaml; charset=utf-8", StateWriter.yaml(state), Map.of())
                : RestResponse.json(StateWriter.document(state));
    }
}
