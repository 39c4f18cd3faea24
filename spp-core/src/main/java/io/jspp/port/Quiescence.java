package io.jspp.port;

/** Lets a control thread wait until no worker can still see what it has just unpublished (RCU's synchronize). */
public interface Quiescence {
    /**
     * Returns once every worker of this process has begun a new cycle, or sleeps, after this call began. Wakes sleepers.
     * Never called by a worker.
     */
    void synchronize();

    /** For a process, or test, whose only user of the ports is the calling thread. */
    Quiescence SINGLE_THREAD = () -> {};
}
