package io.jspp.control;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The handlers of one process, by command name, and the way from request text to reply text. Used by one thread at a time. */
public final class CommandTable {
    private static final Logger LOG = LoggerFactory.getLogger(CommandTable.class);

    private final ProcessKind kind;
    private final CommandRegistry registry;
    private final CommandCodec codec;
    private final Map<String, CommandHandler> handlers = new HashMap<>();

    /** A table for a process of this kind with the standard commands. */
    public CommandTable(final ProcessKind kind) {
        this(kind, CommandRegistry.standard());
    }

    public CommandTable(final ProcessKind kind, final CommandRegistry registry) {
        this.kind = kind;
        this.registry = registry;
        this.codec = new CommandCodec(registry);
    }

    /**
     * Registers the handler of a command.
     *
     * @throws IllegalArgumentException when this kind of process has no command of that name
     */
    public CommandTable on(final String commandName, final CommandHandler handler) {
        if (registry.find(kind, commandName) == null) {
            throw new IllegalArgumentException("a " + kind.wireName() + " has no command \"" + commandName + '"');
        }
        handlers.put(commandName, handler);
        return this;
    }

    /** Names of commands without a handler; a process's test asserts that there are none. */
    public List<String> unhandled() {
        return registry.of(kind).stream()
                .map(CommandSpec::name)
                .filter(name -> !handlers.containsKey(name))
                .toList();
    }

    public ProcessKind kind() {
        return kind;
    }

    /** Executes one request text; whatever goes wrong becomes a failed reply. */
    Execution execute(final String text) {
        final List<String> words = CommandCodec.words(text);
        final String verb = words.isEmpty() ? "" : words.get(0);
        CommandRequest request = null;
        Reply reply;
        try {
            request = codec.parse(kind, words);
            final CommandHandler handler = handlers.get(request.spec().name());
            reply = handler == null
                    ? Reply.failed("this " + kind.wireName() + " does not offer \""
                            + request.spec().name() + '"')
                    : handler.handle(request);
        } catch (final CommandSyntaxException wrong) {
            final String message = wrong.getMessage();
            reply = Reply.failed(kind.listsResults() ? SppErrors.message(wrong) + ": " + message : message);
        } catch (final CommandException refused) {
            reply = Reply.failed(refused.getMessage(), refused.code(), refused.next());
        } catch (final RuntimeException failure) {
            LOG.error("command \"{}\" failed", CommandCodec.printable(text), failure);
            reply = Reply.failed(failure.getMessage() == null ? failure.toString() : failure.getMessage());
        }
        return new Execution(CommandCodec.encode(kind, request, verb, reply), reply.afterwards());
    }

    /**
     * An executed request.
     *
     * @param replyText what goes back, one JSON object
     * @param afterwards what to run once it is sent, or null
     */
    record Execution(String replyText, Runnable afterwards) {}
}
