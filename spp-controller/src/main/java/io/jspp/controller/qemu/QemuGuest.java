package io.jspp.controller.qemu;

import io.jspp.controller.process.SppProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A stock Linux guest under QEMU (TCG) whose only network cards are virtio-net on vhost-user sockets, and which ends with its owner. Commands run in it over
 * its second serial port, one at a time. Used by one thread.
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

    /**
     * How the guest is made.
     *
     * @param directory where QEMU makes its sockets and the console's log
     * @param memoryMiB shared memory, 96 at least; 0: {@code arguments} make it
     * @param arguments further words for QEMU
     */
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

    private final Options options;
    private final SppProcess qemu;
    private final QmpClient qmp;
    private GuestShell shell;

    private QemuGuest(Options options, SppProcess qemu) {
        this.options = options;
        this.qemu = qemu;
        this.qmp = new QmpClient(QemuCommand.qmpSocket(options));
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
        List<String> words = QemuCommand.words(image, o);
        words.addAll(more);
        QemuGuest guest = new QemuGuest(o, SppProcess.start("qemu-" + o.name(), Map.of(), words));
        try {
            // At once: what a guest writes before somebody is connected is lost.
            guest.shell = new GuestShell(o.name(), QemuCommand.commandSocket(o), guest.qemu, QemuCommand.console(o));
            return guest;
        } catch (RuntimeException e) {
            guest.close();
            throw e;
        }
    }

    /** Waits for the guest's init and gives eth0 an address ({@code 192.168.7.1/24}). */
    public QemuGuest boot(String address) {
        try {
            awaitBoot();
            if (!address.isEmpty()) {
                check("ip addr add " + address + " dev eth0 && ip link set eth0 up", COMMAND_LIMIT);
            }
            return this;
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Waits for the guest's init, after the start, {@link #reboot} or {@link #reset}. */
    public void awaitBoot() {
        shell.awaitReady(BOOT_LIMIT);
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
                throw new IllegalStateException(options.name() + ": not within " + limit.toSeconds() + " s: " + what
                        + ": " + state + qemu.tail());
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
        return shell.run(line, limit);
    }

    /**
     * As {@link #run}.
     *
     * @throws IllegalStateException when the line ends with another exit code than 0
     */
    public String check(String line, Duration limit) {
        Result result = run(line, limit);
        if (result.exitCode() != 0) {
            throw new IllegalStateException(
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

    /** The QEMU process. */
    public SppProcess process() {
        return qemu;
    }

    /** QEMU's machine protocol. */
    public QmpClient qmp() {
        return qmp;
    }

    /** SIGKILLs QEMU: such a guest has nothing to save. */
    @Override
    public void close() {
        qemu.kill();
        qmp.close();
        if (shell != null) {
            shell.close();
        }
        try {
            Files.deleteIfExists(QemuCommand.commandSocket(options));
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
