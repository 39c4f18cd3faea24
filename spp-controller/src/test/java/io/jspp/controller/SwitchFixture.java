package io.jspp.controller;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A controller, a scripted nfv 1 and, unless told otherwise, a scripted primary, for each test. */
public abstract class SwitchFixture {
    private final boolean withPrimary;

    protected TestController ctl;
    /** Null when there is none. */
    protected ScriptedProcess primary;

    protected ScriptedProcess nfv;

    protected SwitchFixture() {
        this(true);
    }

    protected SwitchFixture(final boolean withPrimary) {
        this.withPrimary = withPrimary;
    }

    @BeforeEach
    protected final void startSwitch() throws IOException {
        ctl = new TestController();
        String before = "";
        if (withPrimary) {
            primary = ScriptedProcess.primary(ctl.controller());
            before = "{\"type\": \"primary\"}";
            ctl.awaitProcesses("[" + before + "]");
            before += ", ";
        }
        nfv = ScriptedProcess.nfv(ctl.controller(), 1);
        ctl.awaitProcesses("[" + before + "{\"type\": \"nfv\", \"client-id\": 1}]");
    }

    @AfterEach
    protected final void stopSwitch() throws IOException {
        if (primary != null) {
            primary.close();
        }
        nfv.close();
        ctl.close();
    }
}
