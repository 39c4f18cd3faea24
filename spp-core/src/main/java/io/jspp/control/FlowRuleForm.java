package io.jspp.control;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A flow rule: {@code group 1 ingress pattern eth / end actions queue index 0 / end}, in JSON
 * {@code {"direction":"ingress","group":1,"pattern":["eth"],"actions":["queue index 0"]}}. Checks the frame of the rule; what patterns and actions mean
 * is the primary's to judge. Attributes are put into SPP's order.
 */
final class FlowRuleForm implements WordsForm {
    private static final int MAX_WORDS = 256;
    private static final String PATTERN = "pattern";
    private static final String ACTIONS = "actions";
    private static final String DIRECTION = "direction";
    private static final String END = "end";
    private static final String SLASH = "/";

    @Override
    public List<String> check(final List<String> words) {
        final Map<String, Object> rule = parse(words);
        return rule == null || words.size() > MAX_WORDS ? null : write(rule);
    }

    /** Members of the JSON object, or null. */
    private static Map<String, Object> parse(final List<String> words) {
        final Map<String, Object> rule = new LinkedHashMap<>();
        int at = 0;
        while (at < words.size() && !words.get(at).equals(PATTERN)) {
            final String word = words.get(at++);
            switch (word) {
                case "ingress", "egress" -> rule.put(DIRECTION, word);
                case "transfer" -> rule.put(word, true);
                case "group", "priority" -> {
                    if (at == words.size() || !words.get(at).matches("[0-9]{1,9}")) {
                        return null;
                    }
                    rule.put(word, Integer.valueOf(words.get(at++)));
                }
                default -> {
                    return null;
                }
            }
        }
        final List<String> pattern = new ArrayList<>();
        at = parts(words, at, PATTERN, pattern);
        final List<String> actions = new ArrayList<>();
        at = at < 0 ? -1 : parts(words, at, ACTIONS, actions);
        if (at != words.size() || !rule.containsKey(DIRECTION)) {
            return null;
        }
        rule.put(PATTERN, pattern);
        rule.put(ACTIONS, actions);
        return rule;
    }

    /** Where the words go on after {@code pattern A / B / end}, or -1. */
    private static int parts(final List<String> words, final int begin, final String name, final List<String> parts) {
        if (begin >= words.size() || !words.get(begin).equals(name)) {
            return -1;
        }
        final List<String> part = new ArrayList<>();
        for (int at = begin + 1; at < words.size(); at++) {
            final String word = words.get(at);
            if (word.equals(SLASH)) {
                if (part.isEmpty()) {
                    return -1;
                }
                parts.add(String.join(" ", part));
                part.clear();
            } else if (word.equals(END) && part.isEmpty()) {
                return parts.isEmpty() ? -1 : at + 1;
            } else {
                part.add(word);
            }
        }
        return -1;
    }

    private static List<String> write(final Map<String, Object> rule) {
        final List<String> words = new ArrayList<>();
        for (final String number : List.of("group", "priority")) {
            if (rule.get(number) != null) {
                words.add(number);
                words.add(rule.get(number).toString());
            }
        }
        if (Boolean.TRUE.equals(rule.get("transfer"))) {
            words.add("transfer");
        }
        words.add(rule.get(DIRECTION).toString());
        for (final String name : List.of(PATTERN, ACTIONS)) {
            words.add(name);
            for (final Object part : (List<?>) rule.get(name)) {
                words.addAll(CommandCodec.words(part.toString()));
                words.add(SLASH);
            }
            words.add(END);
        }
        return words;
    }

    @Override
    public List<String> fromJson(final Object json) throws MissingKeyException {
        if (!(json instanceof Map<?, ?> object)) {
            return null;
        }
        final Map<String, Object> rule = new LinkedHashMap<>();
        for (final String needed : List.of(DIRECTION, PATTERN, ACTIONS)) {
            if (object.get(needed) == null) {
                throw new MissingKeyException(needed);
            }
        }
        object.forEach((name, value) -> rule.put(String.valueOf(name), value));
        final Object transfer = rule.get("transfer");
        return isParts(rule.get(PATTERN))
                        && isParts(rule.get(ACTIONS))
                        && (transfer == null || transfer instanceof Boolean)
                ? check(write(rule))
                : null;
    }

    /** An array of texts, none of which ends a part by itself: what is behind it would be another part, or action. */
    private static boolean isParts(final Object json) {
        return json instanceof List<?> parts
                && parts.stream()
                        .allMatch(part -> part instanceof String text
                                && Collections.disjoint(CommandCodec.words(text), List.of(SLASH, END)));
    }

    @Override
    public Object toJson(final List<String> words) {
        return parse(words);
    }
}
