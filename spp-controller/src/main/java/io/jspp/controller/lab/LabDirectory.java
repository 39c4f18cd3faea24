package io.jspp.controller.lab;

import io.jspp.attach.ProcessIdentity;
import io.jspp.config.DirectoryTree;
import io.jspp.config.ExitCode;
import io.jspp.config.ProcessException;
import io.jspp.config.RunDirectory;
import io.jspp.controller.json.Json;
import io.jspp.controller.process.DetachedProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The directory of a lab that is up, {@code <run directory>/lab-NAME/lab}: a copy of its file, the logs, the guests' sockets, and {@code state}, to which a
 * line of JSON is added for each thing right when it begins, so that whoever comes after a crash finds all of it. One thread writes at a time.
 */
final class LabDirectory {
    /** In the environment of all processes of a lab: the directory; finds those that died between their start and the line about it. */
    static final String MARK = "SPP_LAB";

    private static final String PREFIX = "lab-";

    private final Path top;
    private final Path path;

    private LabDirectory(Path top) {
        this.top = top;
        this.path = top.resolve("lab");
    }

    /** Where a lab of that name is when it is up; makes nothing. */
    static LabDirectory of(String name) {
        return new LabDirectory(RunDirectory.expected("", PREFIX + name, System.getenv()));
    }

    /** Makes the directory of a lab that begins. */
    static LabDirectory create(String name) {
        LabDirectory directory = new LabDirectory(
                RunDirectory.select("", PREFIX + name, System.getenv()).path());
        try {
            Files.createDirectories(directory.path);
            return directory;
        } catch (IOException e) {
            throw new ProcessException(ExitCode.FAILED, "make " + directory.path + ": " + e, e);
        }
    }

    /** Names of the labs that are up, or were when something crashed. */
    static List<String> names() {
        Path base = RunDirectory.expected("", PREFIX, System.getenv()).getParent();
        try (Stream<Path> files = Files.list(base)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith(PREFIX))
                    .map(name -> name.substring(PREFIX.length()))
                    .filter(name -> of(name).exists())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            return List.of(); // no such directory: no lab
        }
    }

    boolean exists() {
        return Files.isDirectory(path);
    }

    /** Whether something of a lab is in it. */
    boolean isUsed() {
        return Files.exists(file("state")) || Files.exists(labFile());
    }

    Path file(String name) {
        return path.resolve(name);
    }

    /** The copy of the lab file. */
    Path labFile() {
        return file("lab.yaml");
    }

    /**
     * Held while a lab begins or ends.
     *
     * @throws ProcessException when another command holds it
     */
    AutoCloseable lock() {
        try {
            FileChannel channel = FileChannel.open(file("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                channel.close();
                throw new ProcessException(
                        ExitCode.FAILED, "another command is starting or ending this lab: wait for its end");
            }
            return channel;
        } catch (IOException e) {
            throw new ProcessException(ExitCode.FAILED, "lock " + file("lock") + ": " + e, e);
        }
    }

    /** A fact that is told once: {@code "ports"}. */
    void note(String key, Object value) {
        append(Map.of("note", key, "value", value));
    }

    /** What was noted last under a key. */
    Optional<Object> noted(String key) {
        Object found = null;
        for (Map<String, Object> line : lines()) {
            if (key.equals(line.get("note"))) {
                found = line.get("value");
            }
        }
        return Optional.ofNullable(found);
    }

    void noteProcess(DetachedProcess process) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("process", process.name());
        line.put("pid", process.identity().pid());
        line.put("start", process.identity().startTicks());
        append(line);
    }

    /** All that were started, in that order. */
    List<DetachedProcess> processes() {
        List<DetachedProcess> processes = new ArrayList<>();
        for (Map<String, Object> line : lines()) {
            if (line.get("process") instanceof String name
                    && line.get("pid") instanceof Number pid
                    && line.get("start") instanceof Number start) {
                processes.add(
                        new DetachedProcess(name, new ProcessIdentity(pid.intValue(), start.longValue()), log(name)));
            }
        }
        return processes;
    }

    Optional<DetachedProcess> process(String name) {
        return processes().stream().filter(one -> one.name().equals(name)).reduce((a, b) -> b);
    }

    /** Where a process of that name writes. */
    Path log(String name) {
        return file(name + ".log");
    }

    /** Values noted under a key, all of them. */
    List<String> all(String key) {
        return lines().stream()
                .filter(line -> key.equals(line.get("note")))
                .map(line -> String.valueOf(line.get("value")))
                .toList();
    }

    private synchronized void append(Map<String, Object> line) {
        try {
            Files.writeString(
                    file("state"),
                    Json.write(line) + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("write " + file("state"), e);
        }
    }

    private List<Map<String, Object>> lines() {
        List<Map<String, Object>> lines = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file("state"))) {
                Map<String, Object> object = Json.asObject(Json.parse(line));
                if (object != null) {
                    lines.add(object);
                }
            }
        } catch (IOException e) {
            // Not there yet, or its writer died in the middle of the last line: what was read so far stands.
            return lines;
        }
        return lines;
    }

    /** Processes that carry this lab's {@link #MARK}, whether noted or not. */
    List<DetachedProcess> marked() {
        String mark = MARK + "=" + path;
        List<DetachedProcess> marked = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of("/proc"))) {
            for (Path file : files.toList()) {
                String pid = file.getFileName().toString();
                // A lab may be ended from a shell inside one of its nodes: not before this is done.
                if (pid.matches("[0-9]+")
                        && Long.parseLong(pid) != ProcessHandle.current().pid()
                        && environment(file).contains(mark)) {
                    marked.add(new DetachedProcess(
                            "process " + pid, ProcessIdentity.of(Integer.parseInt(pid)), log("none")));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("list /proc", e);
        }
        return marked;
    }

    private static List<String> environment(Path process) {
        try {
            return List.of(new String(
                            Files.readAllBytes(process.resolve("environ")),
                            java.nio.charset.StandardCharsets.ISO_8859_1)
                    .split("\0"));
        } catch (IOException e) {
            return List.of(); // ended meanwhile, or another user's
        }
    }

    /** What children get on top of this process's environment. */
    Map<String, String> environment() {
        // The lab's places and options are its own, whatever this shell has set.
        Map<String, String> environment = new LinkedHashMap<>();
        for (String unset : List.of("SPP_CONF", "SPP_SOCK_DIR", "SPP_RUN_DIR", "SPP_FILE_PREFIX")) {
            environment.put(unset, "");
        }
        environment.put("SPP_NO_BUILD", "1");
        environment.put(MARK, path.toString());
        return environment;
    }

    /** Removes everything, and the run directory when nothing else is in it. */
    void remove() {
        try {
            DirectoryTree.remove(top);
            Files.deleteIfExists(top.getParent());
        } catch (java.nio.file.DirectoryNotEmptyException othersUseIt) {
            return;
        } catch (IOException e) {
            throw new UncheckedIOException("remove " + top, e);
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
