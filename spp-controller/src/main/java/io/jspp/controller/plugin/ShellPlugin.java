package io.jspp.controller.plugin;

import java.util.List;

/**
 * A command of the shell as a class: {@code load_cmd NAME} compiles {@code NAME.java}, makes one object of the class in it that implements this, with its
 * constructor without parameters, and asks it whenever the command is typed. One thread, the shell's. Whatever a method throws becomes the error of its
 * line, with the line of the file; the shell goes on.
 */
public interface ShellPlugin {
    /** Text of {@code help NAME}: a sentence, then an example. */
    String help();

    /**
     * Runs the command.
     *
     * @param arguments the words behind the command
     * @param shell what it may use; do not keep it
     * @throws Exception when it failed: of a {@link PluginException} the user reads the message, of others also what and where it was
     */
    void run(List<String> arguments, PluginShell shell) throws Exception;

    /**
     * Candidates for TAB; those that do not begin with what was typed of the last word are left out by the caller.
     *
     * @param typed the rest of the line up to the cursor
     * @throws Exception none are offered then
     */
    default List<String> complete(final String typed, final PluginShell shell) throws Exception {
        return List.of();
    }
}
