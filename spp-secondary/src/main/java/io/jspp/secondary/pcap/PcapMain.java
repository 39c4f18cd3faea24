package io.jspp.secondary.pcap;

import io.jspp.config.ExitCode;
import io.jspp.config.Lcore;
import io.jspp.config.ProcessException;
import io.jspp.config.ProcessOptions;
import io.jspp.config.UsageException;
import io.jspp.runtime.ProcessRuntime;
import io.jspp.secondary.Role;
import io.jspp.secondary.SecondaryMain;
import java.nio.file.Files;
import java.util.List;

/** {@code ./spp pcap EAL… -- --client-id ID -s HOST:PORT -c PORT}: a secondary that captures one port into files. */
public final class PcapMain implements Role.Opener {
    private final CaptureOptions options = new CaptureOptions();

    private PcapMain() {}

    public static void main(String[] args) {
        SecondaryMain.run("pcap", new PcapMain(), args);
    }

    @Override
    public void addOptions(ProcessOptions.Parser parser) {
        options.addTo(parser);
    }

    @Override
    public void finish(ProcessOptions all) {
        options.finish();
        if (all.lcores().workers().size() < 2) {
            throw new UsageException(
                    "a pcap needs a main lcore, one that receives and one or more that write, as in" + " -l 0,1,2");
        }
        if (!Files.isDirectory(options.directory()) || !Files.isWritable(options.directory())) {
            throw new ProcessException(
                    ExitCode.FAILED,
                    "--out-dir " + options.directory() + " is no directory that this user may write to: make it, or"
                            + " name another one");
        }
    }

    /** The first lcore receives; on the others are writers, which may wait for a disk and so are no workers. */
    @Override
    public List<Lcore> polled(List<Lcore> lcores) {
        return lcores.subList(0, 1);
    }

    @Override
    public Role open(ProcessRuntime runtime) {
        return new Pcap(runtime, options);
    }
}
