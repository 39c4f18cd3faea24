package io.jspp.vhostuser;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.jspp.state.Cause;
import io.jspp.virtio.GuestRegion;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Looks how the front-end itself has mapped the memory it offers. A private mapping (QEMU's {@code share=off}) can be passed on without an
 * error, but then guest and back-end write to different pages and nothing ever moves. Source: proc(5), {@code /proc/PID/maps}.
 *
 * <p>Best effort: what another user's front-end, or one in another pid namespace, has mapped can't be seen, and is taken for shared.
 */
final class PeerMappings {
    private static final int MAX_LINES = 10_000;
    private static final int RADIX = 16;

    private PeerMappings() {}

    /**
     * Session thread.
     *
     * @param pid of the front-end, 0 when unknown
     * @throws RequestRefused when a region is seen to be mapped privately
     */
    static void requireShared(int pid, List<GuestRegion> regions) throws RequestRefused {
        if (pid <= 0) {
            return;
        }
        long highest = 0;
        for (GuestRegion region : regions) {
            highest = Long.compareUnsigned(region.userAddress(), highest) > 0 ? region.userAddress() : highest;
        }
        try (BufferedReader maps = Files.newBufferedReader(Path.of("/proc/" + pid + "/maps"), ISO_8859_1)) {
            String line = maps.readLine();
            // In ascending order; what lies behind the last region is of no interest, nor is a list without end.
            for (int i = 0; i < MAX_LINES && line != null && Long.compareUnsigned(begin(line), highest) <= 0; i++) {
                for (GuestRegion region : regions) {
                    refusePrivate(pid, line, region);
                }
                line = maps.readLine();
            }
        } catch (IOException | SecurityException | NumberFormatException notOurs) {
            return;
        }
    }

    private static long begin(String line) {
        return Long.parseUnsignedLong(line, 0, Math.max(0, line.indexOf('-')), RADIX);
    }

    /** A line: {@code address perms offset dev inode path}; perms end with s or p. */
    private static void refusePrivate(int pid, String line, GuestRegion region) throws RequestRefused {
        int dash = line.indexOf('-');
        int blank = line.indexOf(' ');
        long end = Long.parseUnsignedLong(line, dash + 1, Math.max(dash + 1, blank), RADIX);
        long address = region.userAddress();
        if (Long.compareUnsigned(address, begin(line)) < 0 || Long.compareUnsigned(address, end) >= 0) {
            return;
        }
        String[] fields = line.split(" +");
        if (fields.length >= 5 && fields[1].endsWith("p") && fields[4].equals(Long.toString(region.inode()))) {
            throw new RequestRefused(
                    Cause.MEMORY_NOT_SHARED,
                    "process " + pid + " has mapped the region at 0x" + Long.toHexString(address) + " privately");
        }
    }
}
