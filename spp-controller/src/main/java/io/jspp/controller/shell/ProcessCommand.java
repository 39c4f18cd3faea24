package io.jspp.controller.shell;

import io.jspp.control.ArgumentSpec;
import io.jspp.control.ArgumentType;
import io.jspp.control.CommandCodec;
import io.jspp.control.CommandRegistry;
import io.jspp.control.CommandRequest;
import io.jspp.control.CommandSpec;
import io.jspp.control.CommandSyntaxException;
import io.jspp.control.Guard;
import io.jspp.control.JsonField;
import io.jspp.control.ProcessKind;
import io.jspp.control.ReplyShape;
import io.jspp.controller.json.Json;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code pri; …}, {@code nfv ID; …}, {@code vf ID; …}: commands to a process of one kind, all of them from the command model. */
final class ProcessCommand implements ShellCommand {
    private final ProcessKind kind;
    private final Servers servers;
    private final ShellConfig config;
    private final OutputFormat format;
    private final PrintStream out;
    private final CommandRegistry registry = CommandRegistry.standard();
    private final CommandCodec codec = new CommandCodec(registry);
    private final StatusPrinter printer;
    private final ProcessCompleter completer;

    ProcessCommand(
            final ProcessKind kind,
            final Servers servers,
            final ShellConfig config,
            final OutputFormat format,
            final PrintStream out) {
        this.kind = kind;
        this.servers = servers;
        this.config = config;
        this.format = format;
        this.out = out;
        printer = new StatusPrinter(format, out);
        completer = new ProcessCompleter(kind, registry, servers, new LaunchCompleter(servers, config));
    }

    ProcessKind kind() {
        return kind;
    }

    @Override
    public String name() {
        return kind.shellName();
    }

    @Override
    public String help() {
        final StringBuilder text = new StringBuilder();
        text.append(
                kind.isSecondary()
                        ? "Send a command to spp_" + kind.wireName() + " specified with ID.\n\n"
                        : "Send a command to primary process.\n\n");
        final String target = kind.isSecondary() ? name() + " ID; " : name() + "; ";
        for (final CommandSpec spec : registry.of(kind)) {
            if (!spec.isRestOnly()) {
                text.append(String.format("        spp > %-34s # %s%n", target + spec.usage(), spec.help()));
            }
        }
        if (!kind.isSecondary()) {
            text.append(String.format("        spp > %-34s # %s%n", target + "flow list PORT", "list the flow rules"));
            text.append(String.format("        spp > %-34s # %s%n", target + "flow status PORT RULE", "show one"));
        }
        return text.toString();
    }

    @Override
    public List<String> complete(final String arguments) {
        return completer.complete(arguments);
    }

    @Override
    public void run(final String arguments) throws ShellException {
        final String[] parts = arguments.strip().split(";", -1);
        if (parts.length < 2) {
            throw new ShellException(
                    kind.isSecondary()
                            ? "Required an ID and ';' before the command."
                            : "Required ';' before the command.");
        }
        if (parts.length > 2) {
            throw new ShellException("Error: only one command per line, \"" + CommandCodec.printable(parts[2].strip())
                    + "\" has to be a line of its own.");
        }
        final String path = kind.isSecondary() ? secondaryPath(parts) : kind.restPath();
        final List<String> words = CommandCodec.words(parts[1]);
        if (kind.isSecondary()) {
            run(parse(words), path);
        } else {
            final boolean shown = FlowPrinter.isFor(words);
            final CommandRequest request = shown ? null : parse(LaunchWords.toWire(words, servers.current()));
            final RestReply status = servers.current().get(path + "/status");
            if (status.isNotFound()) {
                throw new ShellException("No spp_primary is running.");
            }
            if (shown) {
                new FlowPrinter(format, out).run(words, status.orFail().object());
            } else {
                run(request, path);
                if (LaunchWords.isFor(words)) {
                    LaunchWords.awaitProcess(
                            Integer.parseInt(request.argument("client_id")), servers.current(), config.launchWaitNs());
                }
            }
        }
    }

    /** Ends a process, for {@code bye}; one that has gone meanwhile is no failure. */
    void exit(final String id) throws ShellException {
        final CommandSpec spec = registry.find(kind, "exit");
        if (spec == null) {
            throw new ShellException("Error: this shell cannot end a " + kind.wireName() + '.');
        }
        final String path = kind.isSecondary() ? kind.restPath() + '/' + id : kind.restPath();
        final RestReply reply = servers.current()
                .request(spec.rest().method(), path + spec.rest().path(), null);
        if (!reply.isNotFound()) {
            reply.orFail();
            out.println(spec.successText().replace("{id}", id));
        }
    }

    private String secondaryPath(final String[] parts) throws ShellException {
        final String id = parts[0].strip();
        if (!id.matches("[0-9]{1,9}")) {
            throw new ShellException("Invalid command: " + CommandCodec.printable(id + ';' + parts[1].strip()));
        }
        if (!servers.current().clientIds(kind).contains(Integer.valueOf(id))) {
            throw new ShellException('"' + name() + ' ' + Integer.valueOf(id) + "\" does not exist.");
        }
        return kind.restPath() + '/' + Integer.valueOf(id);
    }

    private CommandRequest parse(final List<String> words) throws ShellException {
        try {
            final CommandRequest request = codec.parse(kind, words);
            if (!request.spec().isRestOnly()) {
                return request;
            }
        } catch (final CommandSyntaxException wrong) {
            if (wrong.problem() != CommandSyntaxException.Problem.UNKNOWN) {
                throw new ShellException(refusal(words, wrong));
            }
        }
        final String verb = words.isEmpty() ? "" : CommandCodec.printable(words.get(0));
        throw new ShellException(
                kind.isSecondary() ? "Invalid command \"" + verb + "\"." : "Invalid pri command: '" + verb + '\'');
    }

    /** SPP's words, if it has some, then ours. */
    private String refusal(final List<String> words, final CommandSyntaxException wrong) {
        final ArgumentSpec argument = wrong.argument();
        if (!kind.isSecondary() && words.get(0).equals("flow")) {
            final String text = FlowPrinter.refusal(words);
            return text.endsWith("NULL") ? text : text + ": " + wrong.getMessage();
        }
        if (argument != null && wrong.problem() == CommandSyntaxException.Problem.INCOMPLETE) {
            return argument.missingText();
        }
        final int tag = words.indexOf("add_vlantag");
        if (argument != null && tag >= 0 && List.of("vid", "pcp").contains(argument.name())) {
            final String given = words.get(tag + (argument.name().equals("vid") ? 1 : 2));
            if (!given.matches("-?[0-9]+")) {
                return "Error: " + argument.name() + " is not a number.";
            }
        }
        return "Error: " + wrong.getMessage();
    }

    private void run(final CommandRequest request, final String path) throws ShellException {
        final CommandSpec spec = request.spec();
        checkGuards(request, path);
        String route = path + spec.rest().path();
        for (final ArgumentSpec argument : spec.arguments()) {
            route = route.replace(
                    "{" + argument.name() + "}", argument.type().inPath(request.argument(argument.name())));
        }
        final RestReply reply = servers.current()
                .request(spec.rest().method(), route, spec.rest().body().isEmpty() ? null : body(request))
                .orFail();
        if (spec.shape() == ReplyShape.MESSAGE) {
            final String message = String.valueOf(reply.object().get("message"));
            if (!"success".equals(reply.object().get("result"))) {
                throw new ShellException(message);
            }
            out.println(message);
        } else if (spec.shape() == ReplyShape.BRIDGE_TABLE) {
            printer.printBridgeTable(reply.object());
        } else if (spec.shape() != ReplyShape.DONE) {
            printer.print(kind, reply.object());
        } else {
            final String id = path.substring(path.lastIndexOf('/') + 1);
            out.println(request.fill(spec.successText()).replace("{id}", id));
        }
    }

    private void checkGuards(final CommandRequest request, final String path) throws ShellException {
        final CommandSpec spec = request.spec();
        if (spec.guards().isEmpty()) {
            return;
        }
        final ArgumentSpec port = spec.argument("port");
        final String value = port == null ? "" : port.type().display(request.argument("port"));
        if (spec.guards().contains(Guard.PORT_NOT_PHYSICAL) && value.startsWith("phy:")) {
            throw new ShellException("Cannot delete phy port '" + value + "'.");
        }
        final String statusRoute = path + registry.find(kind, "status").rest().path();
        Map<String, Object> status = servers.current().get(statusRoute).orFail().object();
        if (spec.guards().contains(Guard.FORWARDER_EXISTS)) {
            if (!(status.get("forwarder") instanceof Map) && !value.startsWith("pipe:")) {
                throw new ShellException("No forwarder is running.");
            }
            status = Json.asObject(status.getOrDefault("forwarder", Map.of()));
        }
        if (spec.guards().contains(Guard.PORT_NOT_PATCHED)) {
            for (final Map<String, Object> patch : Json.objects(status, "patches")) {
                if (value.equals(patch.get("src")) || value.equals(patch.get("dst"))) {
                    throw new ShellException("Cannot delete patched port '" + value + "'.");
                }
            }
        }
    }

    private static Map<String, Object> body(final CommandRequest request) {
        final Map<String, Object> body = new LinkedHashMap<>();
        for (final JsonField field : request.spec().rest().body()) {
            if (field.optional()) {
                continue;
            }
            put(body, new ArrayList<>(List.of(field.path().split("\\."))), value(request, field));
        }
        return body;
    }

    private static Object value(final CommandRequest request, final JsonField field) {
        final String name = field.argumentName();
        if (name == null) {
            return field.value();
        }
        final ArgumentType type = request.spec().argument(name).type();
        if (type.form() != null) {
            return type.form().toJson(CommandCodec.words(request.argument(name)));
        }
        return type.isInteger() ? (Object) request.intArgument(name) : request.argument(name);
    }

    private static void put(final Map<String, Object> object, final List<String> path, final Object value) {
        final String name = path.remove(0);
        if (path.isEmpty()) {
            object.put(name, value);
        } else {
            put(Json.asObject(object.computeIfAbsent(name, key -> new LinkedHashMap<String, Object>())), path, value);
        }
    }
}
