package io.jspp.controller.state;

import io.jspp.control.CommandCodec;
import io.jspp.controller.json.Json;
import io.jspp.flow.FlowAction;
import io.jspp.flow.FlowException;
import io.jspp.flow.FlowItem;
import io.jspp.flow.FlowRule;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One spelling for flow rules that mean the same, be they typed or told by a status. */
final class FlowWords {
    private FlowWords() {}

    /** @throws FlowException what is no rule */
    static String canonical(final String text) throws FlowException {
        final FlowRule rule = FlowRule.parse(CommandCodec.words(text));
        final StringBuilder words = new StringBuilder();
        if (rule.group() != 0) {
            words.append("group ").append(rule.group()).append(' ');
        }
        if (rule.priority() != 0) {
            words.append("priority ").append(rule.priority()).append(' ');
        }
        words.append(rule.transfer() ? "transfer " : "").append(rule.ingress() ? "ingress" : "egress");
        words.append(" pattern ");
        for (final FlowItem item : rule.patterns()) {
            words.append(item.layer().word());
            for (final FlowItem.Field field : item.layer().fields()) {
                append(words, item, field);
            }
            words.append(" / ");
        }
        words.append("end actions ");
        for (final FlowAction action : rule.actions()) {
            words.append(action.kind().word());
            if (!action.kind().parameter().isEmpty()) {
                words.append(' ').append(action.kind().parameter()).append(' ').append(action.value());
            }
            words.append(" / ");
        }
        return words.append("end").toString();
    }

    private static void append(final StringBuilder words, final FlowItem item, final FlowItem.Field field) {
        final long mask = item.mask(field);
        final String name = ' ' + field.word() + ' ';
        if (mask == field.full()) {
            words.append(name).append("is ").append(value(field, item.spec(field)));
        } else if (mask != 0) {
            words.append(name).append("spec ").append(value(field, item.spec(field)));
            words.append(name).append("mask ").append(value(field, mask));
        }
        if (item.hasLast() && item.last(field) != 0) {
            words.append(name).append("last ").append(value(field, item.last(field)));
        }
    }

    private static String value(final FlowItem.Field field, final long number) {
        if (!field.isAddress()) {
            return String.format(Locale.ROOT, "0x%04x", number);
        }
        final StringBuilder text = new StringBuilder();
        for (int shift = 40; shift >= 0; shift -= 8) {
            text.append(text.isEmpty() ? "" : ":").append(String.format(Locale.ROOT, "%02x", number >>> shift & 0xff));
        }
        return text.toString();
    }

    /**
     * A rule of the primary's status.
     *
     * @throws FlowException what is no rule
     */
    static String ofStatus(final Map<String, Object> rule) throws FlowException {
        final Map<String, Object> attributes = Json.asObject(rule.get("attr"));
        final StringBuilder words = new StringBuilder();
        if (attributes != null) {
            words.append("group ").append(attributes.get("group"));
            words.append(" priority ").append(attributes.get("priority"));
            words.append(is(attributes, "transfer") ? " transfer" : "");
            words.append(is(attributes, "ingress") ? " ingress" : " egress");
        }
        words.append(" pattern ");
        for (final Map<String, Object> item : Json.objects(rule, "patterns")) {
            words.append(item.get("type"));
            for (final String part : List.of("spec", "mask", "last")) {
                final Map<String, Object> values = Json.asObject(item.get(part));
                if (values != null) {
                    values.forEach((field, value) -> words.append(' ' + field + ' ' + part + ' ' + value));
                }
            }
            words.append(" / ");
        }
        words.append("end actions ");
        for (final Map<String, Object> action : Json.objects(rule, "actions")) {
            words.append(action.get("type"));
            final Map<String, Object> conf = Json.asObject(action.get("conf"));
            if (conf != null) {
                conf.forEach((name, value) -> words.append(' ' + name + ' ' + value));
            }
            words.append(" / ");
        }
        return canonical(words.append("end").toString());
    }

    private static boolean is(final Map<String, Object> attributes, final String name) {
        return !"0".equals(String.valueOf(attributes.get(name)));
    }
}
