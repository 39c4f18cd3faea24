package io.jspp.vhostuser;

import io.jspp.linux.FileDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a descriptor is that a front-end sent, by the kernel's own name for it in {@code /proc/self/fd}: names of files begin with a slash, so no file
 * can pass for another kind. The file itself is not asked, fstat(2) of a FUSE file waits for its server. Session thread.
 */
final class DescriptorKind {
    private DescriptorKind() {}

    /** @throws IOException when it can't be told */
    static String of(FileDescriptor sent) throws IOException {
        return Files.readSymbolicLink(Path.of("/proc/self/fd/" + sent.value())).toString();
    }

    static boolean isEvent(String kind) {
        return kind.equals("anon_inode:[eventfd]");
    }

    static boolean isSocket(FileDescriptor sent) {
        try {
            return of(sent).startsWith("socket:[");
        } catch (IOException e) {
            return false;
        }
    }
}
