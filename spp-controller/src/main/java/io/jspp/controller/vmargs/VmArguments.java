package io.jspp.controller.vmargs;

import io.jspp.net.MacAddress;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What guests of running processes are started with, as values for REST. Stateless. */
public final class VmArguments {
    /** Locally administered, of QEMU and libvirt; the last byte is the port's number plus one. */
    static final long FIRST_MAC = 0x5254_0000_0001L;

    private static final Map<String, Format> FORMATS = formats();

    private VmArguments() {}

    /** By the name that stands for each in options and JSON. */
    private static Map<String, Format> formats() {
        final Map<String, Format> formats = new LinkedHashMap<>();
        formats.put("qemu", new QemuFormat());
        formats.put("libvirt", new LibvirtFormat());
        formats.put("cloud-hypervisor", new CloudHypervisorFormat());
        formats.put("testpmd", new TestpmdFormat());
        return formats;
    }

    /**
     * One row for each vhost port that a process has, each for a guest of its own.
     *
     * @param running statuses by process
     * @param wanted only this port, or null for all
     * @param memoryMiB of a guest
     * @param queues queue pairs of its card
     * @param packed whether packed virtqueues are asked for
     * @param tcg QEMU without KVM; also without this where the machine has none
     */
    public static List<Map<String, Object>> of(
            final Map<String, Map<String, Object>> running,
            final String wanted,
            final int memoryMiB,
            final int queues,
            final boolean packed,
            final boolean tcg) {
        final VhostSockets sockets = new VhostSockets(Path.of(""), true);
        running.forEach(sockets::learn);
        final List<Map<String, Object>> rows = new ArrayList<>();
        for (final int index : sockets.known()) {
            final Card card = sockets.card(index, MacAddress.format(FIRST_MAC + index));
            if (wanted != null && !wanted.equals(card.port())) {
                continue;
            }
            final Machine machine =
                    new Machine(List.of(card), List.of(), memoryMiB, queues, packed, !tcg && kvmUsable());
            final Map<String, Object> row = new LinkedHashMap<>();
            row.put("port", card.port());
            row.put("process", sockets.processOf(index));
            row.put("socket", card.socket());
            row.put("role", card.listens() ? "server" : "client");
            row.put("mac", card.mac());
            FORMATS.forEach((name, format) -> row.put(name, format.lines(machine)));
            rows.add(row);
        }
        return rows;
    }

    /** By opening it: the file may be there and be of no use. */
    static boolean kvmUsable() {
        try (FileChannel kvm =
                FileChannel.open(Path.of("/dev/kvm"), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return kvm.isOpen();
        } catch (final IOException e) {
            return false;
        }
    }
}
