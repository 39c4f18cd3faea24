package io.jspp.it.recipes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.json.Json;
import io.jspp.controller.process.SppProcess;
import io.jspp.it.RestClient;
import io.jspp.it.recipes.RecipeTable.Flow;
import io.jspp.it.recipes.RecipeTable.Step;
import io.jspp.testing.Patience;
import io.jspp.testing.ProjectHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Does the steps of {@code recipes.txt} with one shell on four hosts. */
final class RecipeLab implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Path OWN = ProjectHome.directory().resolve("benchmarks/src/test/resources/recipes");
    private static final Path OF_SPP = ProjectHome.directory().resolve("spp-controller/src/test/resources/recipes");
    private static final String SUFFIX = ".rcps";
    private static final int NFVS = 6;

    private final Path directory;
    private final Hosts hosts;
    private final ShellSession shell;
    private final Traffic traffic = new Traffic();
    private final Set<String> played = new TreeSet<>();
    private Path shellDirectory;
    private int heldGroup;
    private Map<String, Long> heldRings = Map.of();

    /** @param directory for files of all kinds */
    RecipeLab(Path directory) {
        this.directory = directory;
        hosts = new Hosts(directory);
        shell = new ShellSession(hosts.shell());
        try {
            addWires();
        } catch (RuntimeException | LinkageError e) {
            close();
            throw e;
        }
    }

    private void addWires() {
        for (int host = Hosts.FIRST; host <= Hosts.LAST; host++) {
            for (int port = 0; port < Hosts.ports(host); port++) {
                String name = (host == Hosts.FIRST ? "" : host + "/") + "phy:" + port;
                traffic.add(name, new WireEnd(Hosts.outside(host, port)));
            }
        }
    }

    /** SPP's recipes, as paths below their directory. */
    static Set<String> recipes() throws IOException {
        try (var files = Files.walk(OF_SPP)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> OF_SPP.relativize(file).toString())
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** Those of SPP's that have been played. */
    Set<String> playedOfSpp() {
        return played;
    }

    void run(Step step) throws IOException {
        String[] words = step.text().split(" ~ ", 2);
        switch (step.verb()) {
            case "->" -> flow(Flow.parse(step.text()));
            case "play" -> play(step);
            case "fail" -> fail(step);
            case "run" -> shell.run(step.text().replace("$DIRECTORY", directory.toString()));
            case "until" ->
                Patience.poll(
                        step.place(),
                        LIMIT,
                        () -> String.join("\n", shell.run(words[0])).contains(words[1]));
            case "refuse" -> refuse(words[0], words[1]);
            case "there" -> awaitProcesses(List.of(step.text().split(" ")), true);
            case "gone" -> awaitProcesses(List.of(step.text().split(" ")), false);
            case "connect" -> connect(List.of(step.text().split(" ")));
            case "cable" -> cable(step.text().split(" "));
            case "leave" -> leave();
            case "reset" -> reset();
            case "page" -> page(step.text().split(" "));
            default -> throw new IllegalArgumentException("no such verb");
        }
    }

    private void goTo(Path where) {
        if (!where.equals(shellDirectory)) {
            assertEquals(List.of(where.toString()), shell.run("cd " + where));
            shellDirectory = where;
        }
    }

    /** The lines in the order in which they are run: those of recipes that a recipe plays come behind its own. */
    private static List<String> lines(Path below, String recipe) throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(below.resolve(recipe)));
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith("playback ")) {
                lines.addAll(Files.readAllLines(below.resolve(lines.get(i).split(" ")[1])));
            }
        }
        return lines;
    }

    private Path home(String recipe) {
        return Files.exists(OWN.resolve(recipe)) ? OWN : OF_SPP;
    }

    private void play(Step step) throws IOException {
        String recipe = step.text() + SUFFIX;
        Path home = home(recipe);
        goTo(home);
        List<String> printed = shell.run("playback " + recipe);
        RecipeText.check(recipe, lines(home, recipe), List.of(), printed);
        assertTrue(
                Collections.indexOfSubList(printed, step.details()) >= 0,
                () -> step.details() + " is not in:\n" + String.join("\n", printed));
        if (home.equals(OF_SPP)) {
            played.add(recipe);
        }
    }

    /** A shell that goes on after errors, tells them, counts them, and ends with 1. */
    private void fail(Step step) throws IOException {
        String recipe = step.text() + SUFFIX;
        SppProcess other = shell("cd " + OF_SPP, "playback " + recipe);
        assertEquals(1, other.awaitExit(LIMIT), other.tail());
        List<String> failing = new ArrayList<>();
        List<String> said = other.err();
        assertEquals(step.details().size() + 1, said.size(), other.tail());
        for (int i = 0; i < step.details().size(); i++) {
            String[] parts = step.details().get(i).split(" ~ ");
            failing.add(parts[0]);
            assertTrue(said.get(i).startsWith("Error: ") && said.get(i).contains(parts[1]), other.tail());
        }
        assertEquals("playback: " + failing.size() + " line(s) failed", said.get(failing.size()));
        List<String> printed = other.out();
        RecipeText.check(recipe, lines(OF_SPP, recipe), failing, printed.subList(1, printed.size()));
        played.add(recipe);
    }

    private SppProcess shell(String... lines) {
        List<String> command = new ArrayList<>(hosts.shell());
        for (String line : lines) {
            command.addAll(List.of("-c", line));
        }
        return SppProcess.start("cli", Map.of("SPP_NO_BUILD", "1"), command);
    }

    private void refuse(String line, String error) {
        SppProcess other = shell(line);
        assertEquals(1, other.awaitExit(LIMIT), other.tail());
        assertTrue(other.err().get(0).contains(error), other.tail());
    }

    private void awaitProcesses(List<String> names, boolean there) {
        Patience.poll(names + (there ? " connected" : " gone"), LIMIT, () -> {
            Set<String> connected = RestClient.list(json("status"), "processes").stream()
                    .map(Json::asObject)
                    .map(process -> process.get("type") + ":" + process.get("client-id"))
                    .collect(Collectors.toSet());
            return there
                    ? connected.containsAll(names)
                    : Collections.disjoint(connected, names) && Collections.disjoint(running(), names);
        });
    }

    /** What the primary has launched and has not ended. */
    private List<String> running() {
        return RestClient.list(json("pri; status"), "launched").stream()
                .map(Json::asObject)
                .filter(process -> process.get("state").equals("running"))
                .map(process -> process.get("name").toString().replace("spp_", "") + ":" + process.get("id"))
                .toList();
    }

    private Map<String, Object> json(String line) {
        String printed = String.join("\n", shell.run(line + " -o json"));
        try {
            return Json.asObject(Json.parse(printed));
        } catch (IOException e) {
            throw new IllegalStateException(line + ": " + printed, e);
        }
    }

    private void flow(Flow flow) {
        boolean byRings = flow.via().stream().anyMatch(name -> name.startsWith("ring:"));
        connect(flow.to());
        int group = heldGroup;
        Map<String, Long> before = heldRings;
        if (flow.from().equals("held")) {
            traffic.due(group, flow.to());
        } else {
            if (end(flow.from()) instanceof GuestEnd guest && (!flow.to().isEmpty() || flow.held())) {
                guest.awaitConnection();
            }
            before = byRings ? rings() : Map.of();
            group = traffic.send(flow.from(), flow.destination(), flow.to());
        }
        traffic.await(group);
        if (flow.to().isEmpty()) {
            traffic.awaitQuiet();
        }
        if (byRings) {
            awaitRings(Set.copyOf(flow.via()), before);
        } else {
            assertEquals(Set.copyOf(flow.via()), traffic.guestsPassed(group));
        }
        if (flow.held()) {
            heldGroup = group;
            heldRings = rings();
        }
    }

    private void connect(List<String> names) {
        for (String name : names) {
            if (end(name) instanceof GuestEnd guest) {
                guest.awaitConnection();
            }
        }
    }

    /** The other side of a port; a guest or a file comes with its first mention. */
    private FarEnd end(String name) {
        if (traffic.end(name) == null) {
            String[] parts = name.split("[/:]");
            int number = name.equals("captured") ? 0 : Integer.parseInt(parts[parts.length - 1]);
            traffic.add(
                    name,
                    switch (parts[parts.length == 3 ? 1 : 0]) {
                        case "vhost" ->
                            new GuestEnd(hosts.vhostSocket(
                                    parts.length == 3 ? Integer.parseInt(parts[0]) : Hosts.FIRST, number));
                        case "pcap" ->
                            new CaptureEnd(
                                    hosts.runDirectory().resolve("spp-rx" + number + ".pcap"),
                                    hosts.runDirectory(),
                                    "spp-tx" + number + "\\.pcap");
                        case "captured" ->
                            new CaptureEnd(directory.resolve("none"), directory, "spp_pcap\\..*\\.pcap\\.lz4");
                        default -> throw new IllegalArgumentException(name);
                    });
        }
        return traffic.end(name);
    }

    /** Frames that each ring of the first host has taken. */
    private Map<String, Long> rings() {
        Map<String, Long> sent = new TreeMap<>();
        for (Object row : RestClient.list(json("pri; status"), "ring_ports")) {
            Map<String, Object> ring = Json.asObject(row);
            sent.put("ring:" + ring.get("id"), RestClient.number(ring.get("tx")));
        }
        return sent;
    }

    private void awaitRings(Set<String> expected, Map<String, Long> before) {
        Patience.poll("each frame counted once by " + expected + ", and by no other ring", LIMIT, () -> {
            Map<String, Long> more = rings();
            more.replaceAll((ring, count) -> count - before.get(ring));
            more.values().removeIf(count -> count == 0);
            return more.keySet().equals(expected)
                    && more.values().stream().allMatch(count -> count == NumberedFrames.COUNT);
        });
    }

    private void cable(String[] names) {
        connect(List.of(names));
        traffic.cable(names[0], names[1]);
    }

    private void leave() {
        traffic.removeCables();
        traffic.names().stream().filter(name -> !name.contains("phy:")).forEach(traffic::remove);
    }

    private void reset() {
        for (int id = 1; id <= NFVS; id++) {
            String nfv = "nfv " + id + "; ";
            shell.run(nfv + "stop");
            shell.run(nfv + "patch reset");
            for (Object port : RestClient.list(json(nfv + "status"), "ports")) {
                if (!port.toString().startsWith("phy:")) {
                    shell.run(nfv + "del " + port);
                }
            }
        }
        leave();
    }

    private void page(String[] words) throws IOException {
        goTo(directory);
        PageSessions page = PageSessions.read(ProjectHome.directory().resolve(words[0]));
        page.writeFiles(directory);
        page.run(words[1], shell, hosts.shell(), directory);
        shellDirectory = null;
    }

    /** The status of each process of the current host, for messages; empty when the shell has ended. */
    String state() {
        try {
            StringBuilder text = new StringBuilder();
            for (Object row : RestClient.list(json("status"), "processes")) {
                Map<String, Object> process = Json.asObject(row);
                Object id = process.get("client-id");
                Map<String, Object> status = json((id == null ? "pri" : process.get("type") + " " + id) + "; status");
                status.keySet().removeAll(List.of("events", "clients", "devices", "launched"));
                text.append(System.lineSeparator()).append(status);
            }
            return text.toString();
        } catch (IllegalStateException ended) {
            return "";
        }
    }

    /** Ends the shell, which must be content; returns its exit status. */
    int endShell() throws IOException, InterruptedException {
        return shell.end();
    }

    Hosts hosts() {
        return hosts;
    }

    @Override
    public void close() {
        traffic.close();
        shell.close();
        hosts.close();
    }
}
