package io.jspp.controller.vmargs;

import java.util.List;

/** QEMU 4.2 and later (docs/system/devices/vhost-user, qemu(1) -netdev vhost-user). */
final class QemuFormat implements Format {
    @Override
    public String title() {
        return "QEMU, added to a machine's other arguments (there must be no -m, nor -machine memory-backend, beside these)";
    }

    @Override
    public List<String> lines(Machine machine) {
        Words words = new Words();
        String size = machine.memoryMiB() + "M";
        words.line("-m", size);
        words.line("-object", "memory-backend-memfd,id=mem0,size=" + size + ",share=on");
        words.line("-machine", "memory-backend=mem0");
        for (int i = 0; i < machine.cards().size(); i++) {
            Card card = machine.cards().get(i);
            String role = card.listens() ? "reconnect=1" : "server=on,wait=off";
            // QEMU reads a doubled comma as one.
            words.line(
                    "-chardev", "socket,id=chr" + i + ",path=" + card.socket().replace(",", ",,") + "," + role);
            String queues = machine.queues() > 1 ? ",queues=" + machine.queues() : "";
            words.line("-netdev", "vhost-user,id=net" + i + ",chardev=chr" + i + queues);
            words.line("-device", device(machine, i, card));
        }
        return words.joined();
    }

    private static String device(Machine machine, int index, Card card) {
        StringBuilder device = new StringBuilder("virtio-net-pci,netdev=net" + index + ",mac=" + card.mac());
        if (machine.queues() > 1) {
            device.append(",mq=on");
        }
        if (!machine.interrupts()) {
            // QEMU 7.2 crashes with MSI-X, TCG and vhost-user.
            device.append(",vectors=0");
        } else if (machine.queues() > 1) {
            // one per ring, configuration, control
            device.append(",vectors=").append(2 * machine.queues() + 2);
        }
        device.append(",rx_queue_size=1024,tx_queue_size=1024");
        return device.append(machine.packed() ? ",packed=on" : "").toString();
    }
}
