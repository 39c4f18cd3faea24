package io.jspp.primary;

import io.jspp.attach.ProcessIdentity;
import io.jspp.config.ExitCode;
import io.jspp.control.JsonWriter;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One launched secondary over all its lives. Guarded by its {@link Launcher}. */
final class Launched {
    /** What becomes of it. */
    enum State {
        RUNNING("running"),
        /** Died, and will be started again. */
        WAITING("waiting to be started again"),
        /** Ended by {@code exit} or a signal it obeys. */
        ENDED("ended"),
        /** Its options or its id were refused: another try would end in the same way. */
        REFUSED("refused"),
        /** Died too often. */
        GIVEN_UP("given up");

        private final String word;

        State(String word) {
            this.word = word;
        }
    }

    private static final String LINE_WORD = "launched";
    private static final int LINE_HEAD = 7;

    private final int id;
    private final String name;
    private final List<String> command;
    private final Path log;
    private Process process;
    private ProcessIdentity identity = new ProcessIdentity(0, 0);
    private State state = State.WAITING;
    private long startedNs;
    private int restarts;
    private int quickDeaths;
    private Integer lastExit;

    Launched(int id, String name, List<String> command, Path log) {
        this.id = id;
        this.name = name;
        this.command = List.copyOf(command);
        this.log = log;
    }

    int id() {
        return id;
    }

    Path log() {
        return log;
    }

    State state() {
        return state;
    }

    /** Null when its present life was begun by an earlier primary. */
    Process process() {
        return process;
    }

    /** The process of its present, or last, life. */
    ProcessIdentity identity() {
        return identity;
    }

    /**
     * What the next primary must know to go on with it; reversed by {@link #parse}.
     *
     * <pre>
     *   launched spp_nfv 1 4711 8211733 0 /log/spp_nfv-1.log /opt/spp nfv -l 1,2 …
     *            name   id  pid   start restarts log         command, all words URL-encoded
     * </pre>
     */
    String line() {
        return Stream.concat(
                        Stream.of(
                                LINE_WORD,
                                name,
                                "" + id,
                                "" + identity.pid(),
                                "" + identity.startTicks(),
                                "" + restarts,
                                log.toString()),
                        command.stream())
                .map(word -> URLEncoder.encode(word, StandardCharsets.UTF_8))
                .collect(Collectors.joining(" "));
    }

    /** What an earlier primary launched, or null when the line tells of something else. Whether it still runs remains to be seen. */
    static Launched parse(String line) {
        List<String> words = Arrays.stream(line.split(" "))
                .map(word -> URLDecoder.decode(word, StandardCharsets.UTF_8))
                .toList();
        if (!words.get(0).equals(LINE_WORD) || words.size() <= LINE_HEAD) {
            return null;
        }
        Launched entry = new Launched(
                Integer.parseInt(words.get(2)),
                words.get(1),
                words.subList(LINE_HEAD, words.size()),
                Path.of(words.get(6)));
        entry.identity = new ProcessIdentity(Integer.parseInt(words.get(3)), Long.parseLong(words.get(4)));
        entry.restarts = Integer.parseInt(words.get(5));
        entry.startedNs = System.nanoTime();
        entry.state = entry.identity.alive() ? State.RUNNING : State.WAITING;
        return entry;
    }

    /**
     * Starts the process, its output appended to the log.
     *
     * @throws IOException when that isn't possible
     */
    Process start(Map<String, String> environment) throws IOException {
        if (identity.pid() != 0) {
            restarts++;
        }
        Files.writeString(
                log,
                "--- " + String.join(" ", command) + "\n",
                StandardCharsets.UTF_8,
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        process = builder.start();
        identity = ProcessIdentity.of((int) process.pid());
        startedNs = System.nanoTime();
        state = State.RUNNING;
        return process;
    }

    /**
     * It has ended.
     *
     * @param steadyNs a life that was as long is no quick death
     * @param most quick deaths in a row
     */
    void ended(int exit, boolean restart, long steadyNs, int most) {
        lastExit = exit;
        if (exit == ExitCode.USAGE || exit == ExitCode.REFUSED) {
            state = restart ? State.REFUSED : State.ENDED;
            return;
        }
        ended(exit == ExitCode.OK || !restart, steadyNs, most);
    }

    /**
     * The process of an earlier primary has ended: with which exit status only its parent could learn.
     *
     * @param forGood it is not to be started again
     */
    void ended(boolean forGood, long steadyNs, int most) {
        if (forGood) {
            state = State.ENDED;
            return;
        }
        quickDeaths = System.nanoTime() - startedNs < steadyNs ? quickDeaths + 1 : 0;
        state = quickDeaths > most ? State.GIVEN_UP : State.WAITING;
    }

    /** It could not even be started. */
    void giveUp() {
        state = State.GIVEN_UP;
    }

    int quickDeaths() {
        return quickDeaths;
    }

    void write(JsonWriter json) {
        json.object()
                .field("name", name)
                .field("id", id)
                .field("pid", identity.pid())
                .field("state", state.word)
                .field("restarts", restarts);
        if (lastExit == null) {
            json.field("last_exit", (String) null);
        } else {
            json.field("last_exit", lastExit);
        }
        json.field("log", log.toString()).endObject();
    }

    /** {@code spp_nfv 5 (pid 4711)}. */
    @Override
    public String toString() {
        return name + " " + id + (identity.pid() == 0 ? "" : " (pid " + identity.pid() + ")");
    }
}
