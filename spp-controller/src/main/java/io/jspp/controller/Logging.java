package io.jspp.controller;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.OutputStreamAppender;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/**
 * Where log lines go: warnings and errors to stderr, and with a log file everything from the chosen level on to the file.
 * Line ends and control characters inside a message are replaced, so that no peer can forge lines.
 */
final class Logging {
    private static final String MESSAGE = "%replace(%msg){'[\\p{Cntrl}]', '?'}";

    private Logging() {}

    /**
     * Sets the process's logging up.
     *
     * @param file log file, or null
     * @param level lowest level of the file; also of stderr when there is no file
     */
    static void configure(final Path file, final Level level) {
        final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        final Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(level);
        // Jetty warns about every malformed request; a hostile client is not to fill the log.
        context.getLogger("org.eclipse.jetty").setLevel(Level.ERROR);
        final ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setTarget("System.err");
        attach(context, root, console, "%level: " + MESSAGE + "%n%nopex");
        if (file != null) {
            final ch.qos.logback.classic.filter.ThresholdFilter warnings =
                    new ch.qos.logback.classic.filter.ThresholdFilter();
            warnings.setLevel("WARN");
            warnings.start();
            console.addFilter(warnings);
            final FileAppender<ILoggingEvent> appender = new FileAppender<>();
            appender.setFile(file.toString());
            attach(context, root, appender, "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0}: " + MESSAGE + "%n");
        }
    }

    private static void attach(
            final LoggerContext context,
            final Logger root,
            final OutputStreamAppender<ILoggingEvent> appender,
            final String pattern) {
        final PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(pattern);
        encoder.start();
        appender.setContext(context);
        appender.setEncoder(encoder);
        appender.start();
        root.addAppender(appender);
    }
}
