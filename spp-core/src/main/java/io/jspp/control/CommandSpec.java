package io.jspp.control;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * One command of one kind of process, as data. The wire form, the REST route, the shell's grammar, its messages, help,
 * completion and the reply all derive from it, so that a new command is one more of these and a handler in the process
 * that executes it. Immutable.
 */
public final class CommandSpec {
    private final ProcessKind kind;
    private final String name;
    private final List<Word> words;
    private final List<ArgumentSpec> arguments;
    private final boolean extraWords;
    private final RestMapping rest;
    private final List<JsonField> echo;
    private final ReplyShape shape;
    private final String successText;
    private final String help;
    private final String shellUsage;
    private final Set<Guard> guards;
    private final boolean endsProcess;
    private final boolean restOnly;

    private CommandSpec(final Builder builder) {
        kind = builder.kind;
        name = builder.name;
        arguments = List.copyOf(builder.arguments);
        words = parsePattern(builder.pattern, arguments);
        extraWords = builder.extraWords;
        rest = builder.rest;
        echo = List.copyOf(builder.echo);
        shape = builder.shape;
        successText = builder.successText;
        help = builder.help;
        shellUsage = builder.shellUsage;
        guards = Set.copyOf(builder.guards);
        endsProcess = builder.endsProcess;
        restOnly = builder.restOnly;
    }

    /**
     * A literal word, or the place of an argument.
     *
     * @param literal the word, or null
     * @param argument the argument, or null
     */
    public record Word(String literal, ArgumentSpec argument) {}

    /**
     * Begins a command.
     *
     * @param name unique among the commands of {@code kind}: handlers are registered under it
     * @param pattern the words of the wire and shell form, arguments as {@code {name}}
     */
    public static Builder command(final ProcessKind kind, final String name, final String pattern) {
        return new Builder(kind, name, pattern);
    }

    public ProcessKind kind() {
        return kind;
    }

    public String name() {
        return name;
    }

    /** First word: what SPP's replies call {@code "command"}. */
    public String verb() {
        return words.get(0).literal();
    }

    public List<Word> words() {
        return words;
    }

    public List<ArgumentSpec> arguments() {
        return arguments;
    }

    /** True when words after the last one are ignored, as SPP does for {@code component stop}. */
    public boolean allowsExtraWords() {
        return extraWords;
    }

    public RestMapping rest() {
        return rest;
    }

    /** Members that repeat arguments in the wire reply. */
    public List<JsonField> echo() {
        return echo;
    }

    public ReplyShape shape() {
        return shape;
    }

    /** What the shell prints on success; {@code {argument}} and {@code {id}} are filled in. Empty when the reply is printed. */
    public String successText() {
        return successText;
    }

    public String help() {
        return help;
    }

    public Set<Guard> guards() {
        return guards;
    }

    /** True for {@code exit}: the connection may close instead of a reply. */
    public boolean endsProcess() {
        return endsProcess;
    }

    /** True when the shell offers it only in another form, as {@code bye all} does for the primary's exit. */
    public boolean isRestOnly() {
        return restOnly;
    }

    /** Argument of this name, or null. */
    public ArgumentSpec argument(final String argumentName) {
        for (final ArgumentSpec argument : arguments) {
            if (argument.name().equals(argumentName)) {
                return argument;
            }
        }
        return null;
    }

    /** {@code patch SRC DST}, as the shell takes it. */
    public String usage() {
        if (!shellUsage.isEmpty()) {
            return shellUsage;
        }
        final StringBuilder text = new StringBuilder();
        for (final Word word : words) {
            text.append(text.length() == 0 ? "" : " ");
            text.append(
                    word.literal() != null
                            ? word.literal()
                            : word.argument().name().toUpperCase(Locale.ROOT));
        }
        return text.toString();
    }

    @Override
    public String toString() {
        return kind.shellName() + "; " + usage();
    }

    private static List<Word> parsePattern(final String pattern, final List<ArgumentSpec> arguments) {
        final List<Word> result = new ArrayList<>();
        for (final String token : pattern.split(" ")) {
            if (token.startsWith("{")) {
                final String wanted = token.substring(1, token.length() - 1);
                final ArgumentSpec argument = arguments.stream()
                        .filter(a -> a.name().equals(wanted))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException(pattern + ": no argument " + wanted));
                result.add(new Word(null, argument));
            } else {
                result.add(new Word(token, null));
            }
        }
        return List.copyOf(result);
    }

    /** Collects the parts of a {@link CommandSpec}. */
    public static final class Builder {
        private final ProcessKind kind;
        private final String name;
        private final String pattern;
        private final List<ArgumentSpec> arguments = new ArrayList<>();
        private final List<JsonField> body = new ArrayList<>();
        private final List<JsonField> echo = new ArrayList<>();
        private final List<Guard> guards = new ArrayList<>();
        private String method;
        private String path;
        private RestMapping rest;
        private ReplyShape shape = ReplyShape.DONE;
        private String successText = "";
        private String help = "";
        private String shellUsage = "";
        private boolean extraWords;
        private boolean endsProcess;
        private boolean restOnly;

        private Builder(final ProcessKind kind, final String name, final String pattern) {
            this.kind = kind;
            this.name = name;
            this.pattern = pattern;
        }

        public Builder argument(
                final String argumentName,
                final ArgumentType type,
                final Completion completion,
                final String missingText) {
            arguments.add(new ArgumentSpec(argumentName, type, completion, missingText));
            return this;
        }

        /** Method and path below the target's root. */
        public Builder rest(final String restMethod, final String restPath) {
            method = restMethod;
            path = restPath;
            return this;
        }

        /** A member of the request body: a constant or {@code {argument}}. */
        public Builder body(final String memberPath, final String value) {
            body.add(new JsonField(memberPath, value));
            return this;
        }

        /** A constant that may be left out of the body, but may be nothing else. */
        public Builder optionalBody(final String memberPath, final String value) {
            body.add(new JsonField(memberPath, value, true));
            return this;
        }

        public Builder echo(final String memberPath, final String value) {
            echo.add(new JsonField(memberPath, value));
            return this;
        }

        public Builder shape(final ReplyShape replyShape) {
            shape = replyShape;
            return this;
        }

        public Builder success(final String text) {
            successText = text;
            return this;
        }

        public Builder help(final String text) {
            help = text;
            return this;
        }

        /** How the shell takes the command, when that differs from the pattern. */
        public Builder shellUsage(final String usage) {
            shellUsage = usage;
            return this;
        }

        public Builder guard(final Guard guard) {
            guards.add(guard);
            return this;
        }

        public Builder extraWords() {
            extraWords = true;
            return this;
        }

        public Builder endsProcess() {
            endsProcess = true;
            return this;
        }

        public Builder restOnly() {
            restOnly = true;
            return this;
        }

        public CommandSpec build() {
            if (method == null) {
                throw new IllegalArgumentException(kind + " " + name + ": no REST route");
            }
            rest = new RestMapping(method, path, body);
            return new CommandSpec(this);
        }
    }
}
