package io.jspp.controller.start;

import io.jspp.control.CommandCodec;
import io.jspp.controller.yaml.YamlException;
import io.jspp.controller.yaml.YamlFile;
import io.jspp.controller.yaml.YamlText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads SPP's {@code bin/config.sh}: assignments {@code NAME=VALUE} and {@code NAME=(VALUE …)}, comments, nothing else. Nothing is executed; what a
 * shell would expand or run is refused.
 */
final class SppConfigScript {
    private static final Pattern ASSIGNMENT = Pattern.compile("([A-Z][A-Z0-9_]{0,63})=(.*)");
    private static final Pattern WORD = Pattern.compile("\"([^\"$`\\\\]*)\"|'([^']*)'|([^\\s\"'$`\\\\()#;&|<>]+)");
    private static final int MAX_RINGS = 99;

    /** Variables that have a meaning here. */
    private static final List<String> KNOWN = List.of(
            "SPP_CTL_IP",
            "SPP_HOST_IP",
            "SPP_FILE_PREFIX",
            "SPP_HUGEPAGES",
            "LOGLEVEL",
            "PRI_CORE_LIST",
            "PRI_MEM",
            "PRI_MEMCHAN",
            "NUM_RINGS",
            "PRI_PORTMASK",
            "PRI_VHOST_VDEVS",
            "PRI_TAP_VDEVS",
            "PRI_VDEVS",
            "PRI_PORT_QUEUE",
            "PRI_WHITE_LIST",
            "SPP_CTL_LOG",
            "PRI_LOG");

    private static final Map<String, String> MISSING = Map.of(
            "PRI_RING_VDEVS", "NUM_RINGS makes all rings, each of which is ring:N",
            "PRI_MEMIF_VDEVS", "there is no memif device here, use vhost or ring");

    private final Path file;
    private final Map<String, List<YamlText>> values = new LinkedHashMap<>();

    private SppConfigScript(final Path file) {
        this.file = file;
    }

    /** @throws YamlException {@code FILE:LINE: sentence} */
    static StartConfig read(final Path file) throws YamlException {
        final SppConfigScript script = new SppConfigScript(file);
        script.parse(YamlFile.text(file));
        return script.config();
    }

    private void parse(final String text) throws YamlException {
        List<YamlText> open = null;
        int number = 0;
        String openedAt = "";
        for (final String line : text.split("\n", -1)) {
            final String place = file + ":" + ++number;
            String rest = line.strip();
            if (open == null) {
                final Matcher assignment = ASSIGNMENT.matcher(rest);
                if (rest.isEmpty() || rest.startsWith("#")) {
                    continue;
                }
                if (!assignment.matches()) {
                    throw new YamlException(
                            place, "NAME=VALUE is expected, not \"" + CommandCodec.printable(rest) + '"');
                }
                open = variable(assignment.group(1), place);
                rest = assignment.group(2);
                if (!rest.startsWith("(")) {
                    words(rest, place, open);
                    if (open.size() > 1) {
                        throw new YamlException(
                                place, assignment.group(1) + " takes one value, in quotes if it has blanks");
                    }
                    open = null;
                    continue;
                }
                rest = rest.substring(1);
                openedAt = place;
            }
            final String behind = words(rest, place, open);
            if (behind.startsWith(")")) {
                if (!comment(behind.substring(1).strip())) {
                    throw new YamlException(place, "nothing is expected behind )");
                }
                open = null;
            }
        }
        if (open != null) {
            throw new YamlException(openedAt, "the ) of this list is missing");
        }
    }

    private static boolean comment(final String text) {
        return text.isEmpty() || text.startsWith("#");
    }

    private List<YamlText> variable(final String name, final String place) throws YamlException {
        if (MISSING.containsKey(name)) {
            throw new YamlException(place, name + ": " + MISSING.get(name));
        }
        if (!KNOWN.contains(name)) {
            throw new YamlException(place, "there is no variable " + name + ", only " + String.join(", ", KNOWN));
        }
        final List<YamlText> list = new ArrayList<>();
        if (values.put(name, list) != null) {
            throw new YamlException(place, name + " is there twice");
        }
        return list;
    }

    /** Adds the words up to a comment, a closing bracket or the end; returns what is left. */
    private static String words(final String text, final String place, final List<YamlText> to) throws YamlException {
        String rest = text.strip();
        while (!comment(rest) && !rest.startsWith(")")) {
            final Matcher word = WORD.matcher(rest);
            if (!word.lookingAt()) {
                throw new YamlException(
                        place, "a plain value is expected, not \"" + CommandCodec.printable(rest) + '"');
            }
            final String value =
                    word.group(1) != null ? word.group(1) : word.group(2) != null ? word.group(2) : word.group(3);
            to.add(new YamlText(value, place));
            rest = rest.substring(word.end()).strip();
        }
        return rest;
    }

    /** A check of {@link Words}. */
    @FunctionalInterface
    private interface Check<T> {
        T of(String text) throws Words.WrongValueException;
    }

    private <T> T one(final String name, final String otherwise, final Check<T> check) throws YamlException {
        final List<T> values = all(name, otherwise, check);
        return values.isEmpty() ? null : values.get(0);
    }

    private <T> List<T> all(final String name, final String otherwise, final Check<T> check) throws YamlException {
        final List<T> checked = new ArrayList<>();
        List<YamlText> given = values.getOrDefault(name, List.of());
        if (given.isEmpty() && otherwise != null) {
            given = List.of(new YamlText(otherwise, file.toString()));
        }
        for (final YamlText value : given) {
            try {
                checked.add(check.of(value.text()));
            } catch (final Words.WrongValueException wrong) {
                throw new YamlException(value.place(), name + ": " + wrong.getMessage());
            }
        }
        return checked;
    }

    private StartConfig config() throws YamlException {
        final List<String> eal = new ArrayList<>(List.of("-l", one("PRI_CORE_LIST", "0,1", Words::lcores)));
        eal.addAll(List.of("-n", one("PRI_MEMCHAN", "4", text -> "" + Words.number(text, 1, 255))));
        eal.addAll(List.of("--socket-mem", one("PRI_MEM", "1024", Words::memory)));
        eal.addAll(List.of("--huge-dir", one("SPP_HUGEPAGES", "/dev/hugepages", Words::word)));
        for (final int id : all("PRI_VHOST_VDEVS", null, text -> Words.number(text, 0, 9999))) {
            eal.addAll(List.of("--vdev", "eth_vhost" + id + ",iface=/tmp/sock" + id));
        }
        for (final int id : all("PRI_TAP_VDEVS", null, text -> Words.number(text, 0, 9999))) {
            eal.addAll(List.of("--vdev", "net_tap" + id + ",iface=vtap" + id));
        }
        for (final String vdev : all("PRI_VDEVS", null, Words::vdev)) {
            eal.addAll(List.of("--vdev", vdev));
        }
        for (final String device : all("PRI_WHITE_LIST", null, Words::word)) {
            eal.addAll(List.of("-w", device));
        }
        final List<String> application = new ArrayList<>(List.of("-p", one("PRI_PORTMASK", "0x03", Words::portMask)));
        application.addAll(List.of("-n", one("NUM_RINGS", "8", text -> "" + Words.number(text, 1, MAX_RINGS))));
        all("PRI_PORT_QUEUE", null, Words::queues).forEach(application::addAll);
        final String host = one("SPP_CTL_IP", one("SPP_HOST_IP", "127.0.0.1", Words::host), Words::host);
        return new StartConfig(
                new StartConfig.Controller(host, 5555, 6666, 7777),
                one("SPP_FILE_PREFIX", "spp", Words::filePrefix),
                one("LOGLEVEL", "7", Words::logLevel),
                "",
                "/tmp",
                eal,
                application,
                List.of(),
                List.of(),
                "");
    }
}
