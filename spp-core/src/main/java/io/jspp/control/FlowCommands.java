package io.jspp.control;

import static io.jspp.control.CommandSpec.command;

import java.util.List;

/** Commands for flow rules of the primary's devices. {@code list} and {@code status} are the shell's, from the primary's status. */
final class FlowCommands {
    private static final String NO_PORT = "RES_UID is NULL";
    private static final String NO_RULE = "Flow command invalid argument";
    private static final String RULES = "/flow_rules/port_id/{port}";

    private FlowCommands() {}

    static List<CommandSpec> all() {
        return List.of(
                rule("validate", RULES + "/validate", "say whether a flow rule could be created"),
                rule("create", RULES, "send frames that match a pattern to a queue of a physical port"),
                command(ProcessKind.PRIMARY, "flow destroy", "flow destroy {port} {rule}")
                        .argument("port", ArgumentType.PHYSICAL_PORT, Completion.FROM_TYPE, NO_PORT)
                        .argument("rule", ArgumentType.textOrInteger(0, 999_999_999), Completion.NEW_NAME, NO_RULE)
                        .rest("DELETE", "/flow_rules/{rule}/port_id/{port}")
                        .shape(ReplyShape.MESSAGE)
                        .help("remove a flow rule")
                        .build(),
                command(ProcessKind.PRIMARY, "flow destroy all", "flow destroy {port} ALL")
                        .argument("port", ArgumentType.PHYSICAL_PORT, Completion.FROM_TYPE, NO_PORT)
                        .rest("DELETE", RULES)
                        .shape(ReplyShape.MESSAGE)
                        .help("remove all flow rules of a port")
                        .build());
    }

    private static CommandSpec rule(final String verb, final String path, final String help) {
        return command(ProcessKind.PRIMARY, "flow " + verb, "flow " + verb + " {port} {rule}")
                .argument("port", ArgumentType.PHYSICAL_PORT, Completion.FROM_TYPE, NO_PORT)
                .argument("rule", ArgumentType.FLOW_RULE, Completion.FROM_TYPE, NO_RULE)
                .rest("POST", path)
                .body("rule", "{rule}")
                .shape(ReplyShape.MESSAGE)
                .help(help)
                .build();
    }
}
