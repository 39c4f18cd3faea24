package io.jspp.controller.shell;

import io.jspp.config.ExitCode;
import io.jspp.controller.access.AccessToken;
import io.jspp.controller.main.MainCommand;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./spp cli}: the shell. */
@Command(
        name = "spp cli",
        description =
                "Drives a controller: on a terminal with a prompt, else from -c, -f or standard input, up to the first"
                        + " line that fails.")
public final class CliMain extends MainCommand {
    @Option(
            names = {"-b", "--bind-addr"},
            paramLabel = "ADDR[:PORT]",
            description =
                    "controller's REST address (127.0.0.1:7777), or unix:PATH; several may be given, see the command server")
    private List<String> addresses = new ArrayList<>();

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "file with the token that ctl was given (environment: SPP_TOKEN_FILE)")
    private Path tokenFile;

    @Option(
            names = "-c",
            paramLabel = "LINE",
            description = "run this line, for instance -c 'nfv 1; status'; repeatable")
    private List<String> lines = new ArrayList<>();

    @Option(names = "-f", paramLabel = "FILE", description = "run the lines of this file")
    private Path file;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "what reading commands print: text, or json for one value each")
    private String output = OutputFormat.TEXT;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "settings of the shell, a YAML file; the command config lists them")
    private Path configFile;

    @Option(names = "--wait-pri", description = "first wait until a controller answers and a primary is connected")
    private boolean waitForPrimary;

    private CliMain() {}

    /** Exit codes: 0 all done, 1 a line failed, 2 wrong option, 3 no controller, 4 the controller wants another token, 5 a process did not answer in time. */
    public static void main(final String[] arguments) {
        System.exit(new CliMain().run(arguments));
    }

    /**
     * Runs lines as {@code -c} does, in this process.
     *
     * @return the exit code
     */
    public static int run(
            final RestClient controller, final List<String> lines, final PrintStream out, final PrintStream err) {
        try {
            controller.processes();
        } catch (final ShellException notReachable) {
            err.println(notReachable.getMessage());
            return notReachable.exitCode();
        }
        final Servers servers = new Servers(List.of(controller));
        final Shell shell = new Shell(servers, null, new ShellConfig(), new OutputFormat(), out, err);
        return new ScriptRunner(shell, err).run(lines);
    }

    @Override
    public Integer call() throws IOException {
        if (file != null && !lines.isEmpty()) {
            throw usage("-c and -f exclude each other");
        }
        if (!output.equals(OutputFormat.TEXT) && !output.equals(OutputFormat.JSON)) {
            throw usage("-o takes text or json, not " + output);
        }
        final OutputFormat format = new OutputFormat();
        format.setJson(output.equals(OutputFormat.JSON));
        final ShellConfig config = new ShellConfig();
        if (configFile != null) {
            try {
                config.load(configFile);
            } catch (final ShellException wrong) {
                throw usage("--config: " + wrong.getMessage());
            }
        }
        final PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        final Servers servers = new Servers(clients());
        try {
            if (waitForPrimary) {
                new PrimaryWait(servers.current(), System.err).run();
            }
            for (final RestClient client : servers.all()) {
                client.processes();
            }
        } catch (final ShellException notReachable) {
            System.err.println(notReachable.getMessage());
            return notReachable.exitCode();
        }
        final Path historyFile = History.fileOf(System.getenv("HOME"));
        final Shell shell = new Shell(servers, historyFile, config, format, out, System.err);
        final ScriptRunner scripts = new ScriptRunner(shell, System.err);
        if (!lines.isEmpty()) {
            return scripts.run(lines);
        }
        if (file != null) {
            return runFile(scripts);
        }
        if (StandardInput.isTerminal()) {
            new InteractiveRunner(shell, historyFile, out).run();
            return ExitCode.OK;
        }
        return scripts.run(new InputStreamReader(System.in, StandardCharsets.UTF_8), "standard input");
    }

    private int runFile(final ScriptRunner scripts) throws IOException {
        if (Files.isDirectory(file) || !Files.isReadable(file)) {
            System.err.println("spp cli: cannot read " + file + ": is the name right, and may you read it?");
            return ExitCode.FAILED;
        }
        try (Reader reader = new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8)) {
            return scripts.run(reader, file.toString());
        }
    }

    private RestClient client(final String address) throws IOException {
        final AccessToken token = tokenFile == null ? null : AccessToken.read(tokenFile);
        try {
            final RestClient client = RestClient.at(address);
            return token == null ? client : client.withToken(token);
        } catch (final IllegalArgumentException malformed) {
            throw usage("-b: " + malformed.getMessage());
        }
    }

    private List<RestClient> clients() throws IOException {
        final List<RestClient> clients = new ArrayList<>();
        if (addresses.isEmpty()) {
            clients.add(client(null));
        }
        for (final String address : addresses) {
            clients.add(client(address));
        }
        return clients;
    }
}
