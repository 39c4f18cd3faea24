package io.jspp.it;

import io.jspp.testing.RandomRequests;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

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
    private final RandomRequests requests;
    private final List<String> routes;

    /** @param openApi the file as the controller serves it */
    RestNoise(Random random, String openApi) {
        this.random = random;
        requests = new RandomRequests(random, KEYS, WORDS);
        routes = RandomRequests.routes(openApi);
        // What starts or ends processes, or the whole switch, is for tests that have it to themselves.
        routes.removeIf(route -> route.endsWith("/launch")
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
                    .append(
                            segment.equals("{id}")
                                    ? requests.pick(IDS)
                                    : segment.startsWith("{") ? requests.pick(NAMES) : segment);
        }
        String body = random.nextInt(8) == 0 ? "[".repeat(random.nextInt(500)) : requests.object();
        int length = body.getBytes(StandardCharsets.UTF_8).length;
        byte[] bytes = (route[0] + ' ' + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: "
                        + length + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.UTF_8);
        // Behind the path, so that it goes to nobody else.
        return random.nextInt(20) == 0 ? requests.damaged(bytes, route[0].length() + path.length() + 2) : bytes;
    }

    /** What somebody says who connects as a process. */
    byte[] speech() {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(6); n > 0; n--) {
            text.append(requests.pick(SPEECH));
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}
