package io.jspp.controller.rest;

import io.jspp.control.CommandRegistry;
import io.jspp.control.CommandSpec;
import io.jspp.control.ProcessKind;
import io.jspp.testing.RandomRequests;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Makes requests from the words of the API, more and less sensible, and damages the bytes of some. Repeatable by its random source. */
final class RestFuzz {
    private static final String[] METHODS = {"GET", "PUT", "POST", "DELETE", "HEAD", "OPTIONS", "PATCH", "BREW"};
    private static final String[] SEGMENTS = {
        "v1",
        "v2",
        "nfvs",
        "vfs",
        "primary",
        "mirrors",
        "pcaps",
        "ports",
        "patches",
        "forward",
        "components",
        "fwd1",
        "classifier_table",
        "bridge_table",
        "addresses",
        "print",
        "capture",
        "launch",
        "flow_rules",
        "port_id",
        "status",
        "processes",
        "counters",
        "lcores",
        "topology",
        "vm-args",
        "openapi.yaml",
        "migrations",
        "1",
        "2",
        "98",
        "0",
        "-1",
        "999999999999",
        "%00",
        "%2e%2e",
        "..",
        "",
        "a%20b",
        "%0d%0a",
        "%zz",
        "name;x",
        "é"
    };
    private static final String[] NAMES = {"fwd1", "0", "1", "3", "98", "vhost:0", "a%20b", "-1"};
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
        "client_id",
        "proc_name",
        "eal",
        "app",
        "direction",
        "pattern",
        "actions",
        "group",
        "operation",
        "id",
        "pcp",
        "-l",
        "--proc-type",
        "-n",
        "-s",
        "",
        "\n",
        "a.b"
    };
    private static final String[] WORDS = {
        "add",
        "del",
        "start",
        "stop",
        "attach",
        "detach",
        "rx",
        "tx",
        "ring:0",
        "phy:0",
        "phy:1 nq 1",
        "phy:0nq1",
        "vhost:1",
        "pipe:0",
        "foo:0",
        "ring:x",
        "ring:99999999999",
        "forward",
        "merge",
        "classifier",
        "bridge",
        "responder",
        "192.168.1.2",
        "fd00::2",
        "mirror",
        "mac",
        "default",
        "52:54:00:12:34:56",
        "52-54-00-12-34-56",
        "zz",
        "ingress",
        "egress",
        "eth",
        "queue index 0",
        "spp_nfv",
        "spp_pcap",
        "secondary",
        "1,2",
        "127.0.0.1:6666",
        "",
        " ",
        "status\nexit",
        "ring:0 exit",
        "ring:0\0",
        "\r\n",
        "exit",
        "patch reset",
        "nq",
        "\u0000",
        "é",
        "\ud83d\ude00",
        "\"",
        "\\",
        "/",
        "end",
        "-- -s x"
    };

    /** Every route there is, but streams; EventHubTest has their clients. */
    private static final String[] ROUTES =
            RandomRequests.routes(RestRoutes.description()).toArray(new String[0]);

    /** With the members of all bodies. */
    private static final String[] MEMBERS = members();

    private final Random random;
    private final RandomRequests requests;

    RestFuzz(final Random random) {
        this.random = random;
        requests = new RandomRequests(random, MEMBERS, WORDS);
    }

    private static String[] members() {
        final Set<String> members = new LinkedHashSet<>(List.of(KEYS));
        for (final ProcessKind kind : ProcessKind.values()) {
            for (final CommandSpec spec : CommandRegistry.standard().of(kind)) {
                spec.rest()
                        .body()
                        .forEach(field -> members.addAll(List.of(field.path().split("\\."))));
            }
        }
        return members.toArray(new String[0]);
    }

    /**
     * A request.
     *
     * @param bytes what is sent
     * @param intact whether its framing is as it should be, so that one answer comes and the connection may go on
     */
    record Request(byte[] bytes, boolean intact) {
        @Override
        public String toString() {
            return FuzzedRestTest.printable(bytes);
        }
    }

    Request next() {
        final String[] route = requests.pick(ROUTES).split(" ");
        final String method = random.nextInt(3) != 0 ? route[0] : requests.pick(METHODS);
        final String path = random.nextInt(4) != 0 ? filled(route[1]) : path();
        final byte[] body = body();
        final StringBuilder head =
                new StringBuilder(method + ' ' + path + query() + " HTTP/1.1\r\nHost: localhost\r\n");
        if (random.nextInt(8) == 0) {
            head.append("X-").append("a".repeat(random.nextInt(200))).append(": b\r\n");
        }
        head.append(random.nextBoolean() ? "Content-Type: application/json\r\n" : "");
        head.append("Content-Length: ").append(body.length).append("\r\n\r\n");
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(head.toString().getBytes(StandardCharsets.UTF_8));
        bytes.writeBytes(body);
        if (random.nextInt(20) != 0 && !method.equals("HEAD")) {
            return new Request(bytes.toByteArray(), true);
        }
        return new Request(damage(bytes.toByteArray()), false);
    }

    private byte[] damage(final byte[] whole) {
        final byte[] bytes = requests.damaged(whole, 0);
        return random.nextInt(3) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
    }

    /** The id is mostly that of a process of this kind. */
    private String filled(final String route) {
        final StringBuilder path = new StringBuilder();
        for (final String segment : route.substring(1).split("/")) {
            path.append('/');
            if (!segment.startsWith("{")) {
                path.append(segment);
            } else if (segment.equals("{id}") && random.nextInt(5) != 0) {
                path.append(idBehind(path.substring(0, path.length() - 1)));
            } else {
                path.append(requests.pick(NAMES));
            }
        }
        return path.toString();
    }

    private int idBehind(final String path) {
        for (final ProcessKind kind : ProcessKind.values()) {
            if (kind.isSecondary() && path.equals(kind.restPath())) {
                return kind.ordinal();
            }
        }
        return random.nextInt(5);
    }

    private String path() {
        final StringBuilder path = new StringBuilder();
        for (int n = random.nextInt(7); n >= 0; n--) {
            path.append('/').append(requests.pick(SEGMENTS));
        }
        return path.toString().contains("events") ? "/" : path.toString();
    }

    private String query() {
        return random.nextInt(10) == 0
                ? "?" + requests.pick(KEYS).replaceAll("[^a-z]", "%") + '=' + random.nextInt() + "&port=vhost:"
                        + random.nextInt(3)
                : "";
    }

    private byte[] body() {
        final int kind = random.nextInt(12);
        if (kind == 0) {
            return new byte[0];
        }
        if (kind == 1) {
            final byte[] noise = new byte[random.nextInt(100)];
            random.nextBytes(noise);
            return noise;
        }
        if (kind == 2) {
            return "[".repeat(random.nextInt(2_000)).getBytes(StandardCharsets.US_ASCII);
        }
        final String text = requests.object();
        return text.substring(0, kind == 3 ? random.nextInt(text.length()) : text.length())
                .getBytes(StandardCharsets.UTF_8);
    }
}
