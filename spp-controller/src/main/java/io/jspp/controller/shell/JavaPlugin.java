package io.jspp.controller.shell;

import io.jspp.control.CommandCodec;
import io.jspp.controller.plugin.PluginException;
import io.jspp.controller.plugin.PluginFault;
import io.jspp.controller.plugin.ShellPlugin;
import java.nio.file.Path;
import java.util.List;

/** A command made of a class. Nothing that the class throws ends the shell. */
final class JavaPlugin implements PluginCommand {
    private final String name;
    private final Path file;
    private final ShellPlugin plugin;
    private final PluginHost host;

    JavaPlugin(final String name, final Path file, final ShellPlugin plugin, final PluginHost host) {
        this.name = name;
        this.file = file;
        this.plugin = plugin;
        this.host = host;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String help() {
        try {
            final String text = plugin.help();
            return text.endsWith("\n") ? text : text + '\n';
        } catch (final RuntimeException | LinkageError | StackOverflowError fault) {
            return "The plugin cannot help: " + PluginFault.describe(file, fault) + '\n';
        }
    }

    @Override
    public List<String> complete(final String arguments) {
        try {
            return List.copyOf(plugin.complete(arguments, host));
        } catch (final Exception | LinkageError | StackOverflowError fault) {
            return List.of(); // in the middle of a line there is no place for a message
        }
    }

    @Override
    public void run(final String arguments) throws ShellException {
        host.depth().enter(name);
        try {
            plugin.run(CommandCodec.words(arguments), host);
        } catch (final PluginException failure) {
            throw failure.getCause() instanceof ShellException line
                    ? new ShellException(failure.getMessage(), line.exitCode())
                    : new ShellException("Error: " + failure.getMessage());
        } catch (final Exception | LinkageError | StackOverflowError fault) {
            throw new ShellException("Error: " + PluginFault.describe(file, fault));
        } finally {
            host.depth().leave();
        }
    }
}
