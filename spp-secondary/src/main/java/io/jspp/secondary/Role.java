package io.jspp.secondary;

import io.jspp.config.Lcore;
import io.jspp.config.ProcessOptions;
import io.jspp.control.CommandTable;
import io.jspp.control.ProcessKind;
import io.jspp.runtime.ProcessRuntime;
import java.util.List;

/**
 * What makes a secondary an nfv, a vf or another kind: its commands and what it runs. Everything else is {@link SecondaryProcess}. Made and closed
 * on the main thread, commands run on the control connection's.
 */
public interface Role extends AutoCloseable {
    /** Makes the role of one process; its methods are called in this order. */
    interface Opener {
        /** Adds options that only this kind has. */
        default void addOptions(ProcessOptions.Parser parser) {}

        /**
         * Checks what only the whole command line shows.
         *
         * @throws io.jspp.config.UsageException exit status 2
         */
        default void finish(ProcessOptions options) {}

        /** Which of the lcores but the main one get workers, at least one; the others are the role's own. */
        default List<Lcore> polled(List<Lcore> lcores) {
            return lcores;
        }

        Role open(ProcessRuntime runtime);
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
