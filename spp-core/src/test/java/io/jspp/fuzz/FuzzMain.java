package io.jspp.fuzz;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Fuzzes one target: {@code FuzzMain TARGET SECONDS [DIRECTORY [SEED]]}. Exit code 1 when something was found. */
public final class FuzzMain {
    /** A target's class, and the prefixes of the classes whose coverage guides. */
    private record Row(String name, String targetClass, Set<String> covered) {}

    private static final List<Row> TARGETS = List.of(
            new Row("split", "io.jspp.virtio.SplitFuzz", Set.of("io.jspp.virtio.")),
            new Row("packed", "io.jspp.virtio.PackedFuzz", Set.of("io.jspp.virtio.")),
            new Row("messages", "io.jspp.vhostuser.MessagesFuzz", Set.of("io.jspp.vhostuser.", "io.jspp.virtio.")),
            new Row(
                    "headers",
                    "io.jspp.mbuf.HeadersFuzz",
                    Set.of(
                            "io.jspp.net.",
                            "io.jspp.mbuf.SoftwareOffload",
                            "io.jspp.mbuf.OffloadCheck",
                            "io.jspp.mbuf.Frames")),
            new Row("wire", "io.jspp.control.WireFuzz", Set.of("io.jspp.control.", "io.jspp.attach.AttachMessage")));

    private FuzzMain() {}

    /** Names of all targets. */
    public static List<String> targets() {
        return TARGETS.stream().map(Row::name).toList();
    }

    public static void main(String[] args) throws IOException {
        if (args.length < 2) {
            System.err.println("usage: FuzzMain TARGET SECONDS [DIRECTORY [SEED]]; targets: " + targets());
            System.exit(2);
        }
        Path directory = Path.of(args.length > 2 ? args[2] : "target/fuzz");
        long seed = args.length > 3 ? Long.parseLong(args[3]) : System.nanoTime();
        System.exit(fuzz(args[0], Double.parseDouble(args[1]), directory, seed).isEmpty() ? 0 : 1);
    }

    /**
     * Fuzzes for a time in this thread.
     *
     * @return what was found, as text
     */
    public static List<String> fuzz(String name, double seconds, Path directory, long seed) throws IOException {
        Row row = TARGETS.stream()
                .filter(r -> r.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no fuzz target " + name + ": one of " + targets()));
        Coverage.reset();
        InstrumentingLoader loader = new InstrumentingLoader(FuzzMain.class.getClassLoader(), row.covered);
        try (FuzzTarget target = (FuzzTarget) Class.forName(row.targetClass, true, loader)
                .getDeclaredConstructor()
                .newInstance()) {
            return new Fuzzer(name, target, seed, directory)
                    .run(seconds).stream().map(Finding::toString).toList();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("fuzz target " + name, e);
        }
    }
}
