package io.jspp.primary;

import io.jspp.config.ExitCode;
import io.jspp.control.JsonWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

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

    private final int id;
    private final String name;
    private final List<String> command;
    private final Path log;
    private Process process;
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

    Process process() {
        return process;
    }

    /**
     * Starts the process, its output appended to the log.
     *
     * @throws IOException when that isn't possible
     */
    Process start(Map<String, String> environment) throws IOException {
        if (process != null) {
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
        if (exit == ExitCode.OK || !restart) {
            state = State.ENDED;
            return;
        }
        if (exit == ExitCode.USAGE || exit == ExitCode.REFUSED) {
            state = State.REFUSED;
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
                .field("pid", process == null ? 0 : process.pid())
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
        return name + " " + id + (process == null ? "" : " (pid " + process.pid() + ")");
    }
}
