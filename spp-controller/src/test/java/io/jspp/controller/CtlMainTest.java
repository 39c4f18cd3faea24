package io.jspp.controller;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.jspp.testing.JvmCommand;
import java.io.BufferedReader;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/**
 * Numbers 200, 201 and 208 of the catalogue of bad inputs: there is no authentication without --token-file, so only this machine reaches the three ports, unless the operator
 * says otherwise, and then hears what that means.
 */
@Timeout(60)
class CtlMainTest {
    private static final Pattern ADDRESS = Pattern.compile("([0-9.]+):([0-9]+)");

    @Tag("once")
    @Test
    void shouldListenOnTheLoopbackAddressOnly() throws Exception {
        final List<String> command = JvmCommand.of(CtlMain.class);
        command.addAll(List.of("-p", "0", "-s", "0", "-a", "0"));
        final Process ctl = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out = ctl.inputReader()) {
            final List<MatchResult> addresses =
                    ADDRESS.matcher(out.readLine()).results().toList();
            assertEquals(3, addresses.size());
            for (final MatchResult address : addresses) {
                final int port = Integer.parseInt(address.group(2));
                assertEquals("127.0.0.1", address.group(1));
                new Socket("127.0.0.1", port).close();
                assertThrows(ConnectException.class, () -> new Socket("127.0.0.2", port).close());
            }
        } finally {
            ctl.destroy();
            assertEquals(0, ctl.waitFor());
        }
    }

    @Test
    void shouldWarnWhenOthersReachIt() throws Exception {
        final ListAppender<ILoggingEvent> lines = new ListAppender<>();
        final Logger logger = (Logger) LoggerFactory.getLogger(Controller.class);
        logger.addAppender(lines);
        lines.start();
        final InetSocketAddress everywhere = new InetSocketAddress("0.0.0.0", 0);
        try (Controller controller = new Controller(new ControllerConfig(everywhere, everywhere, everywhere))) {
            assertEquals(
                    List.of(
                            "listening on 0.0.0.0 without authentication: everyone who reaches it controls the processes;"
                                    + " --token-file wants a token from them"),
                    lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList());
            assertEquals(true, controller.restPort() > 0);
        } finally {
            logger.detachAppender(lines);
        }
    }
}
