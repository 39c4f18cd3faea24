package io.jspp.virtio;

import io.jspp.linux.Constants;
import io.jspp.linux.Linux;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Who answers when a page of a file is touched that is not there. For memory files and local disks it is the kernel. For the others (FUSE, network
 * file systems) it is a process or a machine that may take its time, or never answer: a worker that touches the page stands still, and already
 * fstat(2) does. Nothing here asks the file system itself, so nothing here waits. Any thread.
 */
final class PageSource {
    /** Types of file systems besides those of memory, as in proc(5), {@code /proc/PID/mountinfo}. */
    private static final Set<String> LOCAL = Set.of(
            "tmpfs",
            "hugetlbfs",
            "ramfs",
            "devtmpfs",
            "ext2",
            "ext3",
            "ext4",
            "xfs",
            "btrfs",
            "f2fs",
            "zfs",
            "overlay");

    private static final String MOUNT_ID = "mnt_id:";

    private PageSource() {}

    /** What may withhold the file's pages, for an error; null: nothing but the kernel. */
    static String withheldBy(int fd) {
        // Known by files of memory only: memfd, tmpfs, hugetlbfs. A name like /memfd:x may be anybody's.
        if (Linux.tryFcntl(fd, Constants.F_GET_SEALS, 0) >= 0) {
            return null;
        }
        String type;
        try {
            type = fileSystem(fd);
        } catch (IOException e) {
            return "its file system can't be examined: " + e.getMessage();
        }
        return LOCAL.contains(type) ? null : "file system " + type;
    }

    private static String fileSystem(int fd) throws IOException {
        String id = "";
        for (String line : Files.readAllLines(Path.of("/proc/self/fdinfo/" + fd))) {
            if (line.startsWith(MOUNT_ID)) {
                id = line.substring(MOUNT_ID.length()).strip();
            }
        }
        List<String> mounts = Files.readAllLines(Path.of("/proc/self/mountinfo"));
        for (String mount : mounts) {
            // id parent device root point options [optional ...] - type source super-options
            int dash = mount.indexOf(" - ");
            if (mount.startsWith(id + " ") && dash > 0) {
                return mount.substring(dash + 3).split(" ", 2)[0];
            }
        }
        return "of no mount that this process sees";
    }
}
