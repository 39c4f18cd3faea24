package io.jspp.secondary;

import io.jspp.config.LogSetup;
import io.jspp.config.ProcessMain;
import io.jspp.config.ProcessOptions;

/** {@code ./spp nfv EAL… -- -n ID -s HOST:PORT}: a secondary that patches ports. */
public final class NfvMain {
    private NfvMain() {}

    public static void main(String[] args) {
        ProcessOptions.Parser parser = new ProcessOptions.Parser("nfv", "secondary", System.getenv(), YamlFile::read);
        NfvOptions own = new NfvOptions(parser);
        int exitCode = ProcessMain.run(
                "spp nfv",
                parser::usage,
                () -> {
                    ProcessOptions options = parser.parse(args);
                    own.finish();
                    LogSetup.apply("spp nfv " + own.clientId(), options.configuration());
                    return new NfvProcess(options, own, System.out::println).run();
                },
                System.out,
                System.err);
        System.out.flush();
        System.exit(exitCode);
    }
}
