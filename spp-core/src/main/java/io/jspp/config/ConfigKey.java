package io.jspp.config;

import static io.jspp.config.UsageException.quoted;

import java.util.List;

/**
 * One configuration key.
 *
 * @param name dotted, as in {@code ring.slots}
 * @param defaultText value when nothing sets it
 * @param unit of a number, empty for text
 * @param range values allowed
 * @param sentence what it does
 */
public record ConfigKey(String name, String defaultText, String unit, Range range, String sentence) {
    /** Values allowed, and how they read in documentation. */
    public sealed interface Range {
        /** @throws UsageException with a sentence when the value is not allowed */
        void check(String value);

        /** An integer, both ends included. */
        record Integers(long minimum, long maximum) implements Range {
            @Override
            public void check(String value) {
                Numbers.integer(value, minimum, maximum);
            }

            @Override
            public String toString() {
                return minimum + ".." + maximum;
            }
        }

        /** A power of two, both ends included. */
        record PowersOfTwo(long minimum, long maximum) implements Range {
            @Override
            public void check(String value) {
                if (Long.bitCount(Numbers.integer(value, minimum, maximum)) != 1) {
                    throw new UsageException(quoted(value) + " is not a power of two in " + minimum + ".." + maximum);
                }
            }

            @Override
            public String toString() {
                return "power of two " + minimum + ".." + maximum;
            }
        }

        /** One of some words. */
        record Words(List<String> words) implements Range {
            @Override
            public void check(String value) {
                if (!words.contains(value)) {
                    throw new UsageException(quoted(value) + " is not one of " + String.join(", ", words));
                }
            }

            @Override
            public String toString() {
                return String.join(", ", words);
            }
        }

        /** Text that matches an expression. */
        record Text(String pattern, String description) implements Range {
            @Override
            public void check(String value) {
                if (!value.matches(pattern)) {
                    throw new UsageException(quoted(value) + " is not " + description);
                }
            }

            @Override
            public String toString() {
                return description;
            }
        }
    }

    public ConfigKey {
        range.check(defaultText);
    }

    static ConfigKey integer(String name, long value, String unit, long minimum, long maximum, String sentence) {
        return new ConfigKey(name, Long.toString(value), unit, new Range.Integers(minimum, maximum), sentence);
    }

    static ConfigKey power(String name, long value, String unit, long minimum, long maximum, String sentence) {
        return new ConfigKey(name, Long.toString(value), unit, new Range.PowersOfTwo(minimum, maximum), sentence);
    }

    static ConfigKey flag(String name, boolean value, String sentence) {
        return new ConfigKey(name, Boolean.toString(value), "", new Range.Words(List.of("true", "false")), sentence);
    }

    static ConfigKey word(String name, String sentence, String value, String... others) {
        List<String> words = new java.util.ArrayList<>(List.of(value));
        words.addAll(List.of(others));
        return new ConfigKey(name, value, "", new Range.Words(List.copyOf(words)), sentence);
    }

    static ConfigKey text(String name, String value, String pattern, String description, String sentence) {
        return new ConfigKey(name, value, "", new Range.Text(pattern, description), sentence);
    }
}
