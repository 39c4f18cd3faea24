package io.jspp.control;

import java.util.Objects;

/**
 * One argument of a command.
 *
 * @param name how {@code {name}} refers to it in patterns, bodies and texts
 * @param type what it may be
 * @param completion where TAB finds candidates
 * @param missingText what the shell prints when it was left out, SPP's words
 */
public record ArgumentSpec(String name, ArgumentType type, Completion completion, String missingText) {
    public ArgumentSpec {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(completion, "completion");
        Objects.requireNonNull(missingText, "missingText");
    }
}
