package io.jspp.runtime;

import io.jspp.control.CommandException;
import io.jspp.port.PortException;
import io.jspp.state.Cause;

/** The answer to a command that could not be carried out. */
public final class Refusal {
    private Refusal() {}

    /**
     * What a failure is answered with: its message, and where a port knows the cause, the cause's code and next step.
     *
     * @param words SPP's words for it, which the message begins with; may be empty
     */
    public static CommandException of(String words, RuntimeException failure) {
        String message = words.isEmpty() ? failure.getMessage() : words + ": " + failure.getMessage();
        if (failure instanceof PortException port && port.why() != Cause.REFUSED) {
            return new CommandException(message, port.why().code(), port.why().next(), failure);
        }
        return new CommandException(message, "", "", failure);
    }
}
