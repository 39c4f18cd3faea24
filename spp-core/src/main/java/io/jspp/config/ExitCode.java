package io.jspp.config;

/** Exit statuses of every process. */
public final class ExitCode {
    public static final int OK = 0;
    /** Absent interface, missing right, and the like. */
    public static final int FAILED = 1;
    /** Malformed command line or configuration. */
    public static final int USAGE = 2;
    /** A peer did not answer within {@code --wait}. */
    public static final int UNREACHABLE = 3;
    /** Somebody else holds what was asked for. */
    public static final int REFUSED = 4;
    /** A peer was reached but did not finish in time. */
    public static final int TIMEOUT = 5;

    private ExitCode() {}
}
