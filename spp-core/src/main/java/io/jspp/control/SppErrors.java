package io.jspp.control;

import java.util.Map;

/** What SPP's vf, mirror and pcap say of a wrong command: the first words of our message, so that who looks for SPP's finds it. */
final class SppErrors {
    private static final Map<String, String> SUBJECTS = Map.of(
            "name", "component name",
            "type", "component type",
            "dir", "port rxtx",
            "vid", "port vid",
            "pcp", "port pcp",
            "mac", "mac address",
            "vlan", "vlan id");

    private SppErrors() {}

    /** SPP's message for this mistake. */
    static String message(final CommandSyntaxException wrong) {
        return switch (wrong.problem()) {
            case UNKNOWN -> "Invalid value (command)";
            case INCOMPLETE, TOO_LONG -> "Wrong message format";
            case INVALID_VALUE -> {
                final ArgumentSpec argument = wrong.argument();
                final String name = argument == null ? "action" : argument.name();
                yield "Invalid value (" + SUBJECTS.getOrDefault(name, name) + ')';
            }
        };
    }
}
