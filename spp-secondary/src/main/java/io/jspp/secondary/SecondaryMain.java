package io.jspp.secondary;

import io.jspp.config.LogSetup;
import io.jspp.config.ProcessMain;
import io.jspp.config.ProcessOptions;

/** From the command line of any secondary to its process, and to its exit status. */
public final class SecondaryMain {
    private SecondaryMain() {}

    /**
     * Runs until the process ends.
     *
     * @param name the command: {@code nfv}, {@code vf}
     */
    public static void run(String name, Role.Opener role, String[] args) {
        ProcessOptions.Parser parser = new ProcessOptions.Parser(name, "secondary", System.getenv(), YamlFile::read);
        SecondaryOptions own = new SecondaryOptions(parser);
        role.addOptions(parser);
        int exitCode = ProcessMain.run(
                "spp " + name,
                parser::usage,
                () -> {
                    ProcessOptions options = parser.parse(args);
                    try {
                        own.finish();
                        role.finish(options);
                        LogSetup.apply("spp " + name + " " + own.clientId(), options.configuration());
                        return new SecondaryProcess(name, role, options, own, System.out::println).run();
                    } finally {
                        options.runDirectory().removeIfEmpty();
                    }
                },
                System.out,
                System.err);
        System.out.flush();
        System.exit(exitCode);
    }
}
