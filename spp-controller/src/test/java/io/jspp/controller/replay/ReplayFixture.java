package io.jspp.controller.replay;

import io.jspp.controller.TestController;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Our controller between the five processes of a recording, for each test. */
abstract class ReplayFixture {
    TestController ctl;
    RecordedProcesses processes;

    @BeforeEach
    final void start() throws IOException {
        ctl = new TestController();
        processes = new RecordedProcesses(ctl);
    }

    @AfterEach
    final void stop() throws IOException {
        processes.close();
        ctl.close();
    }
}
