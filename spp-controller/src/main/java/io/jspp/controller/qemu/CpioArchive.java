package io.jspp.controller.qemu;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;

/** Writes an initramfs in cpio "newc" format (Linux Documentation/driver-api/early-userspace/buffer-format.rst). */
final class CpioArchive {
    private static final int DIRECTORY = 0040755;
    private static final int FILE = 0100755;
    private static final int LINK = 0120777;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(32 << 20);
    private final Set<String> directories = new LinkedHashSet<>();
    private int inode = 1;

    void directory(String path) {
        if (path.isEmpty() || !directories.add(path)) {
            return;
        }
        int slash = path.lastIndexOf('/');
        directory(slash < 0 ? "" : path.substring(0, slash));
        entry(path, DIRECTORY, new byte[0]);
    }

    void file(String path, byte[] content) {
        parents(path);
        entry(path, FILE, content);
    }

    void file(String path, Path source) throws IOException {
        file(path, Files.readAllBytes(source));
    }

    void link(String path, String target) {
        parents(path);
        entry(path, LINK, target.getBytes(StandardCharsets.UTF_8));
    }

    private void parents(String path) {
        int slash = path.lastIndexOf('/');
        directory(slash < 0 ? "" : path.substring(0, slash));
    }

    private void entry(String path, int mode, byte[] content) {
        byte[] name = (path + '\0').getBytes(StandardCharsets.UTF_8);
        String header = String.format(
                "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x",
                inode++, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, name.length, 0);
        bytes.writeBytes(header.getBytes(StandardCharsets.US_ASCII));
        bytes.writeBytes(name);
        pad();
        bytes.writeBytes(content);
        pad();
    }

    private void pad() {
        while (bytes.size() % 4 != 0) {
            bytes.write(0);
        }
    }

    byte[] finish() {
        entry("TRAILER!!!", 0, new byte[0]);
        return bytes.toByteArray();
    }
}
