package io.jspp.secondary;

import io.jspp.control.CommandTable;
import io.jspp.control.ProcessKind;

/**
 * What makes a secondary an nfv, a vf or another kind: its commands and what it runs. Everything else is {@link SecondaryProcess}. Made and closed
 * on the main thread, commands run on the control connection's.
 */
public interface Role extends AutoCloseable {
    /** Makes the role of one process. */
    interface Opener {
        Role open(SecondaryRuntime runtime);
    }

    /** The commands, with handlers for all that this kind has. */
    CommandTable commands(Runnable exit);

    /**
     * Takes up what the last process with this id committed; what can't be done any more is logged and left out.
     *
     * @param stored as this role committed it, perhaps in another version
     * @return what was taken up, for the operator
     */
    String resume(String stored);

    /** Which kind. */
    ProcessKind kind();

    /** Takes everything from the workers and ends all claims. */
    @Override
    void close();
}
