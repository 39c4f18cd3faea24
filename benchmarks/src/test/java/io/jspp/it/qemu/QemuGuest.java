package io.jspp.it.qemu;

import io.jspp.controller.process.SppProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A stock Linux guest under QEMU (TCG) whose only network cards are virtio-net on vhost-user sockets. Commands run in it over
 * its second serial port, one at a time. Used by one test thread.
 */
public final class QemuGuest implements AutoCloseable {
    /** What a command printed, and its exit code. */
    public record Result(String output, int exitCode) {}

    /**
     * A network card: eth0 is the first of a guest.
     *
     * @param socket the vhost-user socket
     * @param serverMode true: QEMU listens and the back-end connects; false: QEMU connects, and again every second
     * @param netdevOptions added to {@code -netdev vhost-user}, as {@code queues=2}
     * @param deviceOptions added to {@code -device virtio-net-pci}, as {@code mrg_rxbuf=off}
     */
    public record Nic(Path socket, boolean serverMode, String mac, String netdevOptions, String deviceOptions) {}

    /** How the guest is made. */
    public record Options(
            String name, Path directory, List<Nic> nics, int memoryMiB, int cpus, List<String> arguments) {
        /** With network cards as described. */
        public Options(String name, Path directory, List<Nic> nics, int memoryMiB, int cpus) {
            this(name, directory, nics, memoryMiB, cpus, List.of());
        }

        /** With the memory and the network cards that these arguments of QEMU make. */
        public static Options of(String name, Path directory, List<String> arguments) {
            return new Options(name, directory, List.of(), 0, 1, arguments);
        }

        /** With one network card and stock settings. */
        public Options(String name, Path directory, Path socket, boolean serverMode, String mac) {
            this(name, directory, socket, serverMode, mac, 160, 1, "", "");
        }

        /** With one network card. */
        public Options(
                String name,
                Path directory,
                Path socket,
                boolean serverMode,
                String mac,
                int memoryMiB,
                int cpus,
                String netdevOptions,
                String deviceOptions) {
            this(
                    name,
                    directory,
                    List.of(new Nic(socket, serverMode, mac, netdevOptions, deviceOptions)),
                    memoryMiB,
                    cpus);
        }
    }

    private static final Duration BOOT_LIMIT = Duration.ofSeconds(120);
    private static final Duration COMMAND_LIMIT = Duration.ofSeconds(30);

    /** In front of a command that ends the guest: lets its answer leave the serial port first. */
    private static final String LATER = "sleep 0.2; ";

    /** Where the first card sits on the root bus, the others behind it: the guest names them in this order. */
    private static final int FIRST_SLOT = 2;

    private final Options options;
    private final SppProcess qemu;
    private final Path console;
    private final QmpClient qmp;
    private GuestShell shell;

    private QemuGuest(Options options, SppProcess qemu, Path console) {
        this.options = options;
        this.qemu = qemu;
        this.console = console;
        this.qmp = new QmpClient(options.directory().resolve(options.name() + ".qmp"));
    }

    /** Starts QEMU; returns before the guest has booted, and before a back-end has come. */
    public static QemuGuest start(GuestImage image, Options o) {
        return start(image, o, List.of());
    }

    /** Starts a QEMU that waits for a guest to migrate to it from one with the same options but for name and sockets. */
    public static QemuGuest startIncoming(GuestImage image, Options o) {
        return start(image, o, List.of("-incoming", "unix:" + migrationSocket(o)));
    }

    private static Path migrationSocket(Options o) {
        return o.directory().resolve(o.name() + ".migrate");
    }

    private static QemuGuest start(GuestImage image, Options o, List<String> more) {
        Path commandSocket = o.directory().resolve(o.name() + ".cmd");
        Path console = o.directory().resolve(o.name() + ".console");
        List<String> words = command(image, o, commandSocket, console);
        words.addAll(more);
        QemuGuest guest = new QemuGuest(o, SppProcess.start("qemu-" + o.name(), Map.of(), words), console);
        try {
            // At once: what a guest writes before somebody is connected is lost.
            guest.shell = new GuestShell(o.name(), commandSocket, guest.qemu, guest::console);
            return guest;
        } catch (RuntimeException e) {
            guest.close();
            throw e;
        }
    }

    private static List<String> command(GuestImage image, Options o, Path commandSocket, Path console) {
        List<String> words = new ArrayList<>(List.of("qemu-system-x86_64", "-machine", "q35"));
        words.addAll(List.of("-accel", "tcg,thread=multi", "-cpu", "max", "-smp", Integer.toString(o.cpus())));
        if (o.arguments().isEmpty()) {
            words.addAll(List.of("-machine", "memory-backend=mem", "-m", o.memoryMiB() + "M"));
            words.addAll(List.of("-object", "memory-backend-memfd,id=mem,size=" + o.memoryMiB() + "M,share=on"));
        }
        words.addAll(o.arguments());
        words.addAll(List.of("-nodefaults", "-no-user-config", "-display", "none"));
        words.addAll(List.of("-kernel", image.kernel().toString()));
        words.addAll(List.of("-initrd", image.initramfs().toString()));
        words.addAll(List.of("-append", "console=ttyS0 rdinit=/init quiet no_timer_check"));
        words.addAll(List.of("-chardev", "file,id=con,append=on,path=" + console, "-serial", "chardev:con"));
        words.addAll(List.of("-chardev", "socket,id=cmd,path=" + commandSocket + ",server=on,wait=off"));
        words.addAll(List.of("-serial", "chardev:cmd"));
        Path qmp = o.directory().resolve(o.name() + ".qmp");
        words.addAll(List.of("-qmp", "unix:" + qmp + ",server=on,wait=off"));
        for (int i = 0; i < o.nics().size(); i++) {
            Nic nic = o.nics().get(i);
            String mode = nic.serverMode() ? ",server=on,wait=off" : ",reconnect=1";
            words.addAll(List.of("-chardev", "socket,id=chr" + i + ",path=" + nic.socket() + mode));
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

    private static String added(String optionList) {
        return optionList.isEmpty() ? "" : "," + optionList;
    }

    /** Waits for the guest's init and gives eth0 an address ({@code 192.168.7.1/24}). */
    public QemuGuest boot(String address) {
        try {
            awaitBoot();
            if (!address.isEmpty()) {
                check("ip addr add " + address + " dev eth0 && ip link set eth0 up", COMMAND_LIMIT);
            }
            return this;
        } catch (RuntimeException | AssertionError e) {
            close();
            throw e;
        }
    }

    /** Waits for the guest's init, after the start, {@link #reboot} or {@link #reset}. */
    public void awaitBoot() {
        shell.awaitLine(GuestShell.READY::equals, BOOT_LIMIT);
    }

    /** {@code reboot -f} in the guest: no driver is shut down. {@link #awaitBoot} waits for the new life. */
    public void reboot() {
        shell.begin(LATER + "reboot -f");
    }

    /** The reset button. {@link #awaitBoot} waits for the new life. */
    public void reset() {
        qmp.execute("system_reset");
    }

    /** Begins to migrate the running guest to a QEMU of {@link #startIncoming}, where its commands are to be given once it is there. */
    public void beginMigration(QemuGuest target) {
        qmp.execute("migrate", "{\"uri\":\"unix:" + migrationSocket(target.options) + "\"}");
    }

    /**
     * Waits until the migration that this QEMU began is as wanted.
     *
     * @param what is waited for, told in the error
     * @param wanted of the reply to {@code query-migrate}
     */
    public void awaitMigration(String what, Duration limit, Predicate<String> wanted) {
        long end = System.nanoTime() + limit.toNanos();
        for (String state = migration(); !wanted.test(state); state = migration()) {
            if (state.contains("\"status\": \"failed\"") || System.nanoTime() > end) {
                throw new AssertionError(options.name() + ": not within " + limit.toSeconds() + " s: " + what + ": "
                        + state + qemu.tail());
            }
            LockSupport.parkNanos(20_000_000);
        }
    }

    /** The reply to {@code query-migrate}. */
    public String migration() {
        return qmp.execute("query-migrate");
    }

    /** {@code poweroff -f} in the guest, upon which QEMU ends. */
    public void powerOff() {
        shell.begin(LATER + "poweroff -f");
        qemu.awaitExit(COMMAND_LIMIT);
    }

    /** Runs a shell line in the guest. */
    public Result run(String line, Duration limit) {
        shell.begin(line);
        return shell.end(limit);
    }

    /** As {@link #run}, but a non-zero exit code fails the test. */
    public String check(String line, Duration limit) {
        Result result = run(line, limit);
        if (result.exitCode() != 0) {
            throw new AssertionError(
                    options.name() + ": \"" + line + "\" ended with " + result.exitCode() + ": " + result.output());
        }
        return result.output();
    }

    /**
     * Starts a shell line in the background of the guest, {@code killall} ends it.
     *
     * @param id a word, unique among the streams that run
     * @return its lines so far, each with its time of arrival
     */
    public Supplier<List<GuestShell.Line>> stream(String id, String line) {
        return shell.stream(id, line);
    }

    private String console() {
        try {
            String text = Files.exists(console) ? Files.readString(console, StandardCharsets.ISO_8859_1) : "";
            return text.substring(Math.max(0, text.length() - 2000));
        } catch (IOException e) {
            return "(console unreadable: " + e.getMessage() + ")";
        }
    }

    /** The QEMU process. */
    public SppProcess process() {
        return qemu;
    }

    /** QEMU's machine protocol. */
    public QmpClient qmp() {
        return qmp;
    }

    /** SIGKILLs QEMU: a test guest has nothing to save. */
    @Override
    public void close() {
        qemu.kill();
        qmp.close();
        if (shell != null) {
            shell.close();
        }
        try {
            for (Nic nic : options.nics()) {
                if (nic.serverMode()) {
                    // Its own one, which the next QEMU could not bind.
                    Files.deleteIfExists(nic.socket());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
