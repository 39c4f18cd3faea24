package io.jspp.controller.shell;

import io.jspp.controller.SwitchFixture;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A shell in front of a scripted switch, and a directory of its own, for each test. */
abstract class ShellFixture extends SwitchFixture {
    @TempDir
    Path directory;

    ShellHarness shell;

    ShellFixture() {}

    ShellFixture(final boolean withPrimary) {
        super(withPrimary);
    }

    @BeforeEach
    final void openShell() {
        shell = newShell();
    }

    /** Reads the history as it is now. */
    final ShellHarness newShell() {
        return new ShellHarness(ctl.controller(), directory.resolve("history"));
    }
}
