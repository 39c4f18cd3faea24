package io.jspp.controller.lab;

import io.jspp.controller.lab.Lab.Check;
import io.jspp.controller.yaml.YamlException;
import io.jspp.controller.yaml.YamlMap;
import io.jspp.controller.yaml.YamlText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Reads the checks of a lab file. */
final class CheckReader {
    private static final int LIMIT_SECONDS = 30;
    private static final int MAX_HOPS = 30;

    private CheckReader() {}

    static List<Check> read(List<YamlMap> rows, Set<String> nodes, PortAssignment ports) throws YamlException {
        List<Check> checks = new ArrayList<>();
        for (YamlMap row : rows) {
            checks.add(check(row, nodes, ports));
        }
        return checks;
    }

    private static Check check(YamlMap map, Set<String> nodes, PortAssignment ports) throws YamlException {
        String from = map.text("from");
        if (!nodes.contains(from)) {
            throw map.wrong("from", "one of the nodes is expected: " + String.join(", ", nodes));
        }
        Duration limit = Duration.ofSeconds(map.integer("limit", 1, 600, LIMIT_SECONDS));
        if (map.has("ping")) {
            map.only("from", "limit", "ping", "count", "answered", "hops");
            int count = map.integer("count", 1, 1000, 3);
            return new Lab.Ping(
                    from,
                    limit,
                    Addresses.plain(new YamlText(map.text("ping"), map.place("ping"))),
                    count,
                    map.integer("answered", 0, count, count),
                    map.integer("hops", 0, 63, -1));
        }
        if (map.has("path")) {
            map.only("from", "limit", "path");
            List<String> hops = new ArrayList<>();
            for (YamlText hop : map.texts("path")) {
                hops.add(Addresses.plain(hop));
            }
            if (hops.isEmpty() || hops.size() > MAX_HOPS) {
                throw map.wrong("path", "1 to " + MAX_HOPS + " addresses are expected");
            }
            return new Lab.Route(from, limit, hops);
        }
        map.only("from", "limit", "run", "expect");
        if (!map.has("run")) {
            throw new YamlException(map.place(), "a check has ping, path or run");
        }
        String line = ports.fill(map.text("run"), map.place("run"));
        if (!line.matches("[\\x20-\\x7e]{1,1000}")) {
            throw map.wrong("run", "a line of at most 1000 printable ASCII characters is expected");
        }
        try {
            return new Lab.Run(from, limit, line, Pattern.compile(map.text("expect", ""), Pattern.MULTILINE));
        } catch (PatternSyntaxException e) {
            throw map.wrong("expect", "no regular expression: " + e.getDescription());
        }
    }
}
