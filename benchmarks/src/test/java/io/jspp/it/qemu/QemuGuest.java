package io.jspp.it.qemu;

import io.jspp.controller.process.SppProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A stock Linux guest under QEMU (TCG) whose only network card is virtio-net on a vhost-user socket. Commands run in it over
 * its second serial port, one at a time. Used by one test thread.
 */
public final class QemuGuest implements AutoCloseable {
    /** What a command printed, and its exit code. */
    public record Result(String output, int exitCode) {}

    /**
     * How the guest is made.
     *
     * @param socket the vhost-user socket
     * @param serverMode true: QEMU listens and the back-end connects; false: QEMU connects, and again every second
     * @param netdevOptions added to {@code -netdev vhost-user}, as {@code queues=2}
     * @param deviceOptions added to {@code -device virtio-net-pci}, as {@code mrg_rxbuf=off}
     */
    public record Options(
            String name,
            Path directory,
            Path socket,
            boolean serverMode,
            String mac,
            int memoryMiB,
            int cpus,
            String netdevOptions,
            String deviceOptions) {
        public Options(String name, Path directory, Path socket, boolean serverMode, String mac) {
            this(name, directory, socket, serverMode, mac, 160, 1, "", "");
        }
    }

    private static final Duration BOOT_LIMIT = Duration.ofSeconds(120);

    private final Options options;
    private final SppProcess qemu;
    private final Path commandSocket;
    private final Path console;
    private SocketChannel channel;
    private BufferedReader reader;

    private QemuGuest(Options options, SppProcess qemu, Path commandSocket, Path console) {
        this.options = options;
        this.qemu = qemu;
        this.commandSocket = commandSocket;
        this.console = console;
    }

    /** Starts QEMU; returns before the guest has booted, and before a back-end has come. */
    public static QemuGuest start(GuestImage image, Options o) {
        Path commandSocket = o.directory().resolve(o.name() + ".cmd");
        Path console = o.directory().resolve(o.name() + ".console");
        String comma = o.netdevOptions().isEmpty() ? "" : ",";
        String deviceComma = o.deviceOptions().isEmpty() ? "" : ",";
        List<String> command = new ArrayList<>(List.of(
                "qemu-system-x86_64",
                "-machine",
                "q35,memory-backend=mem",
                "-accel",
                "tcg,thread=multi",
                "-cpu",
                "max",
                "-smp",
                Integer.toString(o.cpus()),
                "-m",
                o.memoryMiB() + "M",
                "-object",
                "memory-backend-memfd,id=mem,size=" + o.memoryMiB() + "M,share=on",
                "-nodefaults",
                "-no-user-config",
                "-display",
                "none",
                "-kernel",
                image.kernel().toString(),
                "-initrd",
                image.initramfs().toString(),
                "-append",
                "console=ttyS0 rdinit=/init quiet no_timer_check",
                "-chardev",
                "file,id=con,path=" + console,
                "-serial",
                "chardev:con",
                "-chardev",
                "socket,id=cmd,path=" + commandSocket + ",server=on,wait=off",
                "-serial",
                "chardev:cmd",
                "-qmp",
                "unix:" + o.directory().resolve(o.name() + ".qmp") + ",server=on,wait=off",
                "-chardev",
                "socket,id=chr0,path=" + o.socket() + (o.serverMode() ? ",server=on,wait=off" : ",reconnect=1"),
                "-netdev",
                "vhost-user,id=nd0,chardev=chr0,vhostforce=on" + comma + o.netdevOptions(),
                // vectors=0: QEMU 7.2 under TCG crashes with vhost-user and MSI-X when the interface comes up.
                "-device",
                "virtio-net-pci,netdev=nd0,mac=" + o.mac() + ",vectors=0,romfile=" + deviceComma + o.deviceOptions()));
        QemuGuest guest =
                new QemuGuest(o, SppProcess.start("qemu-" + o.name(), Map.of(), command), commandSocket, console);
        try {
            // At once: what a guest writes before somebody is connected is lost.
            guest.connect();
            return guest;
        } catch (RuntimeException e) {
            guest.close();
            throw e;
        }
    }

    /** Waits for the guest's init and gives eth0 an address ({@code 192.168.7.1/24}). */
    public QemuGuest boot(String address) {
        try {
            readUntil("READY", BOOT_LIMIT);
            if (!address.isEmpty()) {
                check("ip addr add " + address + " dev eth0 && ip link set eth0 up", Duration.ofSeconds(20));
            }
            return this;
        } catch (RuntimeException | AssertionError e) {
            close();
            throw e;
        }
    }

    private void connect() {
        long deadline = System.nanoTime() + BOOT_LIMIT.toNanos();
        try {
            while (true) {
                try {
                    channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                    channel.connect(UnixDomainSocketAddress.of(commandSocket));
                    break;
                } catch (IOException notThere) {
                    channel.close();
                    if (System.nanoTime() > deadline || !qemu.isAlive()) {
                        throw new IllegalStateException("QEMU opened no command socket" + qemu.tail());
                    }
                    TimeUnit.MILLISECONDS.sleep(50);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
        reader = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
    }

    /** Runs a shell line in the guest. */
    public Result run(String line, Duration limit) {
        send(line);
        StringBuilder output = new StringBuilder();
        String exit = readUntil("EXIT ", limit, output);
        return new Result(output.toString().strip(), Integer.parseInt(exit.substring("EXIT ".length())));
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

    private void send(String line) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String readUntil(String prefix, Duration limit) {
        return readUntil(prefix, limit, new StringBuilder());
    }

    private String readUntil(String prefix, Duration limit, StringBuilder output) {
        CompletableFuture<String> found = CompletableFuture.supplyAsync(() -> {
            try {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    if (line.startsWith(prefix)) {
                        return line.strip();
                    }
                    synchronized (output) {
                        output.append(line).append('\n');
                    }
                }
                throw new IllegalStateException(options.name() + ": the guest's command port closed");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        try {
            return found.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (TimeoutException | ExecutionException e) {
            synchronized (output) {
                throw new IllegalStateException(
                        options.name() + ": no \"" + prefix + "\" within " + limit.toSeconds() + " s, so far: " + output
                                + console() + qemu.tail(),
                        e);
            }
        }
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

    /** SIGKILLs QEMU: a test guest has nothing to save. */
    @Override
    public void close() {
        qemu.kill();
        try {
            if (channel != null) {
                channel.close();
            }
            Files.deleteIfExists(commandSocket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
