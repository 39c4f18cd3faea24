package io.jspp.controller.plugin;

/** A plugin's command that failed; the user reads the message. */
public final class PluginException extends Exception {
    private static final long serialVersionUID = 1L;

    public PluginException(final String message) {
        super(message);
    }

    public PluginException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
