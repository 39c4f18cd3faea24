package io.jspp.controller.shell;

/** A command that {@code load_cmd} has made; it may be loaded again. */
interface PluginCommand extends ShellCommand {}
