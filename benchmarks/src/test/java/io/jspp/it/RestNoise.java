package io.jspp.it;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Requests to the routes of an OpenAPI file, more and less sensible, and what no process would say. Repeatable by its random source. */
final class RestNoise {
    private static final String[] IDS = {"2", "2", "3", "3", "9", "99", "-1", "x"};
    private static final String[] NAMES = {"0", "1", "f1", "vhost:0", "%00", "..", "9".repeat(40)};
    private static final String[] KEYS = {
        "action",
        "port",
        "src",
        "dst",
        "rx",
        "tx",
        "name",
        "core",
        "type",
        "dir",
        "vlan",
        "mac_address",
        "rule",
        "operation",
        "id",
        "pcp"
    };
    private static final String[] WORDS = {
        "add",
        "del",
        "start",
        "stop",
        "attach",
        "detach",
        "ring:0",
        "ring:1",
        "ring:2",
        "vhost:7",
        "nullpmd:0",
        "nullpmd:1",
        "forward",
        "merge",
        "classifier",
        "rx",
        "tx",
        "mac",
        "vlan",
        "default",
        "52:54:00:12:34:56",
        "none",
        "\n",
        "exit",
        "phy:0 nq 1",
        ""
    };
    private static final String[] SPEECH = {
        "{\"results\":[{\"result\":\"success\"}],\"client_id\":",
        "77",
        ",\"process_type\":\"nfv\"}",
        "{",
        "]",
        "\0\0\0",
        "\n",
        "exit",
        "\"",
        "é"
    };

    private final Random random;
    private final List<String> routes = new ArrayList<>();

    /** @param openApi the file as the controller serves it */
    RestNoise(Random random, String openApi) {
        this.random = random;
        String path = "";
        Pattern line = Pattern.compile("  (/v[12]/[^:]+):|    (get|put|post|delete):");
        for (String text : openApi.split("\n")) {
            Matcher found = line.matcher(text);
            if (!found.matches()) {
                continue;
            }
            if (found.group(1) != null) {
                path = found.group(1);
            } else {
                routes.add(found.group(2).toUpperCase(java.util.Locale.ROOT) + ' ' + path);
            }
        }
        // What starts or ends processes, or the whole switch, is for tests that have it to themselves; a stream has no
        // end.
        routes.removeIf(route -> route.endsWith("/launch")
                || route.endsWith("/events")
                || route.equals("DELETE /v1/primary")
                || (route.contains("/v2/") && !route.startsWith("GET ")));
    }

    int routes() {
        return routes.size();
    }

    /** Bytes of a request that closes its connection, damaged once in twenty times. */
    byte[] request() {
        String[] route = routes.get(random.nextInt(routes.size())).split(" ");
        StringBuilder path = new StringBuilder();
        for (String segment : route[1].substring(1).split("/")) {
            path.append('/')
                    .append(segment.equals("{id}") ? pick(IDS) : segment.startsWith("{") ? pick(NAMES) : segment);
        }
        String body = random.nextInt(8) == 0 ? "[".repeat(random.nextInt(500)) : object(0);
        int length = body.getBytes(StandardCharsets.UTF_8).length;
        byte[] bytes = (route[0] + ' ' + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: "
                        + length + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.UTF_8);
        if (random.nextInt(20) == 0) {
            for (int n = 1 + random.nextInt(5); n > 0; n--) {
                // behind the path, so that it goes to nobody else
                int from = route[0].length() + path.length() + 2;
                bytes[from + random.nextInt(bytes.length - from)] = (byte) random.nextInt(256);
            }
        }
        return bytes;
    }

    /** What somebody says who connects as a process. */
    byte[] speech() {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(6); n > 0; n--) {
            text.append(pick(SPEECH));
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private String object(int depth) {
        StringBuilder text = new StringBuilder("{");
        for (int n = random.nextInt(6); n > 0; n--) {
            text.append(text.length() == 1 ? "" : ",")
                    .append('"')
                    .append(pick(KEYS))
                    .append("\":");
            int kind = random.nextInt(depth > 2 ? 4 : 5);
            text.append(
                    kind == 0
                            ? String.valueOf(random.nextInt(300) - 20)
                            : kind == 1
                                    ? "null"
                                    : kind == 4
                                            ? object(depth + 1)
                                            : '"' + pick(WORDS).replace("\n", "\\n") + '"');
        }
        return text.append('}').toString();
    }

    private String pick(String[] choices) {
        return choices[random.nextInt(choices.length)];
    }
}
