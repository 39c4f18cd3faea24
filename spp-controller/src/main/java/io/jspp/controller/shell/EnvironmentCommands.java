package io.jspp.controller.shell;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** {@code env} and {@code inspect}: what the shell itself runs with. */
final class EnvironmentCommands {
    private final Map<String, String> environment;
    private final Supplier<Map<String, Object>> state;
    private final OutputFormat format;
    private final PrintStream out;

    /**
     * @param environment the process's variables
     * @param state what {@code inspect} shows, in order
     */
    EnvironmentCommands(
            final Map<String, String> environment,
            final Supplier<Map<String, Object>> state,
            final OutputFormat format,
            final PrintStream out) {
        this.environment = environment;
        this.state = state;
        this.format = format;
        this.out = out;
    }

    List<ShellCommand> all() {
        return List.of(
                new NamedCommand("env", """
                    Show environmental variables.

                            # show all variables, or those that begin with 'LS'
                            spp > env
                            spp > env LS
                    """) {
                    @Override
                    public void run(final String arguments) {
                        final Map<String, Object> found = new TreeMap<>();
                        environment.forEach((name, value) -> {
                            if (name.startsWith(arguments)) {
                                found.put(name, value);
                            }
                        });
                        print(found);
                    }

                    @Override
                    public List<String> complete(final String arguments) {
                        return environment.keySet().stream().sorted().toList();
                    }
                },
                new NamedCommand("inspect", """
                    Print attributes of the shell, for debugging.

                            spp > inspect
                    """) {
                    @Override
                    public void run(final String arguments) {
                        print(state.get());
                    }
                });
    }

    private void print(final Map<String, Object> values) {
        if (!format.print(out, values)) {
            values.forEach((name, value) -> out.println(name + ": " + value));
        }
    }
}
