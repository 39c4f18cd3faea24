package io.jspp.controller.vmargs;

import java.util.ArrayList;
import java.util.List;

/** cloud-hypervisor (docs/memory.md, {@code --net} in its vm_config). It has split rings only. */
final class CloudHypervisorFormat implements Format {
    private static final String MEMORY = "--memory";

    /** cloud-hypervisor's own default. */
    private static final int TAP_QUEUE_SIZE = 256;

    @Override
    public String title() {
        return "cloud-hypervisor, added to a machine's other arguments";
    }

    @Override
    public List<String> lines(Machine machine) {
        if (machine.hasComma()) {
            return NO_COMMA;
        }
        // The switch shares the guest's memory, a tap does not.
        Words words = new Words()
                .line(
                        MEMORY,
                        "size=" + machine.memoryMiB() + "M" + (machine.cards().isEmpty() ? "" : ",shared=on"));
        List<String> cards = new ArrayList<>(List.of("--net"));
        for (Card card : machine.cards()) {
            cards.add("vhost_user=true,socket=" + card.socket() + ",vhost_mode="
                    + (card.listens() ? "client" : "server") + ",mac=" + card.mac() + ",num_queues="
                    + 2 * machine.queues() + ",queue_size=1024");
        }
        for (Tap tap : machine.taps()) {
            cards.add("tap=" + tap.name() + ",mac=" + tap.mac()
                    + (tap.address().isEmpty() ? "" : ",ip=" + tap.address() + ",mask=" + tap.mask())
                    + ",num_queues=" + 2 * machine.queues() + ",queue_size=" + TAP_QUEUE_SIZE);
        }
        words.line(cards.toArray(new String[0]));
        List<String> lines = new ArrayList<>();
        if (machine.packed()) {
            lines.add("# cloud-hypervisor has no packed virtqueues: these are split");
        }
        lines.addAll(words.joined());
        return lines;
    }
}
