package io.jspp.controller.shell;

import io.jspp.control.ArgumentSpec;
import io.jspp.control.CommandCodec;
import io.jspp.control.CommandRegistry;
import io.jspp.control.CommandSpec;
import io.jspp.control.ProcessKind;
import io.jspp.controller.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Candidates for commands to a process: ids, words and arguments, from the command model and the process's status. */
final class ProcessCompleter {
    private static final String LAUNCH = "launch";

    private final ProcessKind kind;
    private final CommandRegistry registry;
    private final Servers servers;
    private final LaunchCompleter launches;

    ProcessCompleter(
            final ProcessKind kind,
            final CommandRegistry registry,
            final Servers servers,
            final LaunchCompleter launches) {
        this.kind = kind;
        this.launches = launches;
        this.registry = registry;
        this.servers = servers;
    }

    List<String> complete(final String arguments) {
        try {
            final int semicolon = arguments.indexOf(';');
            if (semicolon < 0) {
                return kind.isSecondary()
                        ? servers.current().clientIds(kind).stream()
                                .map(id -> id + ";")
                                .toList()
                        : List.of(";");
            }
            return completeWords(arguments.substring(0, semicolon).strip(), arguments.substring(semicolon + 1));
        } catch (final ShellException noAnswer) {
            return List.of();
        }
    }

    private List<String> completeWords(final String id, final String text) throws ShellException {
        final List<String> words = new ArrayList<>(CommandCodec.words(text));
        if (!words.isEmpty() && !Character.isWhitespace(text.charAt(text.length() - 1))) {
            words.remove(words.size() - 1);
        }
        if (!words.isEmpty() && words.get(0).equals(LAUNCH) && registry.find(kind, LAUNCH) != null) {
            return launches.complete(words.subList(1, words.size()));
        }
        final Set<String> candidates = new LinkedHashSet<>();
        if (!kind.isSecondary() && !words.isEmpty()) {
            candidates.addAll(FlowPrinter.complete(words, servers.current()));
        }
        for (final CommandSpec spec : registry.of(kind)) {
            if (!spec.isRestOnly()) {
                final CommandSpec.Word next = next(spec, words);
                if (next != null && next.literal() != null) {
                    candidates.add(next.literal());
                } else if (next != null) {
                    candidates.addAll(candidates(next.argument(), id));
                }
            }
        }
        return List.copyOf(candidates);
    }

    /** The word that may follow, or null when these words begin no such command. */
    private static CommandSpec.Word next(final CommandSpec spec, final List<String> words) {
        int position = 0;
        int at = 0;
        while (at < words.size()) {
            if (position == spec.words().size()) {
                return null;
            }
            final CommandSpec.Word word = spec.words().get(position++);
            final String text = words.get(at++);
            if (word.literal() != null) {
                if (!word.literal().equals(text)) {
                    return null;
                }
            } else if (!isAllowed(word.argument(), text)) {
                return null;
            } else if (word.argument().type().isPort()
                    && at < words.size()
                    && words.get(at).equals("nq")) {
                at += 2;
                if (at > words.size()) {
                    return null;
                }
            }
        }
        return position == spec.words().size() ? null : spec.words().get(position);
    }

    private static boolean isAllowed(final ArgumentSpec argument, final String text) {
        try {
            return argument.type().parse(text) != null;
        } catch (final IllegalArgumentException notAllowed) {
            return false;
        }
    }

    private List<String> candidates(final ArgumentSpec argument, final String id) throws ShellException {
        return switch (argument.completion()) {
            case FROM_TYPE -> argument.type().suggestions();
            case NEW_PORT -> newPorts(id, argument);
            case REMOVABLE_PORT -> ports(id, true, true);
            case PATCH_SOURCE -> ports(id, true, false);
            case PATCH_DESTINATION -> ports(id, false, true);
            case UNUSED_CORE -> components(id, "core", true);
            case COMPONENT -> components(id, "name", false);
            case NEW_NAME, RESOURCE, MAC_ADDRESS, STATION, IP_ADDRESS, VID, PCP ->
                argument.completion().placeholders();
        };
    }

    private List<String> newPorts(final String id, final ArgumentSpec argument) throws ShellException {
        final List<String> types = new ArrayList<>();
        for (final Object process :
                Json.asArray(servers.current().get("/v2/processes").orFail().json())) {
            final Map<String, Object> object = Json.asObject(process);
            if (object != null
                    && kind.wireName().equals(object.get("type"))
                    && (!kind.isSecondary() || id.equals(String.valueOf(object.get("client-id"))))) {
                Json.asArray(object.get("port-types")).forEach(type -> types.add(type + ":"));
            }
        }
        types.removeIf(type -> type.equals("phy:") || !isAllowed(argument, type + '0'));
        return types;
    }

    /** Ports that are not yet source, destination or both; for both, also no physical ports. */
    private List<String> ports(final String id, final boolean notSource, final boolean notDestination)
            throws ShellException {
        final Map<String, Object> status = status(id);
        final Set<Object> used = new LinkedHashSet<>();
        for (final Map<String, Object> patch : Json.objects(status, "patches")) {
            if (notSource) {
                used.add(patch.get("src"));
            }
            if (notDestination) {
                used.add(patch.get("dst"));
            }
        }
        final List<String> ports = new ArrayList<>();
        for (final Object port : Json.asArray(status.get("ports"))) {
            final String name = String.valueOf(port);
            if (!used.contains(port) && !(notSource && notDestination && name.startsWith("phy:"))) {
                ports.add(name);
            }
        }
        if (!(kind.isSecondary() && notSource && notDestination)) {
            pipes().filter(pipe -> !used.contains(pipe) && !ports.contains(pipe))
                    .forEach(ports::add);
        }
        return ports;
    }

    /** Every process knows the primary's pipes, and lists those that it uses. */
    private Stream<String> pipes() throws ShellException {
        final RestReply primary = servers.current().get("/v1/primary/status");
        return primary.isSuccess()
                ? Json.objects(primary.object(), "pipes").stream().map(pipe -> "pipe:" + pipe.get("id"))
                : Stream.empty();
    }

    /** One member of the components that do nothing ({@code unuse}), or of those that do. */
    private List<String> components(final String id, final String member, final boolean unused) throws ShellException {
        return Json.objects(status(id), "components").stream()
                .filter(component -> unused == "unuse".equals(component.get("type")))
                .map(component -> String.valueOf(component.get(member)))
                .toList();
    }

    private Map<String, Object> status(final String id) throws ShellException {
        final String root = kind.isSecondary() ? kind.restPath() + '/' + id : kind.restPath();
        final Map<String, Object> status = servers.current()
                .get(root + registry.find(kind, "status").rest().path())
                .orFail()
                .object();
        final Map<String, Object> forwarder = Json.asObject(status.get("forwarder"));
        return forwarder == null ? status : forwarder;
    }
}
