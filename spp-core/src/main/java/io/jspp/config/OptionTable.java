package io.jspp.config;

import static io.jspp.config.UsageException.quoted;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The options of one part of a command line, one row each: names, argument, sentence, handler. Parsing and usage text come from the same
 * rows. Spelling is getopt_long's: {@code -n4}, {@code -n 4}, {@code --name value}, {@code --name=value}.
 */
public final class OptionTable {
    private enum Takes {
        NOTHING,
        VALUE,
        OPTIONAL_VALUE
    }

    private record Row(
            List<String> names, Takes takes, String argument, String sentence, BiConsumer<String, Words> handler) {}

    private final String title;
    private final List<Row> rows = new ArrayList<>();
    private final Map<String, Row> byName = new HashMap<>();

    /** @param title heading in the usage text, as in {@code EAL options} */
    public OptionTable(String title) {
        this.title = title;
    }

    /** The words after an option, for the few options that take more than one. */
    public static final class Words {
        private final List<String> words;
        private int next;

        private Words(List<String> words) {
            this.words = words;
        }

        /** The word that {@link #next} would return, or null at the end. */
        public String peek() {
            return next < words.size() ? words.get(next) : null;
        }

        /** Takes a word. */
        public String next(String wanted) {
            if (next >= words.size()) {
                throw new UsageException(wanted + " expected at the end of the line");
            }
            return words.get(next++);
        }
    }

    /** An option without argument. */
    public OptionTable flag(String names, String sentence, Runnable handler) {
        return add(names, Takes.NOTHING, "", sentence, (value, words) -> handler.run());
    }

    /** An option with an argument. */
    public OptionTable option(String names, String argument, String sentence, Consumer<String> handler) {
        return add(names, Takes.VALUE, argument, sentence, (value, words) -> handler.accept(value));
    }

    /** An option with an argument and further words. */
    public OptionTable words(String names, String argument, String sentence, BiConsumer<String, Words> handler) {
        return add(names, Takes.VALUE, argument, sentence, handler);
    }

    /** An option whose argument may be left out ({@code --name} or {@code --name=value}); the handler then gets null. */
    public OptionTable optional(String names, String argument, String sentence, Consumer<String> handler) {
        return add(names, Takes.OPTIONAL_VALUE, argument, sentence, (value, words) -> handler.accept(value));
    }

    private OptionTable add(
            String names, Takes takes, String argument, String sentence, BiConsumer<String, Words> handler) {
        Row row = new Row(List.of(names.split(", ")), takes, argument, sentence, handler);
        rows.add(row);
        for (String name : row.names) {
            if (byName.put(name, row) != null) {
                throw new IllegalArgumentException("option " + name + " is in the table twice");
            }
        }
        return this;
    }

    /**
     * Hands every option to its handler, in order.
     *
     * @throws UsageException unknown option, missing or malformed argument, a word that is no option
     */
    public void parse(List<String> arguments) {
        Words words = new Words(arguments);
        while (words.peek() != null) {
            parseOne(words.next("option"), words);
        }
    }

    private void parseOne(String word, Words words) {
        if (word.length() < 2 || word.charAt(0) != '-') {
            throw new UsageException("unexpected word " + quoted(word) + " among the " + title);
        }
        String name = word;
        String value = null;
        if (word.startsWith("--")) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                name = word.substring(0, equals);
                value = word.substring(equals + 1);
            }
        } else if (!byName.containsKey(word)) {
            name = word.substring(0, 2);
            value = word.substring(2);
        }
        Row row = byName.get(name);
        if (row == null) {
            throw new UsageException("unknown option " + quoted(name) + " among the " + title);
        }
        if (row.takes == Takes.NOTHING && value != null) {
            throw new UsageException("option " + name + " takes no value, " + quoted(value) + " given");
        }
        if (row.takes == Takes.VALUE && value == null) {
            if (words.peek() == null) {
                throw new UsageException("option " + name + " needs a value: " + name + " " + row.argument);
            }
            value = words.next(row.argument);
        }
        try {
            row.handler.accept(value, words);
        } catch (UsageException e) {
            throw new UsageException("option " + name
                    + (value == null ? "" : " " + value.replaceAll("[^\\x20-\\x7e]", "?")) + ": " + e.getMessage());
        }
    }

    /** True when an option of that name is in the table. */
    public boolean knows(String name) {
        return byName.containsKey(name);
    }

    /** One line per option. Options with an empty sentence are accepted but not shown. */
    public String usage() {
        StringBuilder text = new StringBuilder(title).append(":\n");
        for (Row row : rows) {
            if (row.sentence.isEmpty()) {
                continue;
            }
            String argument = switch (row.takes) {
                case NOTHING -> "";
                case VALUE -> " " + row.argument;
                case OPTIONAL_VALUE -> "[=" + row.argument + "]";
            };
            String left = "  " + String.join(", ", row.names) + argument;
            text.append(left);
            if (left.length() >= 34) {
                text.append('\n').append(" ".repeat(34));
            } else {
                text.append(" ".repeat(34 - left.length()));
            }
            text.append(row.sentence).append('\n');
        }
        return text.toString();
    }
}
