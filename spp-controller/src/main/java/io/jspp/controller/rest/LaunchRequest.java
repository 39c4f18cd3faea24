package io.jspp.controller.rest;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The body of {@code PUT /v1/primary/launch} as the primary's command. Options and their order are SPP's; others are left out, as SPP does. Stateless. */
final class LaunchRequest {
    /** In the order in which they go to the primary. */
    private static final List<String> EAL_OPTIONS = List.of(
            "-c",
            "-l",
            "--lcores",
            "--master-lcore",
            "-s",
            "-b",
            "--pci-blacklist",
            "-w",
            "--pci-whitelist",
            "--vdev",
            "-d",
            "--no-pci",
            "--proc-type",
            "-n",
            "-r",
            "-m",
            "--in-memory",
            "--iova-mode",
            "--no-shconf",
            "--no-huge",
            "--log-level",
            "--file-prefix",
            "--create-uio-dev",
            "--vmware-tsc-map",
            "--no-hpet",
            "--vfio-intr",
            "--base-virtaddr",
            "--legacy-mem",
            "--socket-mem",
            "--socket-limit",
            "--single-file-segments",
            "--huge-dir",
            "--huge-unlink",
            "--match-allocations",
            "--syslog");

    private static final List<String> CORES = List.of("-c", "-l", "--lcores");
    private static final Map<String, List<String>> APPLICATION_OPTIONS = applicationOptions();
    private static final Pattern WORD = Pattern.compile("[\\x21-\\x7e]{1,512}");
    private static final int MAX_CLIENT_ID = 127;

    private LaunchRequest() {}

    private static Map<String, List<String>> applicationOptions() {
        final Map<String, List<String>> options = new LinkedHashMap<>();
        options.put("spp_nfv", List.of("-n", "-s", "--vhost-client"));
        options.put("spp_vf", List.of("--client-id", "-s", "--vhost-client"));
        options.put("spp_mirror", List.of("--client-id", "-s", "--vhost-client"));
        options.put("spp_pcap", List.of("--client-id", "-s", "-c", "--out-dir", "--fsize"));
        return options;
    }

    /** {@code launch 5 spp_nfv -l 1,2 --proc-type secondary -- -n 5 -s 127.0.0.1:6666}. */
    static String toCommand(final Map<String, Object> body) throws RestException {
        for (final String key : List.of("client_id", "proc_name", "eal", "app")) {
            JsonBody.required(body, key);
        }
        final Map<String, Object> eal = JsonBody.requiredObject(body, "eal");
        final Map<String, Object> app = JsonBody.requiredObject(body, "app");
        final Object name = body.get("proc_name");
        final List<String> known = name instanceof String ? APPLICATION_OPTIONS.get(name) : null;
        if (known == null) {
            throw RestException.keyInvalid(
                    "proc_name", RestException.show(name), "one of " + String.join(", ", APPLICATION_OPTIONS.keySet()));
        }
        if (CORES.stream().noneMatch(eal::containsKey)) {
            throw RestException.keyInvalid("eal", RestException.show(eal), "one of -l, -c, --lcores among them");
        }
        if (!eal.containsKey("--proc-type")) {
            throw RestException.keyInvalid("eal", RestException.show(eal), "--proc-type among them");
        }
        final StringBuilder command = new StringBuilder("launch " + clientId(body.get("client_id")) + ' ' + name);
        append(command, "eal", EAL_OPTIONS, eal);
        append(command.append(" --"), "app", known, app);
        return command.toString();
    }

    /** SPP's own tests send it as a text. */
    private static int clientId(final Object value) throws RestException {
        final String text = String.valueOf(value);
        if ((value instanceof Integer || value instanceof String) && text.matches("[0-9]{1,3}")) {
            final int id = Integer.parseInt(text);
            if (id >= 1 && id <= MAX_CLIENT_ID) {
                return id;
            }
        }
        throw RestException.keyInvalid("client_id", RestException.show(value), "a number from 1 to " + MAX_CLIENT_ID);
    }

    private static void append(
            final StringBuilder command, final String key, final List<String> order, final Map<String, Object> options)
            throws RestException {
        for (final String option : order) {
            if (!options.containsKey(option)) {
                continue;
            }
            command.append(' ').append(option);
            final Object value = options.get(option);
            if (value == null || value.equals("")) {
                continue;
            }
            final String word = value instanceof String || value instanceof Number ? value.toString() : "";
            if (!WORD.matcher(word).matches()) {
                throw RestException.keyInvalid(
                        key, option + ' ' + RestException.show(value), "a word without blanks, or a number");
            }
            command.append(' ').append(word);
        }
    }
}
