/** What a command of the shell written in Java implements and may use; see docs/shell.md. */
package io.jspp.controller.plugin;
