package io.jspp.controller.vmargs;

import java.util.ArrayList;
import java.util.List;

/** libvirt's domain XML, 5.0 and later (formatdomain: memoryBacking, vhost-user interface). */
final class LibvirtFormat implements Format {
    @Override
    public String title() {
        return "libvirt, in <domain>; its QEMU has a user of its own: start the nfv with"
                + " --sock-dir, --sock-mode 0660 and --sock-group libvirt-qemu (or kvm)";
    }

    @Override
    public List<String> lines(Machine machine) {
        List<String> lines = new ArrayList<>();
        lines.add("<memory unit='MiB'>" + machine.memoryMiB() + "</memory>");
        lines.add("<memoryBacking>");
        lines.add("  <source type='memfd'/>");
        lines.add("  <access mode='shared'/>");
        lines.add("</memoryBacking>");
        lines.add("<devices>");
        for (Card card : machine.cards()) {
            lines.add("  <interface type='vhostuser'>");
            lines.add("    <mac address='" + card.mac() + "'/>");
            String mode = card.listens() ? "client" : "server";
            String source = "<source type='unix' path='" + attribute(card.socket()) + "' mode='" + mode + "'";
            if (card.listens()) {
                lines.add("    " + source + ">");
                lines.add("      <reconnect enabled='yes' timeout='1'/>");
                lines.add("    </source>");
            } else {
                lines.add("    " + source + "/>");
            }
            lines.add("    <model type='virtio'/>");
            lines.add("    <driver" + (machine.queues() > 1 ? " queues='" + machine.queues() + "'" : "")
                    + " rx_queue_size='1024' tx_queue_size='1024'" + (machine.packed() ? " packed='on'" : "") + "/>");
            lines.add("  </interface>");
        }
        lines.add("</devices>");
        return lines;
    }

    private static String attribute(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("'", "&apos;");
    }
}
