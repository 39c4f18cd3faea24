package io.jspp.primary;

import io.jspp.control.CommandCodec;
import io.jspp.control.CommandRequest;
import io.jspp.control.CommandTable;
import io.jspp.control.JsonWriter;
import io.jspp.control.Reply;
import io.jspp.flow.FlowException;
import io.jspp.flow.FlowRule;
import io.jspp.linux.LinuxException;
import io.jspp.port.PortException;
import io.jspp.port.PortId;

/** The {@code flow} commands: replies with {@code result} and {@code message} as SPP's primary has them, for refusals too. Control thread. */
final class FlowHandlers {
    private final Registry registry;
    private final OwnConfiguration configuration;

    FlowHandlers(Registry registry, OwnConfiguration configuration) {
        this.registry = registry;
        this.configuration = configuration;
    }

    CommandTable addTo(CommandTable table) {
        return table.on("flow validate", request -> {
                    try {
                        FlowRule rule = rule(request);
                        registry.inspect(claims -> {
                            claims.flows().validate(port(request), rule);
                            return null;
                        });
                        return done("Flow rule validated", null);
                    } catch (FlowException | PortException | LinuxException e) {
                        return refused("validate", e, false);
                    }
                })
                .on("flow create", request -> {
                    try {
                        FlowRule rule = rule(request);
                        int id = registry.inspect(claims -> claims.flows().create(port(request), rule));
                        configuration.commit();
                        return done("Flow rule #" + id + " created", Integer.toString(id));
                    } catch (FlowException | PortException | LinuxException e) {
                        return refused("create", e, true);
                    }
                })
                .on("flow destroy", request -> {
                    int id = request.intArgument("rule");
                    return destroy(
                            () -> registry.inspect(claims -> claims.flows().destroy(port(request), id)),
                            "Flow rule #" + id + " destroyed",
                            "Flow rule #" + id + " not found");
                })
                .on(
                        "flow destroy all",
                        request -> destroy(
                                () -> registry.inspect(claims -> {
                                    claims.flows().destroyAll(port(request));
                                    return true;
                                }),
                                "Flow rule all destroyed",
                                ""));
    }

    private static PortId port(CommandRequest request) {
        return PortId.parse(request.argument("port"));
    }

    private static FlowRule rule(CommandRequest request) throws FlowException {
        return FlowRule.parse(CommandCodec.words(request.argument("rule")));
    }

    /** A removal. */
    private interface Removal {
        /** @return false when there was nothing to remove */
        boolean remove();
    }

    private Reply destroy(Removal removal, String done, String absent) {
        try {
            if (!removal.remove()) {
                return reply("error", absent, null);
            }
            configuration.commit();
            return done(done, null);
        } catch (PortException | LinuxException e) {
            return reply("error", e.getMessage(), null);
        }
    }

    private static Reply done(String message, String ruleId) {
        return reply("success", message, ruleId);
    }

    private static Reply refused(String verb, Exception why, boolean withRule) {
        if (why.getMessage().startsWith("Invalid port")) {
            return reply("error", why.getMessage(), withRule ? "" : null);
        }
        String message = why instanceof FlowException
                ? "Flow command invalid argument: " + why.getMessage()
                : "Flow " + verb + " error\nerror type: " + why.getMessage();
        return reply("error", message, withRule ? "" : null);
    }

    private static Reply reply(String result, String message, String ruleId) {
        return Reply.status((JsonWriter json) -> {
            json.field("result", result).field("message", message);
            if (ruleId != null) {
                json.field("rule_id", ruleId);
            }
        });
    }
}
