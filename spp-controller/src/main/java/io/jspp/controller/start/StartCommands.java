package io.jspp.controller.start;

import io.jspp.control.ProcessKind;
import java.util.ArrayList;
import java.util.List;

/** The command lines that a {@link StartConfig} stands for, in SPP's order of options. */
final class StartCommands {
    private final StartConfig config;
    private final String launcher;

    /** @param launcher path of {@code ./spp} */
    StartCommands(final StartConfig config, final String launcher) {
        this.config = config;
        this.launcher = launcher;
    }

    /**
     * A process to start.
     *
     * @param name of its log file, as in {@code spp_nfv-1}
     * @param kind null: the controller
     */
    record Part(String name, ProcessKind kind, int id, List<String> command) {
        /** {@code nfv 1}. */
        String title() {
            return kind == null ? "ctl" : kind.isSecondary() ? kind.wireName() + ' ' + id : kind.wireName();
        }
    }

    /** In the order in which they are started. */
    List<Part> parts() {
        final List<Part> parts = new ArrayList<>();
        parts.add(new Part("spp_ctl", null, 0, ctl()));
        parts.add(new Part("spp_primary", ProcessKind.PRIMARY, 0, primary()));
        for (final StartConfig.Secondary secondary : config.secondaries()) {
            final String name = "spp_" + secondary.kind().wireName() + '-' + secondary.id();
            parts.add(new Part(name, secondary.kind(), secondary.id(), secondary(secondary)));
        }
        return parts;
    }

    private List<String> ctl() {
        final StartConfig.Controller controller = config.controller();
        final String address = controller.address();
        return List.of(
                launcher,
                "ctl",
                "-b",
                address.indexOf(':') < 0 ? address : '[' + address + ']',
                "-p",
                "" + controller.primaryPort(),
                "-s",
                "" + controller.secondaryPort(),
                "-a",
                "" + controller.restPort());
    }

    private List<String> primary() {
        final List<String> words = new ArrayList<>(List.of(launcher, "primary"));
        words.addAll(config.eal());
        common(words, "primary");
        words.add("--");
        words.addAll(config.application());
        words.addAll(
                List.of("-s", config.controller().endpoint(config.controller().primaryPort())));
        return words;
    }

    private List<String> secondary(final StartConfig.Secondary secondary) {
        final List<String> words =
                new ArrayList<>(List.of(launcher, secondary.kind().wireName()));
        words.addAll(secondary.eal());
        common(words, "secondary");
        words.add("--");
        words.add(secondary.kind() == ProcessKind.NFV ? "-n" : "--client-id");
        words.add("" + secondary.id());
        words.addAll(
                List.of("-s", config.controller().endpoint(config.controller().secondaryPort())));
        words.addAll(secondary.application());
        return words;
    }

    private void common(final List<String> words, final String type) {
        words.addAll(List.of("--proc-type", type));
        words.addAll(List.of("--file-prefix", config.filePrefix()));
        words.addAll(List.of("--log-level", config.logLevel()));
        if (!config.socketDirectory().isEmpty()) {
            words.addAll(List.of("--sock-dir", config.socketDirectory()));
        }
    }

    /** The shell, which plays a recipe, applies a state, or is the user's. */
    List<String> shell(final String... more) {
        final List<String> words = new ArrayList<>(List.of(
                launcher,
                "cli",
                "-b",
                config.controller().endpoint(config.controller().restPort())));
        words.addAll(List.of(more));
        return words;
    }

    /** What prepares the switch once everything is ready. */
    List<List<String>> preparations() {
        final List<List<String>> all = new ArrayList<>();
        if (!config.state().isEmpty()) {
            all.add(shell("-c", "apply " + config.state()));
        }
        for (final String recipe : config.recipes()) {
            all.add(shell("-c", "playback " + recipe));
        }
        return all;
    }
}
