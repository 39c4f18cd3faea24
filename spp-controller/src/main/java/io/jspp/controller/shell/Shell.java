package io.jspp.controller.shell;

import io.jspp.config.ExitCode;
import io.jspp.control.CommandCodec;
import io.jspp.control.ProcessKind;
import io.jspp.controller.plugin.PluginCompiler;
import io.jspp.controller.topology.Subgraphs;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;

/**
 * Runs lines. Knows the commands, echoes comments, records, and plays recipes; where lines come from is the caller's
 * business. One thread, except for {@link #interrupt()}.
 */
final class Shell {
    /** Longest line. */
    static final int MAX_LINE_LENGTH = 64 * 1024;

    private static final Pattern FORMAT_SUFFIX =
            Pattern.compile("(?:^|\\s)-o\\s+(" + OutputFormat.JSON + '|' + OutputFormat.TEXT + ")$");

    private final PrintStream out;
    private final PrintStream err;
    private final ShellConfig config;
    private final OutputFormat format;
    private final FileCommands files;
    private final TopoCommand topo;
    private final Map<String, ShellCommand> commands = new TreeMap<>();
    private final Recorder recorder;
    private final Playback playback;
    private boolean left;
    private volatile boolean interrupted;
    private int playbackErrors;

    /**
     * @param historyFile where {@code history} looks, or null
     * @param format what reading commands print, from now on
     */
    Shell(
            final Servers servers,
            final Path historyFile,
            final ShellConfig config,
            final OutputFormat format,
            final PrintStream out,
            final PrintStream err) {
        this.out = out;
        this.err = err;
        this.config = config;
        this.format = format;
        files = new FileCommands(format, out);
        recorder = new Recorder(files, out);
        playback = new Playback(files, recorder);
        final Map<ProcessKind, ProcessCommand> processes = new EnumMap<>(ProcessKind.class);
        for (final ProcessKind kind : ProcessKind.values()) {
            processes.put(kind, new ProcessCommand(kind, servers, config, format, out));
        }
        final History history = new History(historyFile, format, out);
        processes.values().forEach(this::add);
        files.all().forEach(this::add);
        add(new StatusCommand(servers, format, out));
        add(new ServerCommand(servers, format, out));
        add(recorder);
        add(playback);
        add(history);
        add(new RedoCommand(history, line -> {
            record(line);
            run(line);
        }));
        add(new ConfigCommand(config, format, out));
        final Subgraphs subgraphs = new Subgraphs();
        topo = new TopoCommand(servers, files, new TopologySource(subgraphs), config, format, out);
        add(topo);
        add(new TopoSubgraphCommand(subgraphs, format, out));
        new EnvironmentCommands(System.getenv(), () -> state(servers, historyFile), format, out)
                .all()
                .forEach(this::add);
        add(new EchoCommand(out));
        new StateCommands(servers, files, new UndoStore(historyFile), this::run, format, out)
                .all()
                .forEach(this::add);
        add(new LoadCommand(
                files,
                pluginDirectories(),
                name -> commands.containsKey(name) && !(commands.get(name) instanceof PluginCommand),
                this::add,
                new PluginHost(servers, format, this::run, out),
                new PluginCompiler(ToolProvider::getSystemJavaCompiler)));
        add(new HelpCommand(Collections.unmodifiableMap(commands), format, out));
        add(new ByeCommand("bye", servers, processes, out, this::leave));
        add(new ByeCommand("exit", servers, processes, out, this::leave));
    }

    /** {@code ~/.spp/plugins} and {@code conf/plugins}. */
    private static List<Path> pluginDirectories() {
        final List<Path> directories = new ArrayList<>();
        final String user = System.getenv("HOME");
        if (user != null && !user.isEmpty()) {
            directories.add(Path.of(user, ".spp", "plugins"));
        }
        final String home = System.getProperty("spp.home", "");
        if (!home.isEmpty()) {
            directories.add(Path.of(home, "conf", "plugins"));
        }
        return directories;
    }

    private Map<String, Object> state(final Servers servers, final Path historyFile) {
        final Map<String, Object> state = new LinkedHashMap<>();
        state.put("server", servers.current().endpoint());
        state.put("servers", servers.all().size());
        state.put("directory", files.current().toString());
        state.put("history", String.valueOf(historyFile));
        state.put("recording", recorder.isRecording());
        state.put("playback_errors", playbackErrors);
        state.put("commands", List.copyOf(commands.keySet()));
        return state;
    }

    /** What stands before each line of a terminal. */
    String prompt() {
        return config.get(ShellConfig.PROMPT);
    }

    /** On a terminal {@code less} shows pages. */
    void setPager(final FileCommands.Pager pager) {
        files.setPager(pager);
    }

    /** Commands by name. */
    Map<String, ShellCommand> commands() {
        return Collections.unmodifiableMap(commands);
    }

    /** True after {@code bye} or {@code exit}. */
    boolean hasLeft() {
        return left;
    }

    /**
     * Runs one line and whatever it plays back. Errors inside a recipe are printed and counted; an error of the line itself
     * is thrown.
     */
    void execute(final String line) throws ShellException {
        final int errorsBefore = playbackErrors;
        interrupted = false;
        record(line);
        run(line);
        for (String next = playback.next(); next != null && !left; next = playback.next()) {
            try {
                record(next);
                run(next);
            } catch (final ShellException failure) {
                playbackErrors++;
                report(failure);
                if (interrupted || failure.exitCode() == ExitCode.UNREACHABLE) {
                    playback.cancel();
                }
            }
        }
        if (playbackErrors > errorsBefore) {
            err.println("playback: " + (playbackErrors - errorsBefore) + " line(s) failed");
        }
    }

    /** No further line of the recipe or plugin that runs is begun. Any thread. */
    void interrupt() {
        interrupted = true;
    }

    /** Lines of recipes that failed so far. */
    int playbackErrors() {
        return playbackErrors;
    }

    void report(final ShellException failure) {
        out.flush();
        err.println(failure.getMessage());
    }

    /** Ends a session whose input has ended. */
    void finish() {
        recorder.close();
        topo.close();
        out.flush();
    }

    /** Lines typed, played, or found by {@code redo}, in its place; what a plugin runs comes with the plugin's own line. */
    private void record(final String line) throws ShellException {
        final boolean again = line.strip().startsWith(RedoCommand.NAME);
        if (!interrupted && !again && line.length() <= MAX_LINE_LENGTH) {
            recorder.line(line);
        }
    }

    private void run(final String line) throws ShellException {
        if (interrupted) {
            throw new ShellException("Interrupted.");
        }
        if (line.length() > MAX_LINE_LENGTH) {
            throw new ShellException(
                    "Error: a line may have " + MAX_LINE_LENGTH + " characters, this one has " + line.length() + '.');
        }
        final String text = line.strip();
        if (text.isEmpty()) {
            return;
        }
        if (Playback.isComment(text)) {
            out.println(text);
            return;
        }
        final int end = endOfName(text);
        final String name = text.startsWith("?") ? "help" : text.substring(0, end);
        final ShellCommand command = commands.get(name);
        if (command == null) {
            throw new ShellException("*** Unknown syntax: " + CommandCodec.printable(text, 200));
        }
        runIn(command, text.substring(text.startsWith("?") ? 1 : end).strip());
    }

    /** Runs a command; {@code -o json} or {@code -o text} at the end of the line goes for this line. */
    private void runIn(final ShellCommand command, final String arguments) throws ShellException {
        final Matcher suffix = FORMAT_SUFFIX.matcher(arguments);
        if (!suffix.find()) {
            command.run(arguments);
            return;
        }
        final boolean before = format.isJson();
        format.setJson(suffix.group(1).equals(OutputFormat.JSON));
        try {
            command.run(arguments.substring(0, suffix.start()).strip());
        } finally {
            format.setJson(before);
        }
    }

    private void leave() {
        recorder.close();
        topo.close();
        out.println("Thank you for using Soft Patch Panel");
        left = true;
    }

    private void add(final ShellCommand command) {
        commands.put(command.name(), command);
    }

    /** A name ends, as in SPP, at the first character that is no letter, digit or underscore: {@code pri;status}. */
    static int endOfName(final String text) {
        int end = 0;
        while (end < text.length() && (Character.isLetterOrDigit(text.charAt(end)) || text.charAt(end) == '_')) {
            end++;
        }
        return end;
    }
}
