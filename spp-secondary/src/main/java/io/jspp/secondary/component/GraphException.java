package io.jspp.secondary.component;

/** A change of the graph that is refused; nothing has changed. */
public final class GraphException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What was wrong with the command. */
    public enum Subject {
        COMPONENT_NAME,
        COMPONENT_TYPE,
        CORE,
        PORT,
        DIRECTION,
        /** Nothing with the words themselves: it can't be done. */
        EXECUTION
    }

    private final Subject subject;

    /** @param message a sentence for the operator */
    public GraphException(Subject subject, String message) {
        super(message);
        this.subject = subject;
    }

    public Subject subject() {
        return subject;
    }
}
