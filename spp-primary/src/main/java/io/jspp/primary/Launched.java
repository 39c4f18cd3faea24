package io.jspp.primary;

import io.jspp.attach.ProcessIdentity;
import io.jspp.control.JsonWriter;
import io.jspp.supervision.Lives;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One launched secondary over all its lives. Guarded by its {@link Launcher}. */
final class Launched {
    private static final String LINE_WORD = "launched";
    private static final int LINE_HEAD = 7;

    private final int id;
    private final String name;
    private final List<String> command;
    private final Lives lives;
    private Process process;
    private ProcessIdentity identity = new ProcessIdentity(0, 0);
    private int restarts;
    private Integer lastExit;

    /** Begins no life yet. */
    Launched(int id, String name, List<String> command, Path log, Lives.Patience patience) {
        this(id, name, command, new Lives(log, patience, Lives.State.WAITING, 0));
    }

    private Launched(int id, String name, List<String> command, Lives lives) {
        this.id = id;
        this.name = name;
        this.command = List.copyOf(command);
        this.lives = lives;
    }

    int id() {
        return id;
    }

    Lives lives() {
        return lives;
    }

    /** {@code nfv}, as the shell calls it. */
    String shellName() {
        return name.replaceFirst("^spp_", "");
    }

    /** Whether its process is there, whatever has been heard of it. */
    boolean runs() {
        return lives.state() == Lives.State.RUNNING && (process == null ? identity.alive() : process.isAlive());
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
                                lives.log().toString()),
                        command.stream())
                .map(word -> URLEncoder.encode(word, StandardCharsets.UTF_8))
                .collect(Collectors.joining(" "));
    }

    /** What an earlier primary launched, or null when the line tells of something else. Whether it still runs remains to be seen. */
    static Launched parse(String line, Lives.Patience patience) {
        List<String> words = Arrays.stream(line.split(" "))
                .map(word -> URLDecoder.decode(word, StandardCharsets.UTF_8))
                .toList();
        if (!words.get(0).equals(LINE_WORD) || words.size() <= LINE_HEAD) {
            return null;
        }
        ProcessIdentity identity = new ProcessIdentity(Integer.parseInt(words.get(3)), Long.parseLong(words.get(4)));
        Lives lives = new Lives(
                Path.of(words.get(6)),
                patience,
                identity.alive() ? Lives.State.RUNNING : Lives.State.WAITING,
                System.nanoTime());
        Launched entry = new Launched(
                Integer.parseInt(words.get(2)), words.get(1), words.subList(LINE_HEAD, words.size()), lives);
        entry.identity = identity;
        entry.restarts = Integer.parseInt(words.get(5));
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
        process = lives.start(String.join(" ", command), command, environment, System.nanoTime());
        identity = ProcessIdentity.of((int) process.pid());
        return process;
    }

    /** Its process has ended with this status. */
    void ended(int exit, boolean restart) {
        lastExit = exit;
        if (restart) {
            lives.ended(exit, System.nanoTime());
        } else {
            lives.finish();
        }
    }

    void write(JsonWriter json) {
        json.object()
                .field("name", name)
                .field("id", id)
                .field("pid", identity.pid())
                .field("state", lives.state().word())
                .field("restarts", restarts);
        if (lastExit == null) {
            json.field("last_exit", (String) null);
        } else {
            json.field("last_exit", lastExit);
        }
        json.field("log", lives.log().toString()).endObject();
    }

    /** {@code spp_nfv 5 (pid 4711)}. */
    @Override
    public String toString() {
        return name + " " + id + (identity.pid() == 0 ? "" : " (pid " + identity.pid() + ")");
    }
}
