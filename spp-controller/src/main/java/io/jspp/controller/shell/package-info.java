/**
 * The shell: SPP's grammar and texts on top of the controller's REST. Commands to processes come from the command model;
 * what the shell does itself is one {@link io.jspp.controller.shell.ShellCommand} each. One thread.
 */
package io.jspp.controller.shell;
