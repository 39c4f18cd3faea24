package io.jspp.controller;

import ch.qos.logback.classic.Level;
import io.jspp.config.ExitCode;
import io.jspp.config.LogLevels;
import io.jspp.config.Termination;
import io.jspp.config.UsageException;
import io.jspp.control.ControlEndpoint;
import io.jspp.controller.access.AccessToken;
import io.jspp.controller.access.RestAccess;
import io.jspp.controller.main.MainCommand;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./spp ctl}: the controller, in the foreground until it is told to end. */
@Command(
        name = "spp ctl",
        description =
                "Accepts the primary and the secondaries and offers REST. Keeps no state: stop and start it any time.")
public final class CtlMain extends MainCommand {
    @Option(
            names = {"-b", "--bind-addr"},
            paramLabel = "ADDR",
            defaultValue = "127.0.0.1",
            description =
                    "address to listen on (${DEFAULT-VALUE}); others than loopback let everyone who reaches it in, unless"
                            + " there is a token")
    private String bindAddress;

    @Option(
            names = {"-p", "--pri-port"},
            paramLabel = "PORT",
            defaultValue = "5555",
            description = "port for the primary (${DEFAULT-VALUE}); 0 takes a free one")
    private String primaryPort;

    @Option(
            names = {"-s", "--sec-port"},
            paramLabel = "PORT",
            defaultValue = "6666",
            description = "port for secondaries (${DEFAULT-VALUE})")
    private String secondaryPort;

    @Option(
            names = {"-a", "--api-port"},
            paramLabel = "PORT",
            defaultValue = "7777",
            description = "port for REST (${DEFAULT-VALUE})")
    private String restPort;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "REST over TCP wants the token in this file, which is made when it is not there"
                    + " (environment: SPP_TOKEN_FILE); SPP's own clients have none")
    private Path tokenFile;

    @Option(
            names = "--rest-socket",
            paramLabel = "PATH",
            description = "REST also on this UNIX socket, for its owner and without a token")
    private Path restSocket;

    @Option(
            names = "--log-file",
            paramLabel = "FILE",
            description = "log to this file; stderr keeps warnings and errors")
    private Path logFile;

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            description = "error, warning, info, debug, trace or 1..8 (info with --log-file, else warning)")
    private String logLevel;

    private CtlMain() {}

    /** Runs until SIGTERM or SIGINT. */
    public static void main(final String[] arguments) {
        System.exit(new CtlMain().run(arguments));
    }

    @Override
    public Integer call() throws Exception {
        final ControllerConfig config = config();
        Logging.configure(logFile, level());
        final Termination termination = Termination.install();
        try (Controller controller = new Controller(config)) {
            System.out.println("spp ctl: ready: " + controller.describe());
            termination.await();
        }
        return ExitCode.OK;
    }

    private RestAccess access() throws IOException {
        final String named = System.getenv().getOrDefault(AccessToken.ENVIRONMENT, "");
        final Path file = tokenFile != null || named.isEmpty() ? tokenFile : Path.of(named);
        return new RestAccess(file == null ? null : AccessToken.readOrCreate(file), restSocket);
    }

    private ControllerConfig config() throws IOException {
        final InetAddress address = address();
        return new ControllerConfig(
                new InetSocketAddress(address, port("-p", primaryPort)),
                new InetSocketAddress(address, port("-s", secondaryPort)),
                new InetSocketAddress(address, port("-a", restPort)),
                access());
    }

    private InetAddress address() {
        try {
            return InetAddress.getByName(ControlEndpoint.parseHost(bindAddress));
        } catch (final IllegalArgumentException malformed) {
            throw usage("-b: " + malformed.getMessage());
        } catch (final UnknownHostException unknown) {
            throw usage("-b: no address is known for " + bindAddress);
        }
    }

    private int port(final String option, final String text) {
        try {
            return text.equals("0") ? 0 : ControlEndpoint.parsePort(text);
        } catch (final IllegalArgumentException malformed) {
            throw usage(option + ": " + malformed.getMessage());
        }
    }

    private Level level() {
        if (logLevel == null) {
            return logFile == null ? Level.WARN : Level.INFO;
        }
        try {
            return Level.toLevel(LogLevels.parse(logLevel));
        } catch (final UsageException malformed) {
            throw usage("--log-level: " + malformed.getMessage());
        }
    }
}
