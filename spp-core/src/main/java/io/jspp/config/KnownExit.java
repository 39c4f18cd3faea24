package io.jspp.config;

/** What an exception is that knows the exit status of a process which ends by it. */
public interface KnownExit {
    /** One of {@link ExitCode}. */
    int exitCode();
}
