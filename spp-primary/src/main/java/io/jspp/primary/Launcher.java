package io.jspp.primary;

import io.jspp.attach.ProcessIdentity;
import io.jspp.config.ConfigKeys;
import io.jspp.config.ProcessOptions;
import io.jspp.control.CommandException;
import io.jspp.control.JsonWriter;
import io.jspp.runtime.ConfigurationStore;
import io.jspp.supervision.Lives;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts secondaries on request and starts those again that die, until they are told to end. What it started goes on when this process ends, like
 * any other secondary, and the next primary takes it over. Commands run on the control thread; deaths are handled by the thread {@code launcher}.
 */
final class Launcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Launcher.class);
    private static final String PREFIX = "spp_";

    private static final long END_MS = 2_000;
    private static final long LOOK_AGAIN_MS = 10;

    /** How often processes are looked at whose parent this one is not. */
    private static final long LOOK_MS = 200;

    private final Path program;
    private final Path logDirectory;
    private final String filePrefix;
    private final Map<String, String> environment;
    private final boolean restart;
    private final Lives.Patience patience;
    private final long endMs;
    private final Map<Integer, Launched> launched = new TreeMap<>();
    private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(1, task -> {
        Thread daemon = new Thread(task, "launcher");
        daemon.setDaemon(true);
        return daemon;
    });
    private Runnable changed = () -> {};
    private boolean closed;

    /**
     * Starts nothing yet.
     *
     * @param program {@code ./spp}
     * @param filePrefix for processes that are not told another
     * @param environment what they find beside this process's own
     * @param restart false: what dies is not started again
     * @param endMs a launch waits for the end of one with the same id, which may have been told to exit
     */
    Launcher(
            Path program,
            Path logDirectory,
            String filePrefix,
            Map<String, String> environment,
            boolean restart,
            Lives.Patience patience,
            long endMs) {
        this.program = program;
        this.logDirectory = logDirectory;
        this.filePrefix = filePrefix;
        this.environment = Map.copyOf(environment);
        this.restart = restart;
        this.patience = patience;
        this.endMs = endMs;
    }

    /** For the primary with these options: secondaries find its run directory and socket directory. */
    static Launcher of(ProcessOptions options) {
        Map<String, String> environment = new HashMap<>();
        environment.put("SPP_NO_BUILD", "1");
        environment.put("SPP_RUN_DIR", options.runDirectory().path().getParent().toString());
        String sockets = options.configuration().text(ConfigKeys.SOCK_DIR);
        if (!sockets.isEmpty()) {
            environment.put("SPP_SOCK_DIR", options.socketDirectory().toString());
        }
        String home = System.getProperty("spp.home", "");
        return new Launcher(
                Path.of(System.getProperty("spp.launcher", Path.of(home, "spp").toString())),
                logDirectory(
                        options.configuration().text(ConfigKeys.LAUNCH_LOG_DIR),
                        home,
                        options.runDirectory().path()),
                options.configuration().text(ConfigKeys.FILE_PREFIX),
                environment,
                options.configuration().flag(ConfigKeys.LAUNCH_RESTART),
                Lives.Patience.USUAL,
                END_MS);
    }

    private static Path logDirectory(String configured, String home, Path runDirectory) {
        if (!configured.isEmpty()) {
            return Path.of(configured).toAbsolutePath();
        }
        Path besideProgram = Path.of(home, "log");
        boolean usable = !home.isEmpty()
                && (Files.isDirectory(besideProgram)
                        ? Files.isWritable(besideProgram)
                        : Files.isWritable(Path.of(home)));
        return usable ? besideProgram : runDirectory.resolve("log");
    }

    /**
     * Starts a secondary. Whoever was told to exit needs a moment to end, for which this waits.
     *
     * @param name {@code spp_nfv}, {@code spp_vf} …
     * @throws CommandException when its id is in use by another one that was launched, or it can't be started
     */
    void launch(int id, String name, List<String> eal, List<String> application) throws CommandException {
        awaitEnd(id);
        startFirst(id, name, eal, application);
        changed.run();
    }

    private void awaitEnd(int id) {
        long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(endMs);
        while (former(id) != null && System.nanoTime() - deadlineNs < 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LOOK_AGAIN_MS));
        }
    }

    /** Who has this id and runs, or null. */
    private synchronized Launched former(int id) {
        Launched former = launched.get(id);
        return former != null && former.runs() ? former : null;
    }

    private synchronized void startFirst(int id, String name, List<String> eal, List<String> application)
            throws CommandException {
        Launched former = former(id);
        if (former != null) {
            throw new CommandException("client id " + id + " is in use by " + former + ": end it first with \""
                    + former.shellName() + " " + id + "; exit\", or choose another id");
        }
        List<String> command = new ArrayList<>(List.of(program.toString(), name.substring(PREFIX.length())));
        command.addAll(eal);
        if (value(eal, "--file-prefix") == null) {
            command.addAll(List.of("--file-prefix", filePrefix));
        }
        command.add("--");
        command.addAll(application);
        if (!hasId(id, application)) {
            command.addAll(List.of("-n", Integer.toString(id)));
        }
        Launched entry = new Launched(id, name, command, logDirectory.resolve(name + "-" + id + ".log"), patience);
        try {
            Files.createDirectories(logDirectory);
            watch(entry, entry.start(environment));
        } catch (IOException e) {
            throw new CommandException("launch of " + name + " " + id + ": " + e.getMessage() + " (output would go to "
                    + entry.lives().log() + ")");
        }
        launched.put(id, entry);
        LOG.info("launched {}, log {}", entry, entry.lives().log());
    }

    private static boolean hasId(int id, List<String> application) throws CommandException {
        for (String option : List.of("-n", "--client-id")) {
            String given = value(application, option);
            if (given != null && !given.equals(Integer.toString(id))) {
                throw new CommandException("launch of client id " + id + ": its options say " + option + " " + given
                        + ", it must be the same id");
            }
            if (given != null) {
                return true;
            }
        }
        return false;
    }

    /** Value of an option, {@code --option value} or {@code --option=value}, null when it isn't there. */
    private static String value(List<String> words, String option) {
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (word.equals(option)) {
                return i + 1 < words.size() ? words.get(i + 1) : "";
            }
            if (option.startsWith("--") && word.startsWith(option + "=")) {
                return word.substring(option.length() + 1);
            }
        }
        return null;
    }

    private void watch(Launched entry, Process process) {
        process.onExit().thenAccept(ended -> later(() -> ended(entry, ended), 0));
    }

    private void later(Runnable task, long ms) {
        try {
            thread.schedule(task, ms, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closing) {
            // this process ends: nobody restarts it
        }
    }

    private void ended(Launched entry, Process process) {
        synchronized (this) {
            if (closed || entry.process() != process) {
                return;
            }
            String who = entry.toString();
            entry.ended(process.exitValue(), restart);
            goOn(entry, who, "exit status " + process.exitValue());
        }
        changed.run();
    }

    private void goOn(Launched entry, String who, String how) {
        Lives lives = entry.lives();
        switch (lives.state()) {
            case ENDED -> LOG.info("{} has ended with {}", who, how);
            case WAITING -> {
                LOG.warn("{} died with {}: starting it again in {} ms", who, how, lives.pauseMs());
                later(() -> restart(entry), lives.pauseMs());
            }
            default -> LOG.error("{} ended with {} and is not started again: see {}", who, how, lives.log());
        }
    }

    private void restart(Launched entry) {
        synchronized (this) {
            if (closed || launched.get(entry.id()) != entry || entry.lives().state() != Lives.State.WAITING) {
                return;
            }
            try {
                watch(entry, entry.start(environment));
                LOG.info("started {} again", entry);
            } catch (IOException e) {
                entry.lives().giveUp();
                LOG.error("{} can't be started again: {}", entry, e.getMessage());
            }
        }
        changed.run();
    }

    /**
     * Takes over what an earlier primary launched: what died meanwhile is started again, what runs is watched. Before any command.
     *
     * @param lines of {@link #lines}, among others
     * @param left whether a process said good-bye
     * @param afterChange called when {@link #lines} has changed, on any thread, without this object's lock
     */
    void takeOver(List<String> lines, Predicate<ProcessIdentity> left, Runnable afterChange) {
        synchronized (this) {
            lines.forEach(line -> ConfigurationStore.attempt(line, () -> takeOver(line, left)));
        }
        changed = afterChange;
        thread.scheduleWithFixedDelay(() -> look(left), LOOK_MS, LOOK_MS, TimeUnit.MILLISECONDS);
    }

    private void takeOver(String line, Predicate<ProcessIdentity> left) {
        Launched entry = Launched.parse(line, patience);
        if (entry == null) {
            return;
        }
        launched.put(entry.id(), entry);
        if (entry.lives().state() == Lives.State.RUNNING) {
            LOG.info("took over {}, log {}", entry, entry.lives().log());
        } else if (restart && !left.test(entry.identity())) {
            goOn(entry, entry.toString(), "no primary to see it");
        } else {
            entry.lives().finish();
        }
    }

    /** Those whose parent was an earlier primary. */
    private void look(Predicate<ProcessIdentity> left) {
        boolean some = false;
        synchronized (this) {
            for (Launched entry : launched.values()) {
                if (!closed
                        && entry.process() == null
                        && entry.lives().state() == Lives.State.RUNNING
                        && !entry.identity().alive()) {
                    String who = entry.toString();
                    boolean saidSo = left.test(entry.identity());
                    if (saidSo || !restart) {
                        entry.lives().finish();
                    } else {
                        entry.lives().died(System.nanoTime());
                    }
                    goOn(entry, who, saidSo ? "a good-bye" : "an exit status that only its parent could learn");
                    some = true;
                }
            }
        }
        if (some) {
            changed.run();
        }
    }

    /** What the next primary needs to take over, a line each. */
    synchronized String lines() {
        StringBuilder text = new StringBuilder();
        for (Launched entry : launched.values()) {
            Lives.State state = entry.lives().state();
            if (state == Lives.State.RUNNING || state == Lives.State.WAITING) {
                text.append(entry.line()).append('\n');
            }
        }
        return text.toString();
    }

    /** {@code launched}: what was launched and what became of it. */
    synchronized void write(JsonWriter json) {
        json.name("launched").array();
        launched.values().forEach(entry -> entry.write(json));
        json.endArray();
    }

    /** Restarts nothing any more; what runs goes on. When this returns nobody is told of a change any more, nor asked who left. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        thread.shutdown(); // without an interruption, which could end a commit halfway
        boolean interrupted = false;
        while (!thread.isTerminated()) {
            try {
                thread.awaitTermination(1, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
