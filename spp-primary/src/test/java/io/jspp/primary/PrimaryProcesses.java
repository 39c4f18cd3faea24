package io.jspp.primary;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Real primaries and secondaries with a directory of their own, for each test. */
abstract class PrimaryProcesses {
    @TempDir
    Path directory;

    PrimaryFixture fixture;

    @BeforeEach
    final void open() throws Exception {
        fixture = new PrimaryFixture(directory);
    }

    @AfterEach
    final void close() throws Exception {
        fixture.close();
    }
}
