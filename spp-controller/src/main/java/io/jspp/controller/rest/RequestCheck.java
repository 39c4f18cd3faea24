package io.jspp.controller.rest;

import io.jspp.controller.access.AccessToken;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Request;

/** Decides from its headers whether a request is heard at all: first where it comes from, then who sends it. Immutable, any thread. */
final class RequestCheck {
    private static final RestResponse NO_TOKEN = new RestResponse(
            401,
            "text/plain",
            "this controller wants a token: cli --token-file FILE, or the header Authorization: Bearer TOKEN; ctl's"
                    + " --token-file names the file.",
            Map.of("WWW-Authenticate", "Bearer realm=\"spp\""));

    private final OriginCheck originCheck;
    private final AccessToken token;
    private final Connector unix;

    /**
     * @param token what requests over TCP must bring, or null
     * @param unix the connector whose callers are known by the rights of its file, or null
     */
    RequestCheck(final OriginCheck originCheck, final AccessToken token, final Connector unix) {
        this.originCheck = originCheck;
        this.token = token;
        this.unix = unix;
    }

    /** The answer to a request that is not heard, else null. */
    RestResponse refusal(final Request request) {
        final String elsewhere = originCheck.refusal(
                request.getHeaders().get(HttpHeader.HOST), request.getHeaders().get(HttpHeader.ORIGIN));
        if (elsewhere != null) {
            return RestResponse.error(403, elsewhere);
        }
        final boolean known = token == null
                || (unix != null && request.getConnectionMetaData().getConnector() == unix);
        return known || token.isBroughtBy(request.getHeaders().get(HttpHeader.AUTHORIZATION)) ? null : NO_TOKEN;
    }
}
