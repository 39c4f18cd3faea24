package io.jspp.mbuf;

import io.jspp.linux.Constants;
import io.jspp.linux.Linux;
import io.jspp.mbuf.Parties.Forwarder;
import io.jspp.mbuf.Parties.Sink;
import io.jspp.mbuf.Parties.Source;
import io.jspp.memory.ParkPoint;
import io.jspp.testing.JvmCommand;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** One party in a process of its own, which can be killed for good. */
final class ChildParty implements AutoCloseable {
    private static final String PARKED = "PARKED";
    private static final String READY = "READY";

    private final Process process;
    private volatile boolean ready;
    private volatile boolean parked;
    private final Thread reader;
    private final StringBuffer output = new StringBuffer();

    /** Starts {@code role} on a segment of this process; it stops for ever at the visit of {@code point}, if one is given. */
    ChildParty(SwitchSegment segment, String role, int client, int epoch, ParkPoint point, int visit)
            throws IOException {
        List<String> command = JvmCommand.of(ChildParty.class, "-Dio.jspp.parkPoints=" + (point != null));
        command.add(Long.toString(ProcessHandle.current().pid()));
        command.add(Integer.toString(segment.fd().value()));
        command.add(role);
        command.add(Integer.toString(client));
        command.add(Integer.toString(epoch));
        command.add(point == null ? "-" : point.name());
        command.add(Integer.toString(visit));
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        reader = new Thread(this::read, "child output");
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (var lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.append(line).append('\n');
                ready |= line.equals(READY);
                parked |= line.equals(PARKED);
            }
        } catch (IOException e) {
            output.append(e);
        }
    }

    /** Whether it has begun to work. */
    boolean ready() {
        check();
        return ready;
    }

    /** Whether it stands at its point. */
    boolean parked() {
        check();
        return parked;
    }

    private void check() {
        if (!process.isAlive()) {
            throw new AssertionError("child ended with " + process.exitValue() + ":\n" + output);
        }
    }

    /** kill -9, and wait for the death. */
    void kill() throws InterruptedException {
        check();
        process.destroyForcibly();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            throw new AssertionError("child " + process.pid() + " does not die");
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    public static void main(String[] args) {
        String path = "/proc/" + args[0] + "/fd/" + args[1];
        SwitchSegment segment = SwitchSegment.attach(Linux.open(path, Constants.O_RDWR, 0));
        int client = Integer.parseInt(args[3]);
        int epoch = Integer.parseInt(args[4]);
        if (!args[5].equals("-")) {
            parkAt(ParkPoint.valueOf(args[5]), Integer.parseInt(args[6]));
        }
        Runnable step = step(segment, args[2], client, epoch);
        System.out.println(READY);
        while (true) {
            step.run();
        }
    }

    private static Runnable step(SwitchSegment segment, String role, int client, int epoch) {
        switch (role) {
            case "source":
                Source source = new Source(segment, 0, client, epoch, 0);
                return () -> source.send(7);
            case "forwarder":
                Forwarder forwarder = new Forwarder(segment, 0, 1, client, epoch, 16);
                return forwarder::poll;
            case "sink":
                Sink sink = new Sink(segment, 1, client, epoch, Parties.newList(), 16);
                return sink::poll;
            case "reaper":
                return () -> new Reaper(segment).reapClient(client, epoch);
            default:
                throw new IllegalArgumentException(role);
        }
    }

    private static void parkAt(ParkPoint point, int visit) {
        CountDownLatch never = new CountDownLatch(1);
        int[] left = {visit};
        ParkPoint.hook(p -> {
            if (p == point && left[0]-- == 0) {
                System.out.println(PARKED);
                try {
                    never.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        });
    }
}
