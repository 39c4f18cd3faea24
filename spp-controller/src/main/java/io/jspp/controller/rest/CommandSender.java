package io.jspp.controller.rest;

import io.jspp.control.ProcessKind;
import io.jspp.control.ReplyShape;
import io.jspp.controller.inventory.Inventory;
import io.jspp.controller.inventory.ProcessEntry;
import io.jspp.controller.inventory.ProcessLostException;
import io.jspp.controller.inventory.ProcessTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Sends a command to a process and turns what comes back, or does not, into an answer. Thread-safe. */
final class CommandSender {
    private final Inventory inventory;
    private final Duration timeout;

    /** @param timeout how long a process may take for one command */
    CommandSender(final Inventory inventory, final Duration timeout) {
        this.inventory = inventory;
        this.timeout = timeout;
    }

    /**
     * The process a path addresses.
     *
     * @throws RestException 404 with SPP's text when it is not connected
     */
    ProcessEntry target(final ProcessKind kind, final Map<String, String> path) throws RestException {
        if (!kind.isSecondary()) {
            final ProcessEntry primary = inventory.primary();
            if (primary == null) {
                throw new RestException(404, "primary not found.");
            }
            return primary;
        }
        final int id = Integer.parseInt(path.get("id"));
        final ProcessEntry secondary = inventory.secondary(kind, id);
        if (secondary == null) {
            throw new RestException(404, "sec_id " + id + " not found.");
        }
        return secondary;
    }

    /** Sends a command after which the process goes on. */
    CompletableFuture<RestResponse> send(final ProcessEntry target, final String command, final ReplyShape shape) {
        return target.link().request(command, timeout).handle((reply, failure) -> {
            if (failure == null) {
                return judge(target.kind(), shape, command, reply);
            }
            final Throwable cause = cause(failure);
            return RestResponse.error(cause instanceof ProcessTimeoutException ? 504 : 500, cause.getMessage());
        });
    }

    /** Sends a command that ends the process, whose connection may then close instead of a reply. */
    CompletableFuture<RestResponse> sendLast(final ProcessEntry target, final String command) {
        // At once, so that nobody finds a process that is about to end.
        inventory.remove(target);
        return target.link().request(command, timeout).handle((reply, failure) -> {
            if (failure == null) {
                final RestResponse response = judge(target.kind(), ReplyShape.DONE, command, reply);
                if (response.status() != 204) {
                    restore(target);
                }
                return response;
            }
            final Throwable cause = cause(failure);
            if (cause instanceof ProcessLostException) {
                return RestResponse.NO_CONTENT;
            }
            restore(target);
            return RestResponse.error(cause instanceof ProcessTimeoutException ? 504 : 500, cause.getMessage());
        });
    }

    /** Who has taken its place meanwhile keeps it. */
    private void restore(final ProcessEntry target) {
        if (!inventory.restore(target)) {
            target.link().close();
        }
    }

    private static RestResponse judge(
            final ProcessKind kind, final ReplyShape shape, final String command, final String reply) {
        try {
            return ReplyReader.toResponse(kind, shape, command, reply);
        } catch (final RestException error) {
            return RestResponse.error(error.status(), error.getMessage());
        }
    }

    private static Throwable cause(final Throwable failure) {
        return failure instanceof CompletionException ? failure.getCause() : failure;
    }
}
