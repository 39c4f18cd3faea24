package io.jspp.control;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Every command of every kind of process, in the order in which help shows them. Immutable. */
public final class CommandRegistry {
    private static final CommandRegistry STANDARD = new CommandRegistry(StandardCommands.all());

    private final Map<ProcessKind, Map<String, CommandSpec>> specs = new EnumMap<>(ProcessKind.class);

    /** Rejects two commands with the same name for the same kind. */
    public CommandRegistry(final Collection<CommandSpec> commands) {
        for (final ProcessKind kind : ProcessKind.values()) {
            specs.put(kind, new LinkedHashMap<>());
        }
        for (final CommandSpec spec : commands) {
            if (specs.get(spec.kind()).put(spec.name(), spec) != null) {
                throw new IllegalArgumentException("two commands named \"" + spec.name() + "\" for " + spec.kind());
            }
        }
    }

    /** The commands of this product. */
    public static CommandRegistry standard() {
        return STANDARD;
    }

    /** Commands of this kind. */
    public List<CommandSpec> of(final ProcessKind kind) {
        return List.copyOf(specs.get(kind).values());
    }

    /** The command of this name, or null. */
    public CommandSpec find(final ProcessKind kind, final String name) {
        return specs.get(kind).get(name);
    }

    /** The different first words of this kind, in order. */
    public List<String> verbs(final ProcessKind kind) {
        final List<String> verbs = new ArrayList<>();
        for (final CommandSpec spec : specs.get(kind).values()) {
            if (!verbs.contains(spec.verb())) {
                verbs.add(spec.verb());
            }
        }
        return verbs;
    }
}
