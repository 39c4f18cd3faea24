package io.jspp.controller.rest;

import io.jspp.control.ProcessKind;
import io.jspp.control.ReplyShape;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;

/**
 * The primary's routes whose bodies are lists of words of any number: {@code launch} and the flow rules. Words are checked one by
 * one, so that none of them can become another command's.
 */
final class PrimaryRoutes {
    private static final String FLOW = "/v1/primary/flow_rules";
    private static final String ON_PORT = "/port_id/{port:int}";
    private static final int MAX_FLOW_NUMBER = Integer.MAX_VALUE;
    private static final int MAX_FLOW_WORDS = 200;
    /** {@code eth dst is 10:22:33:44:55:66}. */
    private static final Pattern FLOW_ELEMENT = Pattern.compile("[A-Za-z0-9_.:]{1,64}( [A-Za-z0-9_.:]{1,64}){0,31}");

    private final CommandSender sender;

    PrimaryRoutes(final CommandSender sender) {
        this.sender = sender;
    }

    List<Route> all() {
        return List.of(
                new Route("PUT", new PathTemplate("/v1/primary/launch"), this::launch),
                new Route("POST", new PathTemplate(FLOW + ON_PORT + "/validate"), request -> rule(request, "validate")),
                new Route("POST", new PathTemplate(FLOW + ON_PORT), request -> rule(request, "create")),
                new Route("DELETE", new PathTemplate(FLOW + ON_PORT), request -> destroy(request, "ALL")),
                new Route(
                        "DELETE",
                        new PathTemplate(FLOW + "/{rule:int}" + ON_PORT),
                        request -> destroy(request, request.path().get("rule"))));
    }

    private CompletableFuture<RestResponse> launch(final RestRequest request) throws RestException {
        final String command = LaunchRequest.toCommand(JsonBody.parse(request.body()));
        return send(request, command, ReplyShape.DONE);
    }

    private CompletableFuture<RestResponse> rule(final RestRequest request, final String action) throws RestException {
        final Map<String, Object> rule = JsonBody.requiredObject(JsonBody.parse(request.body()), "rule");
        final Object direction = JsonBody.required(rule, "direction");
        final List<String> pattern = JsonBody.requiredTexts(rule, "pattern");
        final List<String> actions = JsonBody.requiredTexts(rule, "actions");
        if (!"ingress".equals(direction) && !"egress".equals(direction)) {
            throw RestException.keyInvalid("direction", RestException.show(direction), "one of egress, ingress");
        }
        final StringBuilder command = new StringBuilder("flow " + action + ' ' + port(request));
        final Integer group = JsonBody.number(rule, "group", null, MAX_FLOW_NUMBER);
        final Integer priority = JsonBody.number(rule, "priority", null, MAX_FLOW_NUMBER);
        command.append(group == null ? "" : " group " + group).append(priority == null ? "" : " priority " + priority);
        final Object transfer = rule.get("transfer");
        if (transfer != null && !(transfer instanceof Boolean)) {
            throw RestException.keyInvalid("transfer", RestException.show(transfer), "true or false");
        }
        command.append(Boolean.TRUE.equals(transfer) ? " transfer " : " ").append(direction);
        append(command.append(" pattern"), "pattern", pattern);
        append(command.append(" actions"), "actions", actions);
        return send(request, command.toString(), ReplyShape.OBJECT);
    }

    private CompletableFuture<RestResponse> destroy(final RestRequest request, final String rule) throws RestException {
        return send(request, "flow destroy " + port(request) + ' ' + rule, ReplyShape.OBJECT);
    }

    private CompletableFuture<RestResponse> send(
            final RestRequest request, final String command, final ReplyShape shape) throws RestException {
        return sender.send(sender.target(ProcessKind.PRIMARY, request.path()), command, shape);
    }

    private static String port(final RestRequest request) {
        return "phy:" + Integer.parseInt(request.path().get("port"));
    }

    private static void append(final StringBuilder command, final String key, final List<String> elements)
            throws RestException {
        int words = 0;
        for (final String element : elements) {
            words += element.length() - element.replace(" ", "").length() + 1;
            if (!FLOW_ELEMENT.matcher(element).matches() || words > MAX_FLOW_WORDS) {
                throw RestException.keyInvalid(
                        key,
                        RestException.show(element),
                        "words of A-Z a-z 0-9 _ . : between single blanks, as in \"eth dst is 10:22:33:44:55:66\", at most "
                                + MAX_FLOW_WORDS + " in all");
            }
            command.append(' ').append(element).append(" /");
        }
        command.append(" end");
    }
}
