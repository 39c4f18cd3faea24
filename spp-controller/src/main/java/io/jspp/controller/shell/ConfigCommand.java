package io.jspp.controller.shell;

import io.jspp.control.CommandCodec;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code config}: shows and changes the shell's settings. */
final class ConfigCommand implements ShellCommand {
    private final ShellConfig config;
    private final OutputFormat format;
    private final PrintStream out;

    ConfigCommand(final ShellConfig config, final OutputFormat format, final PrintStream out) {
        this.config = config;
        this.format = format;
        this.out = out;
    }

    @Override
    public String name() {
        return "config";
    }

    @Override
    public String help() {
        return """
            Show or update config.

                    # show list of config, or of those that begin with 'sec_'
                    spp > config
                    spp > config sec_

                    # set prompt to "$ spp "
                    spp > config prompt "$ spp "

                    The option --config FILE of ./spp cli sets several at once.
            """;
    }

    @Override
    public List<String> complete(final String arguments) {
        return arguments.contains(" ") ? List.of() : config.keys();
    }

    @Override
    public void run(final String arguments) throws ShellException {
        final String[] parts = arguments.split("\\s+", 2);
        if (parts.length == 2) {
            final String value = unquoted(parts[1]);
            config.set(parts[0], value);
            out.println("Set " + parts[0] + ": \"" + value + '"');
            return;
        }
        final List<String> keys = config.keysLike(parts[0]);
        if (keys.isEmpty()) {
            throw new ShellException("Error: no config \"" + CommandCodec.printable(parts[0]) + "\".");
        }
        final Map<String, Object> json = new LinkedHashMap<>();
        keys.forEach(key -> json.put(key, config.get(key)));
        if (!format.print(out, json)) {
            keys.forEach(key -> out.println("- " + key + ": \"" + config.get(key) + "\"\t# " + config.sentence(key)));
        }
    }

    /** Quotes around the whole are not part of a value. */
    private static String unquoted(final String text) {
        final boolean quoted = text.length() > 1
                && (text.charAt(0) == '"' || text.charAt(0) == '\'')
                && text.charAt(text.length() - 1) == text.charAt(0);
        return quoted ? text.substring(1, text.length() - 1) : text;
    }
}
