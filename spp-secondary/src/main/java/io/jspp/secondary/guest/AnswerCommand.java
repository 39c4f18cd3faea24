package io.jspp.secondary.guest;

import io.jspp.config.ExitCode;
import io.jspp.frontend.FrontendException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code guest answer}: a host that can be pinged. */
@Command(name = "answer", description = "answers ARP and ICMP echo for an address until it is stopped")
final class AnswerCommand implements Callable<Integer> {
    private final GuestProcess process;

    @Mixin
    private GuestOptions options;

    @Option(names = "--ip", paramLabel = "ADDRESS", required = true, description = "own IPv4 address")
    private String ip;

    AnswerCommand(GuestProcess process) {
        this.process = process;
    }

    @Override
    public Integer call() throws InterruptedException {
        options.validate();
        int address = Addresses.ipv4(ip);
        byte[] mac = options.ownMac();
        options.pin();
        try (GuestNic nic = new GuestNic(options.config())) {
            nic.session().start();
            String who = "mac " + Addresses.macText(mac) + ", answers for " + Addresses.ipv4Text(address);
            int status = process.awaitReady(List.of(nic.session()), options.waitSeconds, who);
            if (status != ExitCode.OK) {
                return status;
            }
            try (EchoResponder responder = new EchoResponder(nic, mac, address)) {
                serve(nic, responder);
                process.out()
                        .println("answered " + responder.arpReplies() + " ARP and " + responder.echoReplies()
                                + " echo requests, " + responder.badChecksums() + " came damaged");
                return ExitCode.OK;
            } catch (FrontendException e) {
                process.err().println("guest: " + e.getMessage());
                return ExitCode.FAILED;
            }
        }
    }

    private void serve(GuestNic nic, EchoResponder responder) {
        byte[] frame = new byte[GuestNic.MAX_FRAME];
        while (!process.stopping()) {
            int length = nic.receive(frame);
            if (length >= 0) {
                responder.answer(frame, length);
            } else {
                nic.await(100);
            }
        }
    }
}
