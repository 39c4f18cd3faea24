package io.jspp.controller.rest;

import io.jspp.controller.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which lcore of a process runs where and what, from its status. Stateless. */
final class LcoreRows {
    private static final List<String> OF_WORKER = List.of("cpus", "shared", "place", "sleeping");

    private LcoreRows() {}

    /** The main lcore, then the workers: what our processes say of each, for SPP's its number. */
    static List<Map<String, Object>> of(final StatusCollector.Answer answer) {
        final List<Map<String, Object>> rows = new ArrayList<>();
        final Object main = answer.status().get("master-lcore");
        final Map<String, Object> first = answer.head();
        first.put("lcore", main);
        first.put("role", "main");
        rows.add(first);
        final Set<Object> seen = new LinkedHashSet<>();
        for (final Map<String, Object> worker : answer.objects("workers")) {
            final Map<String, Object> row = row(answer, worker.get("lcore"));
            for (final String member : OF_WORKER) {
                if (worker.get(member) != null) {
                    row.put(member, worker.get(member));
                }
            }
            seen.add(worker.get("lcore"));
            rows.add(row);
        }
        final List<Object> others = new ArrayList<>(Json.asArray(answer.status().get("lcores")));
        answer.objects("core").forEach(component -> others.add(component.get("core")));
        for (final Object lcore : others) {
            if (lcore != null && !lcore.equals(main) && seen.add(lcore)) {
                rows.add(row(answer, lcore));
            }
        }
        return rows;
    }

    private static Map<String, Object> row(final StatusCollector.Answer answer, final Object lcore) {
        final Map<String, Object> row = answer.head();
        row.put("lcore", lcore);
        row.put("role", "worker");
        final List<Object> components = new ArrayList<>();
        for (final Map<String, Object> component : answer.objects("core")) {
            final Object name = component.getOrDefault("name", component.get("role"));
            if (lcore != null && lcore.equals(component.get("core")) && name != null) {
                components.add(name);
            }
        }
        row.put("components", components);
        return row;
    }
}
