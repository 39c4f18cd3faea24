package io.jspp.controller.shell;

import io.jspp.control.ProcessKind;
import io.jspp.controller.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Candidates for {@code pri; launch TYPE ID OPTIONS}: the types, the ids that nobody has, and then all options at once, with
 * lcores that {@code cpu_layout} lists and {@code cpu_usage} does not, as SPP's shell does.
 */
final class LaunchCompleter {
    private static final String REST_PORT = "7777";
    private static final String SECONDARY_PORT = "6666";

    private final Servers servers;
    private final ShellConfig config;

    LaunchCompleter(final Servers servers, final ShellConfig config) {
        this.servers = servers;
        this.config = config;
    }

    /** @param words the finished words behind {@code launch} */
    List<String> complete(final List<String> words) throws ShellException {
        if (words.isEmpty()) {
            return kinds();
        }
        final String type = words.get(0).replaceFirst("^spp_", "");
        if (!kinds().contains(type)) {
            return List.of();
        }
        if (words.size() == 1) {
            return freeIds();
        }
        return words.size() == 2 && words.get(1).matches("[0-9]{1,5}") ? options(type, words.get(1)) : List.of();
    }

    private static List<String> kinds() {
        final List<String> kinds = new ArrayList<>();
        for (final ProcessKind kind : ProcessKind.values()) {
            if (kind.isSecondary()) {
                kinds.add(kind.wireName());
            }
        }
        return kinds;
    }

    private List<String> freeIds() throws ShellException {
        final Set<Object> used = new TreeSet<>();
        for (final Map<String, Object> process : servers.current().processes()) {
            if (process.get("client-id") instanceof Integer id) {
                used.add(id);
            }
        }
        final List<String> free = new ArrayList<>();
        for (int id = 1; id <= config.number(ShellConfig.MAX_SECONDARY); id++) {
            if (!used.contains(id)) {
                free.add(Integer.toString(id));
            }
        }
        return free;
    }

    private List<String> options(final String type, final String id) throws ShellException {
        final int wanted = config.number("sec_" + type + "_nof_lcores");
        final List<Integer> free = freeLcores();
        if (free.size() < wanted) {
            return List.of();
        }
        final StringBuilder text = new StringBuilder("-l ");
        text.append(config.get(ShellConfig.MAIN_LCORE)).append(',').append(ranges(free.subList(0, wanted)));
        text.append(' ').append(config.get(ShellConfig.MEMORY));
        final String prefix = System.getenv().getOrDefault("SPP_FILE_PREFIX", "");
        text.append(prefix.isEmpty() ? "" : " --file-prefix " + prefix);
        text.append(" -- ").append(type.equals("nfv") ? "-n " : "--client-id ").append(id);
        text.append(" -s ").append(peer(servers.current().endpoint()));
        if (!config.get(ShellConfig.VHOST_CLIENT).isEmpty() && (type.equals("nfv") || type.equals("vf"))) {
            text.append(" --vhost-client");
        }
        if (type.equals("pcap")) {
            text.append(" -c ").append(config.get(ShellConfig.PCAP_PORT));
        }
        return List.of(text.toString());
    }

    /** Where secondaries reach the controller: at its REST address, or here when that is a file. */
    private static String peer(final String endpoint) {
        return endpoint.startsWith(RestClient.UNIX_PREFIX)
                ? "127.0.0.1:" + SECONDARY_PORT
                : endpoint.replace(REST_PORT, SECONDARY_PORT);
    }

    /** Lcores of the machine beyond the secondaries' main one that no process uses. */
    private List<Integer> freeLcores() throws ShellException {
        final Set<Integer> free = new TreeSet<>();
        final RestReply layout = servers.current().get("/v1/cpu_layout").orFail();
        for (final Object socket : Json.asArray(layout.body().isEmpty() ? List.of() : layout.json())) {
            for (final Object core : Json.asArray(member(socket, "cores"))) {
                addNumbers(free, member(core, "lcores"));
            }
        }
        final Set<Integer> used = new TreeSet<>();
        for (final Object process :
                Json.asArray(servers.current().get("/v1/cpu_usage").orFail().json())) {
            addNumbers(used, member(process, "lcores"));
        }
        free.removeAll(used);
        free.removeIf(lcore -> lcore <= config.number(ShellConfig.MAIN_LCORE));
        return List.copyOf(free);
    }

    private static Object member(final Object object, final String name) {
        final Map<String, Object> members = Json.asObject(object);
        return members == null ? null : members.get(name);
    }

    private static void addNumbers(final Set<Integer> numbers, final Object list) {
        for (final Object value : Json.asArray(list)) {
            if (value instanceof Integer number) {
                numbers.add(number);
            }
        }
    }

    /** {@code 3-5,7}. */
    private static String ranges(final List<Integer> lcores) {
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < lcores.size(); ) {
            int last = i;
            while (last + 1 < lcores.size() && lcores.get(last + 1) == lcores.get(last) + 1) {
                last++;
            }
            text.append(text.isEmpty() ? "" : ",").append(lcores.get(i));
            text.append(last == i ? "" : "-" + lcores.get(last));
            i = last + 1;
        }
        return text.toString();
    }
}
