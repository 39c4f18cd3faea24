package io.jspp.secondary.guest;

import io.jspp.frontend.TrafficPattern;
import io.jspp.frontend.TrafficRun;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code guest receive}: counts and checks the frames of another guest's {@code generate}. */
@Command(
        name = "receive",
        description = {
            "counts and checks the frames that another guest generates, until stopped, --seconds or --count",
            "exit 0: good, 1: frames damaged, reordered or duplicated, 5: --count was not reached in --seconds"
        })
final class ReceiveCommand implements Callable<Integer> {
    private final GuestProcess process;

    @Mixin
    private GuestOptions options;

    @Mixin
    private TrafficOptions traffic;

    ReceiveCommand(GuestProcess process) {
        this.process = process;
    }

    @Override
    public Integer call() throws InterruptedException {
        options.validate();
        traffic.validate();
        byte[] mac = options.ownMac();
        return new TrafficSession(process, options, traffic)
                .run(
                        List.of(new TrafficGuest.Port(options.config(), mac, null)),
                        new TrafficGuest.Options(TrafficPattern.fixed(64), 1, traffic.payload, traffic.busy, 0),
                        "receives as " + Addresses.macText(mac),
                        new TrafficSession.Goal(
                                TrafficRun.FLAT_OUT,
                                traffic.count == null ? Long.MAX_VALUE : traffic.count,
                                traffic.seconds == null
                                        ? Long.MAX_VALUE
                                        : (long) (traffic.seconds * TimeUnit.SECONDS.toNanos(1)),
                                traffic.count != null,
                                100));
    }
}
