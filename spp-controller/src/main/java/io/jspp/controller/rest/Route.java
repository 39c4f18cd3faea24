package io.jspp.controller.rest;

import java.util.Map;
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
        /**
         * @param path values of the path's variables
         * @param body the request body, empty for none
         */
        CompletableFuture<RestResponse> handle(Map<String, String> path, byte[] body) throws RestException;
    }
}
