package io.jspp.secondary.guest;

import io.jspp.frontend.TrafficPattern;
import io.jspp.frontend.TrafficRun;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code guest generate}: sends numbered frames, and checks those that come. */
@Command(
        name = "generate",
        description = {
            "sends sequence-numbered frames, counts and checks what it receives",
            "with --queues, each queue sends a flow with a source address of its own",
            "exit 0: good, 1: frames damaged, reordered or duplicated, or more lost than --max-loss, 5: none came although --peer was given"
        })
final class GenerateCommand implements Callable<Integer> {
    private static final byte[] DEFAULT_DESTINATION = {0x02, 0, 0, 0, 0, 0x02};

    private final GuestProcess process;

    @Mixin
    private GuestOptions options;

    @Mixin
    private TrafficOptions traffic;

    @Option(
            names = "--peer",
            paramLabel = "SOCKET",
            description = "play the guest on this socket too: it receives what the first one sends")
    private String peer;

    @Option(names = "--both", description = "the peer sends as well")
    private boolean both;

    @Option(
            names = "--window",
            paramLabel = "N",
            description =
                    "frames of a queue sent and not yet received by the peer, at most; 0: no limit (default: what one of the peer's rings takes, shared by the queues)")
    private Integer window;

    @Option(names = "--dst-mac", paramLabel = "MAC", description = "destination of the frames; default: the peer's MAC")
    private String destination;

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            defaultValue = "64",
            description = "frame length without FCS, 60 to 2048 (default: ${DEFAULT-VALUE})")
    private int size;

    @Option(names = "--imix", description = "64, 590 and 1514 bytes at 7:4:1 instead of one size")
    private boolean imix;

    @Option(
            names = "--rate",
            paramLabel = "FRAMES",
            defaultValue = "0",
            description =
                    "frames per second and queue; 0: as fast as the back-end takes them (default: ${DEFAULT-VALUE})")
    private long rate;

    @Option(
            names = "--sample",
            paramLabel = "N",
            description = "time one frame in N, a power of two (default: 1 up to 1000000 frames per second, else 1024)")
    private Integer sampleEvery;

    @Option(
            names = "--max-loss",
            paramLabel = "PERCENT",
            defaultValue = "100",
            description = "exit 1 above this loss (default: ${DEFAULT-VALUE})")
    private double maxLoss;

    GenerateCommand(GuestProcess process) {
        this.process = process;
    }

    @Override
    public Integer call() throws InterruptedException {
        options.validate();
        traffic.validate();
        if (rate < 0) {
            throw new IllegalArgumentException("--rate " + rate + " (frames per second, 0 or more)");
        }
        if (peer == null && (both || window != null)) {
            throw new IllegalArgumentException("--both and --window need --peer SOCKET");
        }
        if (window != null && window < 0) {
            throw new IllegalArgumentException("--window " + window + " (frames, 0 or more)");
        }
        byte[] mac = options.ownMac();
        byte[] peerMac = peer == null ? DEFAULT_DESTINATION : Addresses.macFor(peer);
        byte[] to = destination == null ? peerMac : Addresses.mac(destination);
        boolean slow = rate != TrafficRun.FLAT_OUT && rate <= 1_000_000;
        int sample = sampleEvery != null ? sampleEvery : slow ? 1 : 1024;
        TrafficPattern pattern = imix ? TrafficPattern.IMIX : TrafficPattern.fixed(size);

        List<TrafficGuest.Port> ports = new ArrayList<>();
        ports.add(new TrafficGuest.Port(options.config(), mac, to));
        if (peer != null) {
            ports.add(new TrafficGuest.Port(options.config(peer), peerMac, both ? mac : null));
        }
        String who = (rate == 0 ? "sends " : "sends " + rate + " frames/s of ") + pattern.name() + " from "
                + Addresses.macText(mac) + " to " + Addresses.macText(to);
        int inFlight = peer == null ? 0 : window == null ? Math.max(1, options.queueSize / options.queues) : window;
        TrafficSession session = new TrafficSession(process, options, traffic);
        return session.run(
                ports,
                new TrafficGuest.Options(pattern, sample, traffic.payload, traffic.busy, inFlight),
                who,
                new TrafficSession.Goal(
                        rate,
                        traffic.count == null ? Long.MAX_VALUE : traffic.count,
                        traffic.seconds == null
                                ? Long.MAX_VALUE
                                : (long) (traffic.seconds * TimeUnit.SECONDS.toNanos(1)),
                        peer != null,
                        maxLoss));
    }
}
