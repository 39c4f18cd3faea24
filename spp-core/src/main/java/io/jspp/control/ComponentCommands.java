package io.jspp.control;

import static io.jspp.control.CommandSpec.command;

import java.util.List;

/** The commands of processes that run components on lcores: vf and mirror. Wire forms, REST routes and texts are SPP's. */
final class ComponentCommands {
    private static final String TOO_FEW = "Error: Not enough parameters.";
    private static final String PORTS = "/components/{name}/ports";
    private static final String TABLE = "/classifier_table";
    private static final ArgumentType DIRECTION = ArgumentType.choice("rx", "tx");

    private ComponentCommands() {}

    /**
     * @param vlan whether ports have VLAN operations; else a request's is ignored, as SPP does
     * @param types what {@code component start} takes
     */
    static void add(final List<CommandSpec> specs, final ProcessKind kind, final boolean vlan, final String... types) {
        specs.add(command(kind, "component start", "component start {name} {core} {type}")
                .argument("name", ArgumentType.name(), Completion.NEW_NAME, TOO_FEW)
                .argument("core", ArgumentType.integer(0, 1023), Completion.UNUSED_CORE, TOO_FEW)
                .argument("type", ArgumentType.choice(types), Completion.FROM_TYPE, TOO_FEW)
                .rest("POST", "/components")
                .body("name", "{name}")
                .body("core", "{core}")
                .body("type", "{type}")
                .success("Succeeded to start component '{name}' on core:{core}")
                .help("start a component on an lcore; several may share one")
                .build());
        specs.add(command(kind, "component stop", "component stop {name}")
                .argument("name", ArgumentType.name(), Completion.COMPONENT, TOO_FEW)
                .extraWords()
                .rest("DELETE", "/components/{name}")
                .success("Succeeded to delete component '{name}'")
                .help("stop a component and free its ports")
                .build());
        final CommandSpec.Builder plain =
                attach(kind, "port add", "").help("let a component receive from (rx) or send to (tx) a port");
        if (vlan) {
            specs.add(plain.optionalBody("vlan.operation", "none").build());
            addVlanOperations(specs, kind);
        } else {
            specs.add(plain.build());
        }
        specs.add(port(kind, "port del", "port del {port} {dir} {name}", "detach")
                .success("Succeeded to del port")
                .help("take a port from a component")
                .build());
    }

    private static void addVlanOperations(final List<CommandSpec> specs, final ProcessKind kind) {
        specs.add(attach(kind, "port add tagged", " add_vlantag {vid} {pcp}")
                .argument("vid", ArgumentType.integer(0, 4095), Completion.VID, TOO_FEW)
                .argument("pcp", ArgumentType.integer(0, 7), Completion.PCP, TOO_FEW)
                .body("vlan.operation", "add")
                .body("vlan.id", "{vid}")
                .body("vlan.pcp", "{pcp}")
                .help("the same, adding a VLAN tag or rewriting the one there is")
                .build());
        specs.add(attach(kind, "port add untagged", " del_vlantag")
                .body("vlan.operation", "del")
                .help("the same, removing the VLAN tag")
                .build());
    }

    /** A classifier's table. */
    static void addTable(final List<CommandSpec> specs, final ProcessKind kind) {
        for (final String action : List.of("add", "del")) {
            final String sentence = action.equals("add")
                    ? "send frames for an address, or for all others (default), to a tx port"
                    : "remove such an entry";
            specs.add(entry(kind, action, "mac", "{mac} {port}")
                    .body("mac_address", "{mac}")
                    .body("port", "{port}")
                    .help(sentence)
                    .build());
            specs.add(entry(kind, action, "vlan", "{vlan} {mac} {port}")
                    .argument("vlan", ArgumentType.textOrInteger(0, 4095), Completion.VID, TOO_FEW)
                    .body("vlan", "{vlan}")
                    .body("mac_address", "{mac}")
                    .body("port", "{port}")
                    .help(sentence + ", in one VLAN")
                    .build());
        }
    }

    /** For who wants all entries of a table that is longer than a status shows. */
    static void addTablePages(final List<CommandSpec> specs, final ProcessKind kind) {
        specs.add(command(kind, "classifier_table show", "classifier_table show {from}")
                .argument("from", ArgumentType.textOrInteger(0, 999_999_999), Completion.FROM_TYPE, TOO_FEW)
                .rest("GET", TABLE + "/{from}")
                .shape(ReplyShape.OBJECT)
                .help("show the 10000 classifier entries behind the first FROM")
                .restOnly()
                .build());
    }

    /** The learned addresses of a bridge. */
    static void addBridge(final List<CommandSpec> specs, final ProcessKind kind) {
        final String path = "/components/{name}/bridge_table";
        specs.add(named(kind, "bridge_table show", "bridge_table show {name}")
                .rest("GET", path)
                .shape(ReplyShape.BRIDGE_TABLE)
                .help("show the addresses a bridge learned, each with its port and the seconds since it was seen")
                .build());
        specs.add(named(kind, "bridge_table flush", "bridge_table flush {name}")
                .rest("DELETE", path)
                .success("Succeeded to flush")
                .help("make a bridge forget all addresses")
                .build());
    }

    /** What a responder answers for, and what it prints. */
    static void addResponder(final List<CommandSpec> specs, final ProcessKind kind) {
        for (final String action : List.of("add", "del")) {
            specs.add(address(kind, "responder " + action, "", action)
                    .help(
                            action.equals("add")
                                    ? "answer ARP, neighbour solicitations and pings for an address, with the responder's own MAC"
                                    : "answer for an address no more")
                    .build());
        }
        specs.add(address(kind, "responder add mac", " {mac}", "add")
                .argument("mac", ArgumentType.STATION, Completion.STATION, TOO_FEW)
                .body("mac_address", "{mac}")
                .help("the same with another MAC address")
                .build());
        specs.add(named(kind, "responder print", "responder print {name} {state}")
                .argument("state", ArgumentType.choice("on", "off"), Completion.FROM_TYPE, TOO_FEW)
                .rest("PUT", "/components/{name}/print")
                .body("print", "{state}")
                .success("Succeeded to switch printing {state}")
                .help("print each ping to the output of the process, or no more")
                .build());
    }

    private static CommandSpec.Builder named(final ProcessKind kind, final String name, final String pattern) {
        return command(kind, name, pattern).argument("name", ArgumentType.name(), Completion.COMPONENT, TOO_FEW);
    }

    private static CommandSpec.Builder address(
            final ProcessKind kind, final String name, final String words, final String action) {
        return named(kind, name, "responder " + action + " {name} {address}" + words)
                .argument("address", ArgumentType.HOST, Completion.IP_ADDRESS, TOO_FEW)
                .rest("PUT", "/components/{name}/addresses")
                .body("action", action)
                .body("address", "{address}")
                .success("Succeeded to " + action);
    }

    private static CommandSpec.Builder attach(final ProcessKind kind, final String name, final String words) {
        return port(kind, name, "port add {port} {dir} {name}" + words, "attach")
                .success("Succeeded to add port");
    }

    private static CommandSpec.Builder port(
            final ProcessKind kind, final String name, final String pattern, final String action) {
        return command(kind, name, pattern)
                .argument("port", ArgumentType.PORT, Completion.RESOURCE, TOO_FEW)
                .argument("dir", DIRECTION, Completion.FROM_TYPE, TOO_FEW)
                .argument("name", ArgumentType.name(), Completion.COMPONENT, TOO_FEW)
                .rest("PUT", PORTS)
                .body("action", action)
                .body("port", "{port}")
                .body("dir", "{dir}");
    }

    private static CommandSpec.Builder entry(
            final ProcessKind kind, final String action, final String type, final String words) {
        return command(kind, action + " " + type, "classifier_table " + action + ' ' + type + ' ' + words)
                .argument("mac", ArgumentType.MAC, Completion.MAC_ADDRESS, TOO_FEW)
                .argument("port", ArgumentType.PORT, Completion.RESOURCE, TOO_FEW)
                .rest("PUT", TABLE)
                .body("action", action)
                .body("type", type)
                .success("Succeeded to " + action);
    }
}
