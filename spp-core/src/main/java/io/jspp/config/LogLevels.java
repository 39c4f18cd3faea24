package io.jspp.config;

import static io.jspp.config.UsageException.quoted;

import java.util.List;
import java.util.Locale;

/** DPDK's and our names of log levels. */
public final class LogLevels {
    /** DPDK's 1 emergency .. 8 debug, mapped to the levels of slf4j. */
    private static final List<String> BY_NUMBER =
            List.of("error", "error", "error", "error", "error", "warn", "info", "info", "debug");

    private LogLevels() {}

    /** slf4j name of a level. */
    public static String parse(String text) {
        if (text.matches("[1-8]")) {
            return BY_NUMBER.get(Integer.parseInt(text));
        }
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "emergency", "alert", "critical", "error" -> "error";
            case "warning", "warn" -> "warn";
            case "notice", "info" -> "info";
            case "debug" -> "debug";
            case "trace", "max" -> "trace";
            default ->
                throw new UsageException(
                        quoted(text) + " is not a log level: error, warning, info, debug, trace, or 1..8");
        };
    }
}
