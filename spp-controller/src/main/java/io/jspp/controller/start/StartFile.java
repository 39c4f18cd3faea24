package io.jspp.controller.start;

import io.jspp.control.CommandCodec;
import io.jspp.control.ProcessKind;
import io.jspp.controller.yaml.YamlException;
import io.jspp.controller.yaml.YamlFile;
import io.jspp.controller.yaml.YamlMap;
import io.jspp.controller.yaml.YamlText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads the YAML form of a {@link StartConfig}; {@code conf/start.yaml} shows every key with its default. */
final class StartFile {
    private static final int MAX_ID = 127;
    private static final int MAX_RINGS = 99;

    private StartFile() {}

    /** A check of {@link Words}. */
    @FunctionalInterface
    private interface Check<T> {
        T of(String text) throws Words.WrongValueException;
    }

    /** What is started when there is no file at all. */
    static StartConfig defaults() {
        try {
            return read(Path.of("defaults"), YamlFile.parse("defaults", "version: 1"));
        } catch (final YamlException cannotHappen) {
            throw new IllegalStateException(cannotHappen);
        }
    }

    /** @throws YamlException {@code FILE:LINE: sentence} */
    static StartConfig read(final Path file) throws YamlException {
        return read(file.toAbsolutePath(), YamlFile.read(file));
    }

    private static StartConfig read(final Path file, final YamlMap map) throws YamlException {
        map.only(
                "version",
                "controller",
                "file-prefix",
                "log-level",
                "log-dir",
                "sock-dir",
                "primary",
                "secondaries",
                "recipes",
                "state");
        if (map.integer("version", 1, Integer.MAX_VALUE, 1) != 1) {
            throw map.wrong("version", map.text("version") + " is newer than this program, which knows version 1");
        }
        final List<String> eal = new ArrayList<>();
        final List<String> application = new ArrayList<>();
        final String sockets = beside(file, checked(map, "sock-dir", "/tmp", Words::path));
        if (sockets.indexOf(',') >= 0) {
            throw map.wrong(
                    "sock-dir",
                    '"' + CommandCodec.printable(sockets)
                            + "\" has a comma, which ends a path in --vdev: name another");
        }
        primary(map.map("primary"), sockets, eal, application);
        return new StartConfig(
                controller(map.map("controller")),
                checked(map, "file-prefix", "spp", Words::filePrefix),
                checked(map, "log-level", "info", Words::logLevel),
                beside(file, checked(map, "log-dir", "", Words::path)),
                sockets,
                eal,
                application,
                secondaries(map.maps("secondaries")),
                recipes(file, map),
                beside(file, checked(map, "state", "", Words::path)));
    }

    private static <T> T checked(final YamlMap map, final String key, final String otherwise, final Check<T> check)
            throws YamlException {
        try {
            return check.of(map.text(key, otherwise));
        } catch (final Words.WrongValueException wrong) {
            throw map.wrong(key, wrong.getMessage());
        }
    }

    private static <T> List<T> each(final YamlMap map, final String key, final Check<T> check) throws YamlException {
        final List<T> all = new ArrayList<>();
        for (final YamlText item : map.texts(key)) {
            try {
                all.add(check.of(item.text()));
            } catch (final Words.WrongValueException wrong) {
                throw new YamlException(item.place(), key + ": " + wrong.getMessage());
            }
        }
        return all;
    }

    private static StartConfig.Controller controller(final YamlMap given) throws YamlException {
        final YamlMap map = given == null ? YamlFile.parse("defaults", "{}") : given;
        map.only("address", "primary-port", "secondary-port", "rest-port");
        return new StartConfig.Controller(
                checked(map, "address", "127.0.0.1", Words::host),
                map.integer("primary-port", 1, 65_535, 5555),
                map.integer("secondary-port", 1, 65_535, 6666),
                map.integer("rest-port", 1, 65_535, 7777));
    }

    private static void primary(
            final YamlMap given, final String sockets, final List<String> eal, final List<String> application)
            throws YamlException {
        final YamlMap map = given == null ? YamlFile.parse("defaults", "{}") : given;
        map.only(
                "lcores",
                "memory",
                "channels",
                "huge-dir",
                "rings",
                "port-mask",
                "vhost",
                "tap",
                "vdevs",
                "queues",
                "eal-options",
                "options");
        eal.add("-l");
        eal.add(checked(map, "lcores", "0,1", Words::lcores));
        option(map, "channels", "-n", text -> Integer.toString(Words.number(text, 1, 255)), eal);
        option(map, "memory", "--socket-mem", Words::memory, eal);
        option(map, "huge-dir", "--huge-dir", Words::word, eal);
        for (final int id : each(map, "vhost", text -> Words.number(text, 0, 9999))) {
            eal.addAll(List.of("--vdev", "eth_vhost" + id + ",iface=" + sockets + "/sock" + id));
        }
        for (final int id : each(map, "tap", text -> Words.number(text, 0, 9999))) {
            eal.addAll(List.of("--vdev", "net_tap" + id + ",iface=vtap" + id));
        }
        for (final String vdev : each(map, "vdevs", Words::vdev)) {
            eal.addAll(List.of("--vdev", vdev));
        }
        each(map, "eal-options", Words::words).forEach(eal::addAll);
        application.add("-p");
        application.add(checked(map, "port-mask", "0x03", Words::portMask));
        application.add("-n");
        application.add(Integer.toString(map.integer("rings", 1, MAX_RINGS, 8)));
        each(map, "queues", Words::queues).forEach(application::addAll);
        each(map, "options", Words::words).forEach(application::addAll);
    }

    private static void option(
            final YamlMap map,
            final String key,
            final String option,
            final Check<String> check,
            final List<String> words)
            throws YamlException {
        if (map.has(key)) {
            words.add(option);
            words.add(checked(map, key, "", check));
        }
    }

    private static List<StartConfig.Secondary> secondaries(final List<YamlMap> maps) throws YamlException {
        final List<StartConfig.Secondary> secondaries = new ArrayList<>();
        final Set<Integer> ids = new HashSet<>();
        for (final YamlMap map : maps) {
            map.only("type", "id", "lcores", "port", "vhost-client", "eal-options", "options");
            final ProcessKind kind = ProcessKind.ofWireName(map.text("type").replaceFirst("^spp_", ""));
            if (kind == null || !kind.isSecondary()) {
                throw map.wrong("type", '"' + map.text("type") + "\" is none of nfv, vf, mirror, pcap");
            }
            map.text("id");
            final int id = map.integer("id", 1, MAX_ID, 1);
            if (!ids.add(id)) {
                throw map.wrong("id", id + " is another secondary's: ids are shared by all types");
            }
            map.text("lcores");
            final List<String> eal = new ArrayList<>(List.of("-l", checked(map, "lcores", "", Words::lcores)));
            each(map, "eal-options", Words::words).forEach(eal::addAll);
            final List<String> application = new ArrayList<>();
            if (kind == ProcessKind.PCAP) {
                application.addAll(List.of("-c"));
                application.addAll(checked(map, "port", map.text("port"), Words::words));
            } else if (map.has("port")) {
                throw map.wrong("port", "only a pcap has a port here");
            }
            if (map.flag("vhost-client", false)) {
                application.add("--vhost-client");
            }
            each(map, "options", Words::words).forEach(application::addAll);
            secondaries.add(new StartConfig.Secondary(kind, id, eal, application));
        }
        return secondaries;
    }

    private static List<String> recipes(final Path file, final YamlMap map) throws YamlException {
        for (final YamlText text : map.texts("recipes")) {
            if (text.text().isBlank()) {
                throw new YamlException(text.place(), "recipes: the name of a file is expected");
            }
        }
        return each(map, "recipes", Words::path).stream()
                .map(name -> beside(file, name))
                .toList();
    }

    /** Names are relative to the file in which they stand; an empty one stays empty. */
    private static String beside(final Path file, final String name) {
        return name.isBlank() ? "" : file.resolveSibling(name).normalize().toString();
    }
}
