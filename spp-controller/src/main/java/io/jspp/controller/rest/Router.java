package io.jspp.controller.rest;

import io.jspp.control.CommandCodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the route of a request; answers what has none as SPP does. Immutable, any thread. */
final class Router {
    private static final Logger LOG = LoggerFactory.getLogger(Router.class);
    /** Where SPP mounts its handlers, longest first: a 404 shows the path behind the mount. */
    private static final List<String> MOUNTS = Arrays.asList(
            "/v1/primary/flow_rules", "/v1/primary", "/v1/mirrors", "/v1/pcaps", "/v1/nfvs", "/v1/vfs", "/v1");

    private final List<Route> routes;

    Router(final Collection<Route> routes) {
        this.routes = List.copyOf(routes);
    }

    List<Route> routes() {
        return routes;
    }

    /** @param query as in the URL, or null */
    CompletableFuture<RestResponse> handle(
            final String method, final String path, final String query, final byte[] body) {
        // As in SPP; the server leaves the body out.
        final String wanted = method.equals("HEAD") ? "GET" : method;
        final List<String> allowed = new ArrayList<>();
        for (final Route route : routes) {
            final Map<String, String> values = route.path().match(path);
            if (values != null && route.method().equals(wanted)) {
                return run(route, values, query, body);
            }
            if (values != null) {
                allowed.add(route.method());
            }
        }
        return CompletableFuture.completedFuture(
                allowed.isEmpty()
                        ? RestResponse.error(
                                404, "Not found: '" + CommandCodec.printable(behindMount(path), 200) + '\'')
                        : new RestResponse(
                                405,
                                "text/plain",
                                "Method not allowed.",
                                Map.of("Allow", String.join(",", new TreeSet<>(allowed)))));
    }

    private static CompletableFuture<RestResponse> run(
            final Route route, final Map<String, String> values, final String query, final byte[] body) {
        try {
            return route.action()
                    .handle(new RestRequest(values, RestRequest.parseQuery(query), body))
                    .exceptionally(failure -> fault(route, failure));
        } catch (final RestException refused) {
            return CompletableFuture.completedFuture(RestResponse.error(refused.status(), refused.getMessage()));
        } catch (final RuntimeException failure) {
            return CompletableFuture.completedFuture(fault(route, failure));
        }
    }

    private static RestResponse fault(final Route route, final Throwable failure) {
        LOG.error("{} {}", route.method(), route.path(), failure);
        return RestResponse.error(500, "Internal Server Error");
    }

    private static String behindMount(final String path) {
        return MOUNTS.stream()
                .filter(mount -> path.startsWith(mount + '/'))
                .max(Comparator.comparingInt(String::length))
                .map(mount -> path.substring(mount.length()))
                .orElse(path);
    }
}
