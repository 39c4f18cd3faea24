package io.jspp.controller.qemu;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line of a guest's QEMU, and the files it makes. */
public final class QemuCommand {
    /** Where the first card sits on the root bus, the others behind it: the guest names them in this order. */
    private static final int FIRST_SLOT = 2;

    private QemuCommand() {}

    /** Where {@link GuestShell} connects. */
    public static Path commandSocket(QemuGuest.Options o) {
        return o.directory().resolve(o.name() + ".cmd");
    }

    /** What the guest's kernel prints. */
    public static Path console(QemuGuest.Options o) {
        return o.directory().resolve(o.name() + ".console");
    }

    /** Where {@link QmpClient} connects. */
    public static Path qmpSocket(QemuGuest.Options o) {
        return o.directory().resolve(o.name() + ".qmp");
    }

    /** Program and arguments. The guest's init waits for commands on {@link #commandSocket}. */
    public static List<String> words(GuestImage image, QemuGuest.Options o) {
        List<String> words = new ArrayList<>(List.of("qemu-system-x86_64", "-machine", "q35"));
        words.addAll(List.of("-accel", "tcg,thread=multi", "-cpu", "max", "-smp", Integer.toString(o.cpus())));
        if (o.memoryMiB() > 0) {
            words.addAll(List.of("-machine", "memory-backend=mem", "-m", o.memoryMiB() + "M"));
            words.addAll(List.of("-object", "memory-backend-memfd,id=mem,size=" + o.memoryMiB() + "M,share=on"));
        }
        words.addAll(o.arguments());
        words.addAll(List.of("-nodefaults", "-no-user-config", "-display", "none"));
        words.addAll(List.of("-kernel", image.kernel().toString()));
        words.addAll(List.of("-initrd", image.initramfs().toString()));
        words.addAll(List.of("-append", "console=ttyS0 rdinit=/init quiet no_timer_check"));
        words.addAll(List.of("-chardev", "file,id=con,append=on,path=" + value(console(o)), "-serial", "chardev:con"));
        words.addAll(List.of("-chardev", "socket,id=cmd,path=" + value(commandSocket(o)) + ",server=on,wait=off"));
        words.addAll(List.of("-serial", "chardev:cmd"));
        words.addAll(List.of("-qmp", "unix:" + value(qmpSocket(o)) + ",server=on,wait=off"));
        for (int i = 0; i < o.nics().size(); i++) {
            QemuGuest.Nic nic = o.nics().get(i);
            String mode = nic.serverMode() ? ",server=on,wait=off" : ",reconnect=1";
            words.addAll(List.of("-chardev", "socket,id=chr" + i + ",path=" + value(nic.socket()) + mode));
            words.addAll(List.of(
                    "-netdev",
                    "vhost-user,id=nd" + i + ",chardev=chr" + i + ",vhostforce=on" + added(nic.netdevOptions())));
            // vectors=0: QEMU 7.2 under TCG crashes with vhost-user and MSI-X when the interface comes up.
            words.addAll(List.of(
                    "-device",
                    "virtio-net-pci,netdev=nd" + i + ",addr=0x" + Integer.toHexString(FIRST_SLOT + i) + ",mac="
                            + nic.mac() + ",vectors=0,romfile=" + added(nic.deviceOptions())));
        }
        return words;
    }

    /** QEMU reads a doubled comma as one. */
    private static String value(Path path) {
        return path.toString().replace(",", ",,");
    }

    private static String added(String optionList) {
        return optionList.isEmpty() ? "" : "," + optionList;
    }
}
