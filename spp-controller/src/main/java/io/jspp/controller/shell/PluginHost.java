package io.jspp.controller.shell;

import io.jspp.controller.json.Json;
import io.jspp.controller.plugin.PluginException;
import io.jspp.controller.plugin.PluginShell;
import java.io.PrintStream;

/** What plugins of a shell use of it. */
final class PluginHost implements PluginShell {
    private final Servers servers;
    private final OutputFormat format;
    private final RedoCommand.Runner runner;
    private final PrintStream out;
    private final PluginDepth depth = new PluginDepth();

    /** @param runner runs their lines */
    PluginHost(
            final Servers servers, final OutputFormat format, final RedoCommand.Runner runner, final PrintStream out) {
        this.servers = servers;
        this.format = format;
        this.runner = runner;
        this.out = out;
    }

    PluginDepth depth() {
        return depth;
    }

    RedoCommand.Runner runner() {
        return runner;
    }

    @Override
    public void println(final String text) {
        out.println(text);
    }

    @Override
    public boolean isJson() {
        return format.isJson();
    }

    @Override
    public void printJson(final Object value) {
        out.println(Json.write(value));
    }

    @Override
    public void run(final String line) throws PluginException {
        try {
            runner.run(line);
        } catch (final ShellException failure) {
            throw new PluginException(failure.getMessage(), failure);
        }
    }

    @Override
    public Object get(final String path) throws PluginException {
        try {
            return servers.current().get(path).orFail().json();
        } catch (final ShellException failure) {
            throw new PluginException(failure.getMessage(), failure);
        }
    }
}
