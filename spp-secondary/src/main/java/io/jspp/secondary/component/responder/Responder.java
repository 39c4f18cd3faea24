package io.jspp.secondary.component.responder;

import io.jspp.mbuf.Burst;
import io.jspp.net.VlanOperation;
import io.jspp.secondary.component.BurstComponent;
import io.jspp.secondary.component.ComponentCounters;
import io.jspp.secondary.component.ComponentCounters.Count;
import io.jspp.secondary.component.Input;
import io.jspp.secondary.component.Output;
import io.jspp.secondary.echo.EchoHost;
import io.jspp.secondary.echo.HostAddresses;
import io.jspp.secondary.echo.Verdict;
import java.util.List;

/** The running form: copies each packet, judges the copy, turns it into its answer or counts why there is none. */
final class Responder extends BurstComponent {
    private final StartedResponder started;
    private final Output output;
    private final ReplyBuffer buffer;
    private final ComponentCounters counters;
    private final EchoHost host = new EchoHost();

    Responder(
            String name,
            StartedResponder started,
            List<Input> inputs,
            List<Output> outputs,
            ReplyBuffer buffer,
            ComponentCounters counters,
            int burstCapacity) {
        super(name, inputs, outputs, burstCapacity);
        this.started = started;
        output = outputs.get(0);
        this.buffer = buffer;
        this.counters = counters;
    }

    @Override
    protected boolean pass(Input input, Burst packets) {
        HostAddresses addresses = started.addresses();
        PacketPrinter printer = started.printer();
        buffer.clear(); // after a fault there may be some left
        for (int i = 0; i < packets.packets; i++) {
            if (packets.length[i] > ReplyBuffer.MAX_PACKET) {
                counters.count(Count.MALFORMED_HEADER);
                continue;
            }
            if (!buffer.hasRoom(packets, i)) {
                send(); // which reads headers too, so it comes before this packet's is read
            }
            if (!read(buffer.header(), input, packets, i, counters)) {
                continue;
            }
            if (!buffer.copy(packets, i)) {
                counters.count(Count.MALFORMED_HEADER);
                continue;
            }
            answer(addresses, printer);
        }
        send();
        return output.isCongested();
    }

    private void answer(HostAddresses addresses, PacketPrinter printer) {
        Verdict verdict = host.judge(buffer.address(), buffer.length(), buffer.offload(), addresses);
        if (!verdict.isAnswered()) {
            counters.count(reason(verdict));
            return;
        }
        if (printer != null
                && verdict.isPing()
                && !printer.offer(buffer.address() + host.networkOffset(), host.packetLength(), nowNs())) {
            counters.count(Count.UNPRINTED);
        }
        host.answer();
        buffer.keep(host.answerAddress(), host.answerLength());
    }

    private static Count reason(Verdict verdict) {
        return switch (verdict) {
            case MALFORMED -> Count.MALFORMED_HEADER;
            case FRAGMENT -> Count.FRAGMENT;
            case BAD_CHECKSUM -> Count.BAD_CHECKSUM;
            default -> Count.UNMATCHED;
        };
    }

    private void send() {
        Burst answers = buffer.answers();
        if (answers.packets == 0) {
            return;
        }
        if (output.vlan().kind() == VlanOperation.Kind.NONE) {
            output.sendAsIs(answers);
        } else {
            for (int i = 0; i < answers.packets; i++) {
                // an answer is complete: read finds a header, and there are no facts to survive
                buffer.header().read(answers, i);
                output.add(buffer.header(), answers, i, true);
            }
            output.send();
        }
        buffer.clear();
    }
}
