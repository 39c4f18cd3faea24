package io.jspp.controller.rest;

import java.util.concurrent.CompletableFuture;

/**
 * What answers one method on one path.
 *
 * @param method HTTP method
 * @param path segments; {@code {id}} takes a number, other {@code {name}} any segment
 * @param action what to do
 */
record Route(String method, PathTemplate path, Action action) {

    /** Handles a request; runs on a pool thread and waits for nothing. */
    @FunctionalInterface
    interface Action {
        CompletableFuture<RestResponse> handle(RestRequest request) throws RestException;
    }
}
