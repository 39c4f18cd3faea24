package io.jspp.flow;

import io.jspp.flow.FlowItem.Field;
import io.jspp.flow.FlowItem.Layer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * One rule in the words of SPP and testpmd:
 *
 * <pre>
 *   [group N] [priority N] [transfer] ingress|egress pattern eth dst is 52:54:00:00:00:01 / vlan vid is 100 / end actions queue index 1 / end
 * </pre>
 *
 * @param words canonical text
 */
public record FlowRule(
        int group,
        int priority,
        boolean ingress,
        boolean transfer,
        List<FlowItem> patterns,
        List<FlowAction> actions,
        String words) {
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,10}|0[xX][0-9a-fA-F]{1,8}");
    private static final Pattern ADDRESS = Pattern.compile("([0-9a-fA-F]{1,2}:){5}[0-9a-fA-F]{1,2}");
    private static final int MAX_PARTS = 16;

    public FlowRule {
        patterns = List.copyOf(patterns);
        actions = List.copyOf(actions);
    }

    /**
     * Reads a rule.
     *
     * @throws FlowException what is no rule
     */
    public static FlowRule parse(List<String> words) throws FlowException {
        int group = 0;
        int priority = 0;
        boolean transfer = false;
        String direction = "";
        int at = 0;
        for (; at < words.size() && !words.get(at).equals("pattern"); at++) {
            switch (words.get(at)) {
                case "group" -> group = (int) number(word(words, ++at), 0xffff);
                case "priority" -> priority = (int) number(word(words, ++at), 0xffff);
                case "transfer" -> transfer = true;
                case "ingress", "egress" -> direction = words.get(at);
                default -> throw new FlowException("unknown attribute " + words.get(at));
            }
        }
        if (direction.isEmpty()) {
            throw new FlowException("neither ingress nor egress");
        }
        List<FlowItem> patterns = new ArrayList<>();
        int actionsAt = at;
        for (List<String> part : parts(words, at, "pattern")) {
            patterns.add(item(part));
            actionsAt += part.size() + 1;
        }
        actionsAt += 2;
        List<FlowAction> actions = new ArrayList<>();
        List<List<String>> actionParts = parts(words, actionsAt, "actions");
        for (List<String> part : actionParts) {
            actions.add(FlowAction.parse(part));
        }
        int end = actionsAt
                + 2
                + actionParts.stream().mapToInt(part -> part.size() + 1).sum();
        if (end != words.size()) {
            throw new FlowException("unexpected " + words.get(end));
        }
        return new FlowRule(
                group, priority, direction.equals("ingress"), transfer, patterns, actions, String.join(" ", words));
    }

    private static String word(List<String> words, int at) throws FlowException {
        if (at >= words.size()) {
            throw new FlowException("incomplete rule");
        }
        return words.get(at);
    }

    /** Parts between {@code begin} and {@code end}, each followed by a slash. */
    private static List<List<String>> parts(List<String> words, int begin, String beginWord) throws FlowException {
        if (!word(words, begin).equals(beginWord)) {
            throw new FlowException(beginWord + " expected instead of " + words.get(begin));
        }
        List<List<String>> parts = new ArrayList<>();
        List<String> part = new ArrayList<>();
        for (int at = begin + 1; ; at++) {
            String word = word(words, at);
            if (word.equals("/")) {
                if (part.isEmpty() || parts.size() == MAX_PARTS) {
                    throw new FlowException(
                            part.isEmpty() ? "nothing before a /" : "more than " + MAX_PARTS + " parts");
                }
                parts.add(part);
                part = new ArrayList<>();
            } else if (word.equals("end") && part.isEmpty()) {
                return parts;
            } else {
                part.add(word);
            }
        }
    }

    /** @throws FlowException when it is none, or above {@code most} */
    static long number(String word, long most) throws FlowException {
        if (NUMBER.matcher(word).matches()) {
            long value = Long.decode(word.matches("0[0-9]+") ? word.replaceFirst("^0+(?=.)", "") : word);
            if (value <= most) {
                return value;
            }
        }
        throw new FlowException(word + " is not a number from 0 to " + most);
    }

    private static FlowItem item(List<String> words) throws FlowException {
        Layer layer = Arrays.stream(Layer.values())
                .filter(l -> l.word().equals(words.get(0)))
                .findFirst()
                .orElseThrow(() -> new FlowException("unknown pattern " + words.get(0)));
        long[][] values = new long[3][]; // spec, last, mask
        for (int at = 1; at < words.size(); at += 3) {
            if (at + 2 >= words.size()) {
                throw new FlowException("pattern " + layer.word() + ": field, operator and value expected");
            }
            set(layer, words.get(at), words.get(at + 1), words.get(at + 2), values);
        }
        return new FlowItem(layer, values[0], values[1], values[2]);
    }

    private static void set(Layer layer, String name, String operator, String text, long[][] values)
            throws FlowException {
        int shift = name.equals("pcp") ? 13 : name.equals("dei") ? 12 : 0;
        boolean ofTci = layer == Layer.VLAN && List.of("pcp", "dei", "vid").contains(name);
        Field field = ofTci
                ? Field.TCI
                : layer.fields().stream()
                        .filter(f -> f.word().equals(name))
                        .findFirst()
                        .orElseThrow(() -> new FlowException("pattern " + layer.word() + " has no field " + name));
        long bits = !ofTci ? field.full() : name.equals("pcp") ? 7 : name.equals("dei") ? 1 : 0xfff;
        int width = Long.bitCount(bits);
        switch (operator) {
            case "is" -> {
                put(values, 0, field, bits << shift, value(field, text, bits) << shift);
                put(values, 2, field, bits << shift, bits << shift);
            }
            case "spec" -> {
                put(values, 0, field, bits << shift, value(field, text, bits) << shift);
                if (values[2] == null || (values[2][field.ordinal()] & bits << shift) == 0) {
                    put(values, 2, field, bits << shift, bits << shift);
                }
            }
            case "last" -> put(values, 1, field, bits << shift, value(field, text, bits) << shift);
            case "mask" -> put(values, 2, field, bits << shift, value(field, text, bits) << shift);
            case "prefix" -> {
                int prefix = (int) number(text, width);
                put(values, 2, field, bits << shift, (bits << width - prefix & bits) << shift);
            }
            default -> throw new FlowException("operator " + operator + ": is, spec, last, mask or prefix expected");
        }
    }

    private static void put(long[][] values, int which, Field field, long bits, long value) {
        if (values[which] == null) {
            values[which] = new long[Field.values().length];
        }
        int at = field.ordinal();
        values[which][at] = values[which][at] & ~bits | value;
    }

    private static long value(Field field, String text, long most) throws FlowException {
        if (!field.isAddress()) {
            return number(text, most);
        }
        if (!ADDRESS.matcher(text).matches()) {
            throw new FlowException(text + " is not an address such as 52:54:00:00:00:01");
        }
        long address = 0;
        for (String octet : text.split(":")) {
            address = address << 8 | Integer.parseInt(octet, 16);
        }
        return address;
    }
}
