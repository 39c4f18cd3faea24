package io.jspp.config;

/** A process can't start or go on; the message is a sentence for the operator (what, cause, next step). */
public final class ProcessException extends RuntimeException implements KnownExit {
    private static final long serialVersionUID = 1L;
    private final int exitCode;

    /** @param exitCode one of {@link ExitCode} */
    public ProcessException(int exitCode, String sentence) {
        super(sentence);
        this.exitCode = exitCode;
    }

    public ProcessException(int exitCode, String sentence, Throwable cause) {
        super(sentence, cause);
        this.exitCode = exitCode;
    }

    @Override
    public int exitCode() {
        return exitCode;
    }
}
