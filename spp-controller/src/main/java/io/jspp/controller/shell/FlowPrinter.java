package io.jspp.controller.shell;

import io.jspp.control.CommandCodec;
import io.jspp.controller.json.Json;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code flow list phy:N} and {@code flow status phy:N ID}: the flow rules of the primary's status, in SPP's layout. */
final class FlowPrinter {
    private static final String LIST = "list";
    private static final String STATUS = "status";
    private static final String PHYSICAL_PORT = "phy:[0-9]{1,9}";

    private final OutputFormat format;
    private final PrintStream out;

    FlowPrinter(final OutputFormat format, final PrintStream out) {
        this.format = format;
        this.out = out;
    }

    /** Whether these words are for here. */
    static boolean isFor(final List<String> words) {
        return words.size() > 1
                && words.get(0).equals("flow")
                && (words.get(1).equals(LIST) || words.get(1).equals(STATUS));
    }

    /** SPP's words for a flow command that is none. */
    static String refusal(final List<String> words) {
        if (words.size() < 2) {
            return "Flow sub command is NULL";
        }
        final String verb = words.get(1);
        if (!List.of("validate", "create", "destroy", LIST, STATUS).contains(verb)) {
            return "Invalid flow sub command: '" + CommandCodec.printable(verb) + '\'';
        }
        if (words.size() == 2) {
            return "RES_UID is NULL";
        }
        if (!words.get(2).matches(PHYSICAL_PORT)) {
            return "RES_UID is invalid";
        }
        return !verb.equals("destroy") && !verb.equals(STATUS)
                ? "Flow command invalid argument"
                : words.size() == 3 ? "RULE_ID is NULL" : "RULE_ID is invalid";
    }

    /** The words that only these commands have: the verbs, then the physical ports. */
    static List<String> complete(final List<String> words, final RestClient server) throws ShellException {
        if (!words.get(0).equals("flow")) {
            return List.of();
        }
        if (words.size() == 1) {
            return List.of(LIST, STATUS);
        }
        if (words.size() > 2) {
            return List.of();
        }
        final Map<String, Object> status =
                server.get("/v1/primary/status").orFail().object();
        return Json.objects(status, "phy_ports").stream()
                .map(port -> "phy:" + port.get("id"))
                .toList();
    }

    /** @param status of the primary */
    void run(final List<String> words, final Map<String, Object> status) throws ShellException {
        final boolean list = words.get(1).equals(LIST);
        if (words.size() != (list ? 3 : 4) || !words.get(2).matches(PHYSICAL_PORT)) {
            throw new ShellException(refusal(words));
        }
        final String port = words.get(2);
        final List<Map<String, Object>> rules = Json.objects(status, "phy_ports").stream()
                .filter(entry -> port.equals("phy:" + entry.get("id")))
                .findFirst()
                .map(entry -> Json.objects(entry, "flow"))
                .orElseThrow(() -> new ShellException('\'' + port + "' is invalid"));
        if (list) {
            if (!format.print(out, rules)) {
                printList(rules);
            }
        } else {
            final String id = words.get(3);
            final Map<String, Object> chosen = rules.stream()
                    .filter(rule -> id.equals(String.valueOf(rule.get("rule_id"))))
                    .findFirst()
                    .orElseThrow(() -> new ShellException("RULE_ID:" + id + " does not exist."));
            if (!format.print(out, chosen)) {
                printStatus(chosen);
            }
        }
    }

    private void printList(final List<Map<String, Object>> rules) {
        out.println("ID      Group   Prio    Attr    Rule");
        for (final Map<String, Object> rule : rules) {
            final Map<String, Object> attributes = attributes(rule);
            out.printf(
                    "%-8s%-8s%-8s%-8s%s => %s%n",
                    rule.get("rule_id"),
                    attributes.get("group"),
                    attributes.get("priority"),
                    flag(attributes, "ingress") + flag(attributes, "egress") + flag(attributes, "transfer"),
                    types(rule, "patterns"),
                    types(rule, "actions"));
        }
    }

    /** None where SPP's primary would name some. */
    private static Map<String, Object> attributes(final Map<String, Object> rule) {
        final Map<String, Object> attributes = Json.asObject(rule.get("attr"));
        return attributes == null ? Map.of() : attributes;
    }

    private static String flag(final Map<String, Object> attributes, final String name) {
        return isSet(attributes, name) ? name.substring(0, 1) : "-";
    }

    private static boolean isSet(final Map<String, Object> attributes, final String name) {
        return attributes.get(name) instanceof Integer set && set != 0;
    }

    private static String types(final Map<String, Object> rule, final String name) {
        return String.join(
                " ",
                Json.objects(rule, name).stream()
                        .map(part -> String.valueOf(part.get("type")).toUpperCase(Locale.ROOT))
                        .toList());
    }

    private void printStatus(final Map<String, Object> rule) {
        final Map<String, Object> attributes = attributes(rule);
        out.println("Attribute:");
        out.println("  Group   Priority Ingress Egress Transfer");
        out.printf(
                "  %-8s%-9s%-8s%-7s%s%n",
                attributes.get("group"),
                attributes.get("priority"),
                isSet(attributes, "ingress"),
                isSet(attributes, "egress"),
                isSet(attributes, "transfer"));
        out.println("Patterns:");
        for (final Map<String, Object> pattern : Json.objects(rule, "patterns")) {
            out.println("  - " + pattern.get("type") + ':');
            for (final String part : List.of("spec", "last", "mask")) {
                out.println("    - " + part + ':');
                printMembers("      - ", pattern.get(part));
            }
        }
        out.println("Actions:");
        for (final Map<String, Object> action : Json.objects(rule, "actions")) {
            out.println("  - " + action.get("type") + ':');
            printMembers("    - ", action.get("conf"));
        }
    }

    private void printMembers(final String indent, final Object value) {
        final Map<String, Object> members = Json.asObject(value);
        if (members != null) {
            members.forEach((name, member) -> out.println(indent + name + ": " + member));
        }
    }
}
