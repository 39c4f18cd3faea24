package io.jspp.it.reconnect;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * How much of this machine was left for some processes: what others do on it, and its host takes from it, lowers every rate measured, but none
 * divided by this share. Time in which the machine was idle counts as left for them, so that whoever stands still shows.
 */
final class CpuShare {
    // Fields of the line "cpu" in /proc/stat, proc(5).
    private static final int IDLE = 3;
    private static final int IOWAIT = 4;
    private static final int STEAL = 7;

    // Fields of /proc/PID/stat behind the name, proc(5).
    private static final int USER_TIME = 11;
    private static final int SYSTEM_TIME = 12;

    private static final double LEAST = 0.05;

    private final long[] processes;
    private final long all;
    private final long busy;
    private final long own;

    private CpuShare(long[] processes) {
        this.processes = processes;
        try {
            long[] times = Arrays.stream(
                            Files.readAllLines(Path.of("/proc/stat")).get(0).split("\\s+"))
                    .skip(1)
                    .limit(STEAL + 1)
                    .mapToLong(Long::parseLong)
                    .toArray();
            all = Arrays.stream(times).sum();
            busy = all - times[IDLE] - times[IOWAIT];
            own = Arrays.stream(processes).map(CpuShare::ticks).sum();
        } catch (IOException e) {
            throw new UncheckedIOException("read /proc/stat", e);
        }
    }

    /** Begins to measure, for processes by their numbers. */
    static CpuShare begin(List<Long> processes) {
        return new CpuShare(processes.stream().mapToLong(Long::longValue).toArray());
    }

    private static long ticks(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[SYSTEM_TIME]);
        } catch (NoSuchFileException e) {
            throw new AssertionError("process " + pid + " has ended", e);
        } catch (IOException e) {
            throw new UncheckedIOException("read the times of process " + pid, e);
        }
    }

    /** Between 0 and 1: what was left since the beginning. */
    double since() {
        CpuShare now = new CpuShare(processes);
        double others = now.busy - busy - (now.own - own);
        return Math.min(1, Math.max(LEAST, 1 - others / Math.max(1, now.all - all)));
    }
}
