package io.jspp.config;

import io.jspp.control.ControlEndpoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;

/**
 * The whole command line of a process: {@code EAL options -- application options}, its configuration and its places.
 *
 * <pre>{@code
 * ProcessOptions.Parser parser = new ProcessOptions.Parser("nfv", "secondary", System.getenv(), YamlFile::read);
 * parser.application().option("-n, --client-id", "ID", "client id, 1..127", v -> id = Numbers.smallInteger(v, 1, 127));
 * ProcessOptions options = parser.parse(args);
 * }</pre>
 *
 * <p>{@code --conf --set --log-file --log-level --wait --sock-dir --help} are understood on both sides of {@code --}.
 */
public final class ProcessOptions {
    /** Reads a configuration file into nested maps. */
    @FunctionalInterface
    public interface FileReader {
        /** @throws UsageException absent or malformed file, with its place */
        Map<?, ?> read(Path file);
    }

    private final EalOptions eal;
    private final Configuration configuration;
    private final ControlEndpoint controller;
    private final RunDirectory runDirectory;
    private final int socketGroup;

    private ProcessOptions(
            EalOptions eal, Configuration configuration, ControlEndpoint controller, RunDirectory runDirectory) {
        this.socketGroup = Groups.number(configuration.text(ConfigKeys.SOCK_GROUP));
        this.eal = eal;
        this.configuration = configuration;
        this.controller = controller;
        this.runDirectory = runDirectory;
    }

    /** {@code --help} was given: the text goes to stdout, exit status 0. */
    public static final class HelpRequest extends RuntimeException {
        private static final long serialVersionUID = 1L;

        HelpRequest() {
            super("help");
        }
    }

    /** Parses one command line; one thread. */
    public static final class Parser {
        private final String command;
        private final String role;
        private final Map<String, String> environment;
        private final FileReader fileReader;
        private final EalOptions eal = new EalOptions();
        private final OptionTable ealTable;
        private final OptionTable application = new OptionTable("application options (after --)");
        private final Configuration.Builder configuration = new Configuration.Builder();
        private Path file;
        private ControlEndpoint controller;

        /**
         * @param command word after {@code ./spp}
         * @param role {@code primary} or {@code secondary}, compared with {@code --proc-type}
         */
        public Parser(String command, String role, Map<String, String> environment, FileReader fileReader) {
            this.command = command;
            this.role = role;
            this.environment = environment;
            this.fileReader = fileReader;
            ealTable = eal.table();
            application.option("-s", "HOST:PORT", "controller", v -> controller = endpoint(v));
            common(ealTable, "");
        }

        /** After the process's own rows, so that these come first in the usage text. */
        private void completeTable() {
            if (!application.knows("--conf")) {
                common(application, "shown");
            }
        }

        private void common(OptionTable table, String show) {
            java.util.function.UnaryOperator<String> shown = s -> show.isEmpty() ? "" : s;
            table.option(
                    "--sock-dir",
                    "DIR",
                    shown.apply("where sock<N> and spp-rx<N>.pcap live (run directory)"),
                    v -> option(ConfigKeys.SOCK_DIR, v));
            table.option(
                    "--sock-mode",
                    "OCTAL",
                    shown.apply("permissions of vhost-user sockets (0600)"),
                    v -> option(ConfigKeys.SOCK_MODE, v));
            table.option(
                    "--sock-group",
                    "GROUP",
                    shown.apply("group of vhost-user sockets"),
                    v -> option(ConfigKeys.SOCK_GROUP, v));
            table.option("--conf", "FILE", shown.apply("configuration in YAML (SPP_CONF)"), v -> file = Path.of(v));
            table.option(
                    "--set", "KEY=VALUE", shown.apply("sets a configuration key; repeatable"), configuration::assign);
            table.option("--log-file", "FILE", shown.apply("log to a file too"), v -> option(ConfigKeys.LOG_FILE, v));
            table.option("--log-level", "LEVEL", shown.apply("error, warning, info, debug or 1..8"), eal::logLevel);
            table.option(
                    "--wait",
                    "SECONDS",
                    shown.apply("give up waiting for a peer after this long (exit 3)"),
                    v -> option(ConfigKeys.WAIT, v));
            table.flag("--help, -h", shown.apply("this text"), () -> {
                throw new HelpRequest();
            });
        }

        private void option(ConfigKey key, String value) {
            configuration.set(Configuration.Source.OPTION, key, value);
        }

        private static ControlEndpoint endpoint(String text) {
            try {
                return ControlEndpoint.parse(text);
            } catch (IllegalArgumentException e) {
                throw new UsageException(e.getMessage());
            }
        }

        /** The application's table, to which the process adds its own rows. */
        public OptionTable application() {
            return application;
        }

        /** For handlers of the process's own options that stand for a configuration key. */
        public void set(ConfigKey key, String value) {
            option(key, value);
        }

        /** One line of usage and both tables. */
        public String usage() {
            completeTable();
            return "usage: spp " + command + " [EAL options] -- [application options]\n" + application.usage()
                    + ealTable.usage();
        }

        /**
         * Parses everything and chooses the run directory.
         *
         * @throws UsageException exit status 2, to be shown with {@link #usage()}
         * @throws HelpRequest show {@link #usage()} on stdout
         * @throws ProcessException no usable run directory
         */
        public ProcessOptions parse(String[] args) {
            return parse(args, CpuSets.allowed());
        }

        ProcessOptions parse(String[] args, SortedSet<Integer> allowedCpus) {
            completeTable();
            List<String> words = List.of(args);
            int separator = words.indexOf("--");
            List<String> ealWords = separator < 0 ? words : words.subList(0, separator);
            List<String> applicationWords = separator < 0 ? List.of() : words.subList(separator + 1, words.size());
            environment("SPP_SOCK_DIR", ConfigKeys.SOCK_DIR);
            environment("SPP_RUN_DIR", ConfigKeys.RUN_DIR);
            environment("SPP_FILE_PREFIX", ConfigKeys.FILE_PREFIX);
            String confFile = environment.getOrDefault("SPP_CONF", "");
            if (!confFile.isEmpty()) {
                file = Path.of(confFile);
            }
            try {
                ealTable.parse(ealWords);
            } catch (UsageException e) {
                boolean forgotten = separator < 0 && ealWords.stream().anyMatch(application::knows);
                throw new UsageException(e.getMessage() + (forgotten ? " (application options come after --)" : ""));
            }
            application.parse(applicationWords);
            eal.finish(role, allowedCpus);
            if (file != null) {
                configuration.file(fileReader.read(file));
            }
            if (eal.filePrefix() != null) {
                option(ConfigKeys.FILE_PREFIX, eal.filePrefix());
            }
            if (eal.logLevel() != null) {
                option(ConfigKeys.LOG_LEVEL, eal.logLevel());
            }
            if (eal.hugepages() == EalOptions.Hugepages.NEVER) {
                option(ConfigKeys.HUGEPAGES, "never");
            }
            Configuration effective = configuration.build();
            if (controller == null) {
                throw new UsageException("option -s HOST:PORT is missing: the controller's address, as in -s 127.0.0.1:"
                        + (role.equals("primary") ? 5555 : 6666)
                        + (separator < 0 ? " (application options come after --)" : ""));
            }
            RunDirectory directory = RunDirectory.select(
                    effective.text(ConfigKeys.RUN_DIR), effective.text(ConfigKeys.FILE_PREFIX), environment);
            return new ProcessOptions(eal, effective, controller, directory);
        }

        private void environment(String variable, ConfigKey key) {
            String value = environment.getOrDefault(variable, "");
            if (!value.isEmpty()) {
                configuration.set(Configuration.Source.ENVIRONMENT, key, value);
            }
        }
    }

    public EalOptions eal() {
        return eal;
    }

    public LcoreMap lcores() {
        return eal.lcores();
    }

    public Configuration configuration() {
        return configuration;
    }

    /** Where the controller listens. */
    public ControlEndpoint controller() {
        return controller;
    }

    public RunDirectory runDirectory() {
        return runDirectory;
    }

    /** {@code --sock-dir}, by default the run directory. */
    public Path socketDirectory() {
        String text = configuration.text(ConfigKeys.SOCK_DIR);
        return text.isEmpty() ? runDirectory.path() : Path.of(text).toAbsolutePath();
    }

    /** Number of the group of vhost-user sockets, -1 when none was named. */
    public int socketGroup() {
        return socketGroup;
    }

    /** Seconds to wait for a peer, 0 for ever. */
    public int waitSeconds() {
        return configuration.integer(ConfigKeys.WAIT);
    }

    /** Devices of the configuration file, then those of the command line. */
    public List<EalOptions.Vdev> vdevs() {
        List<EalOptions.Vdev> all = new ArrayList<>();
        configuration.vdevs().forEach(text -> all.add(EalOptions.Vdev.parse(text)));
        all.addAll(eal.vdevs());
        return List.copyOf(all);
    }

    /** The line for stdout about words without meaning here, or an empty string. */
    public String ignoredLine() {
        return eal.ignored().isEmpty() ? "" : "ignored: " + String.join(", ", eal.ignored());
    }
}
