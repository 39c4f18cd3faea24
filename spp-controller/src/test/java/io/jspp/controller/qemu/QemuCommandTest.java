package io.jspp.controller.qemu;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class QemuCommandTest {
    /** QEMU would end each path at its comma. */
    @Test
    void shouldDoubleTheCommasOfPaths() {
        Path directory = Path.of("/run/a,b");
        GuestImage image = new GuestImage(Path.of("/vmlinuz"), Path.of("/initrd"));
        List<String> words = QemuCommand.words(
                image, new QemuGuest.Options("g", directory, directory.resolve("sock0"), false, "52:54:00:00:00:01"));
        for (String word : List.of(
                "file,id=con,append=on,path=/run/a,,b/g.console",
                "socket,id=cmd,path=/run/a,,b/g.cmd,server=on,wait=off",
                "unix:/run/a,,b/g.qmp,server=on,wait=off",
                "socket,id=chr0,path=/run/a,,b/sock0,reconnect=1")) {
            assertTrue(words.contains(word), () -> word + " in " + words);
        }
    }
}
