package io.jspp.controller.rest;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Between Jetty and the router. Waits for nothing: neither for a slow body nor for a silent process. */
final class RestHandler extends Handler.Abstract {
    /** Longest request body. */
    static final int MAX_BODY_BYTES = 64 * 1024;

    /** However steadily its bytes trickle in. */
    private static final int BODY_TIMEOUT_S = 10;

    private static final Logger LOG = LoggerFactory.getLogger(RestHandler.class);

    private final Router router;
    private final RequestCheck check;
    private final Executor executor;

    RestHandler(final Router router, final RequestCheck check, final Executor executor) {
        super(InvocationType.NON_BLOCKING);
        this.router = router;
        this.check = check;
        this.executor = executor;
    }

    @Override
    public boolean handle(final Request request, final Response response, final Callback callback) {
        final String method = request.getMethod();
        final String path = Request.getPathInContext(request);
        final String query = request.getHttpURI().getQuery();
        final RestResponse refusal = check.refusal(request);
        if (refusal != null) {
            write(refusal, response, callback);
            return true;
        }
        if (request.getLength() > MAX_BODY_BYTES) {
            fail(new IllegalStateException("too long"), response, callback);
            return true;
        }
        final CompletableFuture<byte[]> wholeBody = new CompletableFuture<>();
        Content.Source.asByteArrayAsync(request, MAX_BODY_BYTES, Promise.Invocable.toPromise(wholeBody));
        wholeBody
                .orTimeout(BODY_TIMEOUT_S, TimeUnit.SECONDS)
                .thenComposeAsync(body -> router.handle(method, path, query, body), executor)
                .whenCompleteAsync(
                        (answer, failure) -> {
                            if (failure == null) {
                                LOG.debug("{} {} {}", answer.status(), method, path);
                                write(answer, response, callback);
                            } else {
                                fail(failure, response, callback);
                            }
                        },
                        executor);
        return true;
    }

    /** Without a whole body the rest of the connection cannot be trusted either, so it is closed. */
    private static void fail(final Throwable failure, final Response response, final Callback callback) {
        final Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        response.getHeaders().put(HttpHeader.CONNECTION, "close");
        if (cause instanceof IllegalStateException) {
            write(RestResponse.error(413, "the body is longer than " + MAX_BODY_BYTES + " bytes."), response, callback);
        } else if (cause instanceof TimeoutException) {
            write(
                    RestResponse.error(408, "the body did not come within " + BODY_TIMEOUT_S + " s."),
                    response,
                    callback);
        } else if (cause instanceof HttpException http) {
            write(RestResponse.error(http.getCode(), String.valueOf(http.getReason())), response, callback);
        } else {
            callback.failed(cause);
        }
    }

    private static void write(final RestResponse answer, final Response response, final Callback callback) {
        final byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        response.setStatus(answer.status());
        if (answer.contentType() != null) {
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, answer.contentType());
        }
        answer.headers().forEach((name, value) -> response.getHeaders().put(name, value));
        if (answer.stream() != null && !response.getRequest().getMethod().equals("HEAD")) {
            answer.stream().accept(new ResponseStream(response, callback));
            return;
        }
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
        response.write(true, ByteBuffer.wrap(body), callback);
    }
}
