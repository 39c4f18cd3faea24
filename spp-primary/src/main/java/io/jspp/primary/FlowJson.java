package io.jspp.primary;

import io.jspp.control.JsonWriter;
import io.jspp.flow.FlowAction;
import io.jspp.flow.FlowItem;
import io.jspp.flow.FlowItem.Field;
import io.jspp.flow.FlowRule;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.ToLongFunction;

/** Flow rules in the status of the primary, in SPP's form; numbers as people write them, not in the byte order of the machine. */
final class FlowJson {
    private FlowJson() {}

    /** The elements of {@code flow}. */
    static void write(JsonWriter json, SortedMap<Integer, FlowRule> rules) {
        for (Map.Entry<Integer, FlowRule> entry : rules.entrySet()) {
            FlowRule rule = entry.getValue();
            json.object()
                    .field("rule_id", entry.getKey())
                    .name("attr")
                    .object()
                    .field("group", rule.group())
                    .field("priority", rule.priority())
                    .field("ingress", rule.ingress() ? 1 : 0)
                    .field("egress", rule.ingress() ? 0 : 1)
                    .field("transfer", rule.transfer() ? 1 : 0)
                    .endObject()
                    .name("patterns")
                    .array();
            for (FlowItem item : rule.patterns()) {
                json.object().field("type", item.layer().word());
                values(json, "spec", item, item.hasSpec(), item::spec);
                values(json, "last", item, item.hasLast(), item::last);
                values(json, "mask", item, item.hasMask(), item::mask);
                json.endObject();
            }
            json.endArray().name("actions").array();
            rule.actions().forEach(action -> write(json, action));
            json.endArray().endObject();
        }
    }

    private static void values(
            JsonWriter json, String name, FlowItem item, boolean given, ToLongFunction<Field> value) {
        if (!given) {
            json.field(name, (String) null);
            return;
        }
        json.name(name).object();
        for (Field field : item.layer().fields()) {
            long number = value.applyAsLong(field);
            json.field(field.word(), field.isAddress() ? address(number) : hex(4, number));
        }
        json.endObject();
    }

    private static String address(long address) {
        StringBuilder text = new StringBuilder();
        for (int shift = 40; shift >= 0; shift -= 8) {
            text.append(text.isEmpty() ? "" : ":").append(String.format(Locale.ROOT, "%02X", address >>> shift & 0xff));
        }
        return text.toString();
    }

    private static String hex(int digits, long number) {
        return String.format(Locale.ROOT, "0x%0" + digits + "x", number);
    }

    private static void write(JsonWriter json, FlowAction action) {
        json.object().field("type", action.kind().word());
        String parameter = action.kind().parameter();
        if (parameter.isEmpty()) {
            json.field("conf", (String) null);
        } else {
            json.name("conf").object();
            switch (action.kind()) {
                case OF_PUSH_VLAN, OF_SET_VLAN_VID -> json.field(parameter, hex(4, action.value()));
                case OF_SET_VLAN_PCP -> json.field(parameter, hex(1, action.value()));
                default -> json.field(parameter, action.value());
            }
            json.endObject();
        }
        json.endObject();
    }
}
