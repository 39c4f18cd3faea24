package io.jspp.vhostuser;

import io.jspp.state.Cause;
import io.jspp.virtio.GuestRegion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
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
    private static final int MAX_BYTES = 1 << 20;
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
        String maps;
        try (InputStream in = Files.newInputStream(Path.of("/proc/" + pid + "/maps"))) {
            maps = new String(in.readNBytes(MAX_BYTES), StandardCharsets.ISO_8859_1);
        } catch (IOException | SecurityException notOurs) {
            return;
        }
        for (GuestRegion region : regions) {
            String line = lineOf(maps, region.userAddress());
            // address perms offset dev inode path; perms end with s or p
            String[] fields = line.split(" +");
            if (fields.length >= 5 && fields[1].endsWith("p") && fields[4].equals(Long.toString(region.inode()))) {
                throw new RequestRefused(
                        Cause.MEMORY_NOT_SHARED,
                        "process " + pid + " has mapped the region at 0x" + Long.toHexString(region.userAddress())
                                + " privately");
            }
        }
    }

    /** The line with the mapping an address lies in, or an empty one. */
    private static String lineOf(String maps, long address) {
        int at = 0;
        while (at < maps.length()) {
            int end = maps.indexOf('\n', at);
            int dash = maps.indexOf('-', at);
            int blank = maps.indexOf(' ', at);
            if (end < 0 || dash < 0 || blank < dash || blank > end) {
                return "";
            }
            long from = Long.parseUnsignedLong(maps.substring(at, dash), RADIX);
            long to = Long.parseUnsignedLong(maps.substring(dash + 1, blank), RADIX);
            if (Long.compareUnsigned(address, to) < 0) {
                // Lines are in ascending order.
                return Long.compareUnsigned(address, from) < 0 ? "" : maps.substring(at, end);
            }
            at = end + 1;
        }
        return "";
    }
}
