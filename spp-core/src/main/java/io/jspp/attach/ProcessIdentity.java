package io.jspp.attach;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A process that can't be taken for a later one with the same number.
 *
 * @param pid in this pid namespace
 * @param startTicks field 22 of {@code /proc/PID/stat}: clock ticks from boot to its start
 */
public record ProcessIdentity(int pid, long startTicks) {
    /** The process that has this number now; start 0 when there is none. */
    public static ProcessIdentity of(int pid) {
        return new ProcessIdentity(pid, startOf(pid));
    }

    private static long startOf(int pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Integer.toString(pid), "stat"));
            // The second field is the command in parentheses and may contain anything, parentheses too.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            // The state is field 3; a zombie has ended.
            return fields[0].equals("Z") || fields[0].equals("X") ? 0 : Long.parseLong(fields[22 - 3]);
        } catch (IOException | RuntimeException gone) {
            return 0;
        }
    }

    /** Whether it still runs. */
    public boolean alive() {
        return startTicks != 0 && startOf(pid) == startTicks;
    }
}
