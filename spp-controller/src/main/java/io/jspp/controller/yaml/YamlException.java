package io.jspp.controller.yaml;

import io.jspp.config.ExitCode;
import io.jspp.config.KnownExit;

/** A file is not what it should be; the message is {@code FILE:LINE: sentence}, or {@code FILE: sentence} where no line is meant. */
public final class YamlException extends Exception implements KnownExit {
    private static final long serialVersionUID = 1L;

    /** @param place {@code FILE} or {@code FILE:LINE} */
    public YamlException(final String place, final String sentence) {
        super(place + ": " + sentence);
    }

    @Override
    public int exitCode() {
        return ExitCode.USAGE;
    }
}
