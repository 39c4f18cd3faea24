package io.jspp.controller.vmargs;

import java.util.ArrayList;
import java.util.List;

/**
 * DPDK's testpmd without hugepages, in two roles: {@code net_virtio_user} in a guest's place, {@code net_vhost} in the switch's. Both answer
 * ARP and pings to any address.
 */
final class TestpmdFormat implements Format {
    @Override
    public String title() {
        return "DPDK's testpmd in the guest's place: answers ARP and pings to any address";
    }

    @Override
    public List<String> lines(Machine machine) {
        if (machine.hasComma()) {
            return NO_COMMA;
        }
        List<String> guest = new ArrayList<>();
        List<String> backEnd = new ArrayList<>();
        for (int i = 0; i < machine.cards().size(); i++) {
            Card card = machine.cards().get(i);
            guest.add("net_virtio_user" + i + ",path=" + card.socket() + ",mac=" + card.mac() + ",queues="
                    + machine.queues() + (card.listens() ? "" : ",server=1")
                    + (machine.packed() ? ",packed_vq=1" : ""));
            backEnd.add("net_vhost" + i + ",iface=" + card.socket() + ",queues=" + machine.queues()
                    + (card.listens() ? "" : ",client=1"));
        }
        List<String> lines = new ArrayList<>(command("vmargs-guest", guest, machine));
        lines.add("# testpmd in the switch's place, for comparison (the nfv must not use the socket)");
        lines.addAll(command("vmargs-switch", backEnd, machine));
        return lines;
    }

    private static List<String> command(String prefix, List<String> devices, Machine machine) {
        Words words = new Words().line("dpdk-testpmd", "-l", "0,1", "--no-pci", "--no-huge", "-m", "256");
        words.line("--file-prefix", prefix);
        devices.forEach(device -> words.line("--vdev", device));
        String queues = Integer.toString(machine.queues());
        words.line("--", "--rxq", queues, "--txq", queues, "--total-num-mbufs", "8192", "--no-mlockall");
        words.line("--forward-mode=icmpecho", "--auto-start", "--stats-period=10");
        return words.joined();
    }
}
