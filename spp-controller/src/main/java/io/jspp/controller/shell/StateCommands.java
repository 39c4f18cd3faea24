package io.jspp.controller.shell;

import io.jspp.controller.state.StateDiff;
import io.jspp.controller.state.StateFile;
import io.jspp.controller.state.StateProblems;
import io.jspp.controller.state.StateWriter;
import io.jspp.controller.state.SwitchState;
import io.jspp.controller.yaml.YamlException;
import io.jspp.controller.yaml.YamlFile;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** {@code save check diff apply undo}: what the switch is configured to do, as a file. */
final class StateCommands {
    private static final String SOURCE = "state of the controller";

    private final Servers servers;
    private final FileCommands files;
    private final UndoStore undo;
    private final RedoCommand.Runner runner;
    private final OutputFormat format;
    private final PrintStream out;

    /** @param runner runs lines; they come into no recipe, since apply itself does */
    StateCommands(
            final Servers servers,
            final FileCommands files,
            final UndoStore undo,
            final RedoCommand.Runner runner,
            final OutputFormat format,
            final PrintStream out) {
        this.servers = servers;
        this.files = files;
        this.undo = undo;
        this.runner = runner;
        this.format = format;
        this.out = out;
    }

    List<ShellCommand> all() {
        return List.of(
                command(
                        "save",
                        "Write what all processes are configured to do to a YAML file.\n\n"
                                + "        It is read by check, diff and apply; docs/state.md describes it.\n\n"
                                + "        spp > save path/to/state.yaml\n",
                        this::save),
                command(
                        "check",
                        "Say whether the processes are configured as a file says.\n\n"
                                + "        Fails when they are not, and shows what is too much (-) and what is missing (+).\n"
                                + "        Processes that the file does not name are left out.\n\n"
                                + "        spp > check path/to/state.yaml\n",
                        this::check),
                command(
                        "diff",
                        "Show the commands that lead from the present to the state of a file.\n\n"
                                + "        spp > diff path/to/state.yaml\n",
                        this::diff),
                command(
                        "apply",
                        "Run the commands that diff shows.\n\n"
                                + "        A second time there is nothing to do. What stays as it is goes on meanwhile.\n"
                                + "        The first command that fails ends it; undo goes back.\n\n"
                                + "        spp > apply path/to/state.yaml\n",
                        this::apply),
                command(
                        "undo",
                        "Go back to what there was before the last apply.\n\n        spp > undo\n",
                        this::undo));
    }

    /** What a command does with the rest of its line. */
    private interface Action {
        void run(String arguments) throws ShellException;
    }

    private ShellCommand command(final String name, final String help, final Action action) {
        final boolean takesFile = !name.equals("undo");
        return new NamedCommand(name, help) {
            @Override
            public void run(final String arguments) throws ShellException {
                if (takesFile == arguments.isEmpty()) {
                    throw new ShellException(
                            takesFile
                                    ? "Error: the name of a file is missing: " + name + " FILE"
                                    : "Error: undo takes no words.");
                }
                action.run(arguments);
            }

            @Override
            public List<String> complete(final String arguments) {
                return takesFile ? files.completePath(arguments) : List.of();
            }
        };
    }

    private SwitchState present() throws ShellException {
        final RestReply reply = servers.current().get("/v2/state");
        if (reply.isNotFound()) {
            throw new ShellException("Error: the controller at "
                    + servers.current().endpoint() + " tells no state: it is not one of this program");
        }
        try {
            return StateFile.parse(SOURCE, reply.orFail().body());
        } catch (final YamlException wrong) {
            throw new ShellException("Error: " + wrong.getMessage());
        }
    }

    private SwitchState wanted(final String name) throws ShellException {
        final Path file = files.resolve(name);
        try {
            return StateFile.parse(name, YamlFile.text(file));
        } catch (final YamlException wrong) {
            throw new ShellException("Error: " + wrong.getMessage());
        }
    }

    private void save(final String name) throws ShellException {
        final Path file = files.resolve(name);
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new ShellException("Error: " + name + " is no regular file.");
        }
        final SwitchState state = present();
        try {
            UndoStore.write(file, StateWriter.yaml(state));
        } catch (final IOException failure) {
            throw new ShellException("Error: cannot write " + name + ": " + failure);
        }
        out.println("Saved the primary and " + count(state.secondaries().size(), "secondary", "secondaries") + " to "
                + name + '.');
    }

    private void check(final String name) throws ShellException {
        final SwitchState wanted = wanted(name);
        final SwitchState all = present();
        final SwitchState present = all.only(wanted);
        final List<String> differences = new ArrayList<>(StateProblems.between(present, wanted));
        differences(present.facts(), wanted.facts(), "- ", differences);
        differences(wanted.facts(), present.facts(), "+ ", differences);
        final boolean equal = differences.isEmpty();
        final Map<String, Object> result = new LinkedHashMap<>();
        result.put("equal", equal);
        result.put("differences", differences);
        if (!format.print(out, result)) {
            differences.forEach(out::println);
            if (equal) {
                out.println("The state is that of " + name + '.');
                sayOthers(all, wanted);
            }
        }
        if (!equal) {
            throw new ShellException("The state is not that of " + name + ": "
                    + count(differences.size(), "difference", "differences") + '.');
        }
    }

    private static void differences(
            final SortedSet<String> some, final SortedSet<String> others, final String sign, final List<String> to) {
        final SortedSet<String> only = new TreeSet<>(some);
        only.removeAll(others);
        only.forEach(fact -> to.add(sign + fact));
    }

    private void sayOthers(final SwitchState all, final SwitchState wanted) {
        all.secondaries().forEach((id, state) -> {
            if (!wanted.secondaries().containsKey(id)) {
                out.println("Not in it: " + state.kind().wireName() + ' ' + id + '.');
            }
        });
    }

    private void diff(final String name) throws ShellException {
        final SwitchState wanted = wanted(name);
        final List<String> lines = lines(present(), wanted);
        if (!format.print(out, lines)) {
            lines.forEach(out::println);
        }
    }

    /** @throws ShellException when something is missing that no command can make */
    private static List<String> lines(final SwitchState present, final SwitchState wanted) throws ShellException {
        final List<String> problems = StateProblems.between(present, wanted);
        if (!problems.isEmpty()) {
            throw new ShellException("Error: " + String.join(System.lineSeparator() + "Error: ", problems));
        }
        return StateDiff.between(present, wanted);
    }

    private void apply(final String name) throws ShellException {
        final SwitchState wanted = wanted(name);
        final SwitchState present = present();
        final List<String> lines = lines(present, wanted);
        if (lines.isEmpty()) {
            out.println("Nothing to do: the state is that of " + name + '.');
            return;
        }
        undo.put(servers.current().endpoint(), present.only(wanted));
        run(lines, "apply", "undo goes back to what there was before");
        out.println("Applied " + name + ": " + count(lines.size(), "command", "commands") + '.');
    }

    private void undo(final String nothing) throws ShellException {
        final String endpoint = servers.current().endpoint();
        final SwitchState before = undo.get(endpoint);
        if (before == null) {
            throw new ShellException("Error: there is no apply to undo.");
        }
        final List<String> lines = lines(present(), before);
        run(lines, "undo", "undo again goes on from here");
        undo.forget(endpoint);
        out.println("Undone: " + count(lines.size(), "command", "commands") + '.');
    }

    private void run(final List<String> lines, final String what, final String next) throws ShellException {
        for (int i = 0; i < lines.size(); i++) {
            out.println("# " + lines.get(i));
            try {
                runner.run(lines.get(i));
            } catch (final ShellException failure) {
                throw new ShellException(
                        failure.getMessage() + System.lineSeparator() + what + " stopped: " + i + " of "
                                + count(lines.size(), "command is done", "commands are done") + ", failed at \""
                                + lines.get(i) + "\"; " + next,
                        failure.exitCode());
            }
        }
    }

    private static String count(final int number, final String one, final String several) {
        return number + " " + (number == 1 ? one : several);
    }
}
