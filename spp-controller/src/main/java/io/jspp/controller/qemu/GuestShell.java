package io.jspp.controller.qemu;

import io.jspp.controller.process.LiveProcess;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The guest's second serial port, where its init runs each command it reads and ends the output with a line that has the exit code. A command goes
 * with {@code #} and its length in front: a busy guest may lose part of what its serial port receives, and then asks for it again instead of running the rest.
 * A thread of its own reads, so that each line is stamped when it comes. Commands are given by one thread.
 */
public final class GuestShell implements AutoCloseable {
    /** A line and when it came, by {@link System#nanoTime}. */
    public record Line(String text, long atNs) {}

    /** What the guest's init says first. */
    static final String READY = "READY";

    private static final Logger LOG = LoggerFactory.getLogger(GuestShell.class);
    private static final String RUN = "RUN";
    private static final Pattern EXIT = Pattern.compile("EXIT ([0-9]{1,3})");

    /** With what the guest's driver says of its port. */
    private static final String AGAIN = "AGAIN ";

    private static final int TRIES = 5;

    /** Of one command; what more it prints is left out. */
    private static final int KEPT_LINES = 50_000;

    private static final String STREAM = "STREAM ";
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(60);
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(120);

    private final String name;
    private final LiveProcess qemu;
    private final Path console;
    private final SocketChannel channel;
    private final List<Line> lines = new ArrayList<>();
    private final Map<String, List<Line>> streams = new HashMap<>();
    private int seen;
    private boolean closed;

    /**
     * Connects, as soon as QEMU has opened the socket. QEMU serves one connection at a time: a second one waits for the end of the first.
     *
     * @param name what messages call the guest
     * @param socket {@link QemuCommand#commandSocket}
     * @param console its end is told in messages
     * @throws IllegalStateException when QEMU ends first, or opens no such socket in time
     */
    public GuestShell(String name, Path socket, LiveProcess qemu, Path console) {
        this.name = name;
        this.qemu = qemu;
        this.console = console;
        channel = connect(socket, qemu, CONNECT_LIMIT);
        Thread reader = new Thread(this::read, name + "-shell");
        reader.setDaemon(true);
        reader.start();
    }

    static SocketChannel connect(Path socket, LiveProcess owner, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        try {
            while (true) {
                SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                try {
                    channel.connect(UnixDomainSocketAddress.of(socket));
                    return channel;
                } catch (IOException notThere) {
                    channel.close();
                    if (System.nanoTime() > deadline || !owner.isAlive()) {
                        throw new IllegalStateException(owner.name() + " opened no " + socket + owner.tail());
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
    }

    private void read() {
        try (BufferedReader reader = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                add(new Line(line.strip(), System.nanoTime()));
            }
        } catch (IOException e) {
            // Closed by us or by QEMU's end: whoever waits is told below.
        }
        synchronized (lines) {
            closed = true;
            lines.notifyAll();
        }
    }

    private void add(Line line) {
        synchronized (lines) {
            if (line.text().startsWith(STREAM)) {
                String[] parts = line.text().split(" ", 3);
                if (parts.length == 3 && streams.containsKey(parts[1])) {
                    streams.get(parts[1]).add(new Line(parts[2], line.atNs()));
                }
            } else if (lines.size() < KEPT_LINES
                    || isExit(line.text())
                    || line.text().equals(READY)) {
                lines.add(line);
            }
            lines.notifyAll();
        }
    }

    /** Starts a command in the background whose lines are kept apart from those of the commands that follow. */
    Supplier<List<Line>> stream(String id, String command) {
        synchronized (lines) {
            streams.put(id, new ArrayList<>());
        }
        begin("(" + command + ") 2>&1 | awk '{print \"" + STREAM + id + "\",$0; fflush()}' &");
        end(ANSWER_LIMIT);
        return () -> {
            synchronized (lines) {
                return List.copyOf(streams.get(id));
            }
        };
    }

    /** Gives a command and waits until it runs; its lines are the only ones known from here on. */
    void begin(String command) {
        Line said = give(command);
        for (int i = 1; !said.text().equals(RUN); i++) {
            LOG.info("{}: a command did not arrive whole: {}", name, said.text());
            if (i == TRIES) {
                throw new IllegalStateException(name + ": no command arrives whole" + console());
            }
            said = give(command);
        }
    }

    private Line give(String command) {
        synchronized (lines) {
            lines.clear();
            seen = 0;
        }
        byte[] line = ("#" + command.length() + " " + command + "\n").getBytes(StandardCharsets.US_ASCII);
        try {
            ByteBuffer bytes = ByteBuffer.wrap(line);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(name + ": write to the guest's command port", e);
        }
        Line answer = awaitLine(said -> said.equals(RUN) || said.startsWith(AGAIN), ANSWER_LIMIT);
        synchronized (lines) {
            // What came before is of a command that whoever was connected before us had begun.
            lines.subList(0, seen).clear();
            seen = 0;
        }
        return answer;
    }

    /** Waits for the guest's init, which has to be connected to when it is there: after the start, a reboot or reset. */
    public void awaitReady(Duration limit) {
        awaitLine(READY::equals, limit);
    }

    /**
     * Runs a shell line in the guest.
     *
     * @throws IllegalStateException when it has not ended in time, or QEMU has ended
     */
    public QemuGuest.Result run(String line, Duration limit) {
        begin(line);
        return end(limit);
    }

    /** Waits for a line behind the last one waited for. */
    Line awaitLine(Predicate<String> wanted, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        synchronized (lines) {
            while (true) {
                while (seen < lines.size()) {
                    Line line = lines.get(seen++);
                    if (wanted.test(line.text())) {
                        return line;
                    }
                }
                long leftMs = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (closed || leftMs <= 0) {
                    throw new IllegalStateException(name + ": "
                            + (closed ? "the guest's command port closed" : "not within " + limit.toSeconds() + " s")
                            + ", so far: " + text() + console() + qemu.tail());
                }
                try {
                    lines.wait(leftMs);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException("interrupted", e);
                }
            }
        }
    }

    /** Waits for the end of the command that was begun last. */
    QemuGuest.Result end(Duration limit) {
        synchronized (lines) {
            seen = 0;
        }
        Line exit = awaitLine(GuestShell::isExit, limit);
        Matcher code = EXIT.matcher(exit.text());
        return new QemuGuest.Result(text().strip(), code.matches() ? Integer.parseInt(code.group(1)) : -1);
    }

    /** A command may print other lines that begin like it. */
    private static boolean isExit(String line) {
        return EXIT.matcher(line).matches();
    }

    private String text() {
        synchronized (lines) {
            StringBuilder text = new StringBuilder();
            for (Line line : lines) {
                if (!isExit(line.text()) && !line.text().equals(RUN)) {
                    text.append(line.text()).append('\n');
                }
            }
            return text.toString();
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

    /** Disconnects; the guest goes on. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
