package io.jspp.primary;

import io.jspp.config.LogSetup;
import io.jspp.config.ProcessMain;
import io.jspp.config.ProcessOptions;
import io.jspp.config.Termination;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** {@code ./spp primary EAL… -- -p HEXMASK -n RINGS -s HOST:PORT …}. */
public final class PrimaryMain {
    private PrimaryMain() {}

    public static void main(String[] args) {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        System.setOut(out);
        System.setErr(err);
        System.exit(run(args, out, err));
    }

    private static int run(String[] args, PrintStream out, PrintStream err) {
        ProcessOptions.Parser parser = new ProcessOptions.Parser("primary", "primary", System.getenv(), YamlFile::read);
        PrimaryOptions own = new PrimaryOptions(parser);
        return ProcessMain.run("spp primary", parser::usage, () -> serve(parser.parse(args), own, out), out, err);
    }

    private static int serve(ProcessOptions options, PrimaryOptions own, PrintStream out) throws InterruptedException {
        try {
            own.finish();
            LogSetup.apply("spp primary", options.configuration());
            Termination termination = Termination.install();
            try (Primary primary = new Primary(options, own, termination, out)) {
                primary.start();
                primary.run(System.console() != null);
            }
            return 0;
        } finally {
            options.runDirectory().removeIfEmpty();
        }
    }
}
