package io.jspp.controller.rest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Sockets, cores and lcores of this machine, read from {@code /sys/devices/system/cpu} at each call. */
final class CpuLayout implements Supplier<List<Object>> {
    private final Path root;

    CpuLayout(final Path root) {
        this.root = root;
    }

    static CpuLayout ofThisMachine() {
        return new CpuLayout(Path.of("/sys/devices/system/cpu"));
    }

    /** {@code [{"socket_id":0,"cores":[{"core_id":0,"lcores":[0,1]}]}]}; empty where the kernel shows no topology. */
    @Override
    public List<Object> get() {
        final Map<Integer, Map<Integer, List<Integer>>> sockets = new LinkedHashMap<>();
        for (final int cpu : cpus()) {
            final Path topology = root.resolve("cpu" + cpu).resolve("topology");
            try {
                final int core = readInt(topology.resolve("core_id"));
                final int socket = readInt(topology.resolve("physical_package_id"));
                sockets.computeIfAbsent(socket, id -> new LinkedHashMap<>())
                        .computeIfAbsent(core, id -> new ArrayList<>())
                        .add(cpu);
            } catch (final IOException | NumberFormatException offline) {
                continue;
            }
        }
        final List<Object> layout = new ArrayList<>();
        sockets.forEach((socket, cores) -> {
            final List<Object> list = new ArrayList<>();
            cores.forEach((core, lcores) -> list.add(object("core_id", core, "lcores", lcores)));
            layout.add(object("socket_id", socket, "cores", list));
        });
        return layout;
    }

    private List<Integer> cpus() {
        try (Stream<Path> entries = Files.list(root)) {
            return entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> name.matches("cpu[0-9]{1,6}"))
                    .map(name -> Integer.valueOf(name.substring(3)))
                    .sorted()
                    .toList();
        } catch (final IOException noTopology) {
            return List.of();
        }
    }

    private static int readInt(final Path file) throws IOException {
        return Integer.parseInt(Files.readString(file).strip());
    }

    private static Map<String, Object> object(
            final String firstKey, final Object first, final String secondKey, final Object second) {
        final Map<String, Object> object = new LinkedHashMap<>();
        object.put(firstKey, first);
        object.put(secondKey, second);
        return object;
    }
}
