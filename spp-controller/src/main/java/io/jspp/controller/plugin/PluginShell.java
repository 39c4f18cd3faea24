package io.jspp.controller.plugin;

/** The shell as a plugin sees it. */
public interface PluginShell {
    /** Prints a line. */
    void println(String text);

    /** Whether the user wants one JSON value instead of text ({@code -o json}). */
    boolean isJson();

    /** Prints maps, lists, texts, numbers and booleans as one JSON value. */
    void printJson(Object value);

    /**
     * Runs a line as if it had been typed. After Ctrl-C none is begun any more.
     *
     * @throws PluginException when it failed
     */
    void run(String line) throws PluginException;

    /**
     * What the current controller answers to GET.
     *
     * @param path such as {@code /v1/processes}, {@code /v1/nfvs/1}, {@code /v2/counters}
     * @return maps, lists, texts, numbers, booleans
     * @throws PluginException when the controller does not answer, or with an error
     */
    Object get(String path) throws PluginException;
}
