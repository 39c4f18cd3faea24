package io.jspp.attach;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Number 245 of the catalogue of bad inputs: whatever a kill or a power cut leaves of the list, a primary starts and believes only what is true. */
class ClientFileTest {
    private final ProcessIdentity self =
            ProcessIdentity.of((int) ProcessHandle.current().pid());

    @TempDir
    private Path directory;

    private ClientFile list;
    private Path file;

    private byte[] written() throws IOException {
        list = new ClientFile(directory);
        file = directory.resolve("clients");
        list.write(List.of(new ProcessIdentity(1 << 22, 77), self));
        return Files.readAllBytes(file);
    }

    @Test
    void shouldKnowTheLivingOnlyWhereverTheListIsCut() throws IOException {
        byte[] whole = written();
        assertEquals(List.of(self), list.living());
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertEquals(length < whole.length - 1 ? List.of() : List.of(self), list.living(), "cut at " + length);
        }
    }

    @Test
    void shouldTakeBytesOfAnyKindForNobody() throws IOException {
        byte[] whole = written();
        byte[] noise = new byte[4096];
        new Random(245).nextBytes(noise);
        Files.write(file, noise);
        assertEquals(List.of(), list.living());
        Files.write(file, new byte[4096]);
        assertEquals(List.of(), list.living());
        Files.write(
                file,
                ("\u00ff\n" + new String(whole, StandardCharsets.ISO_8859_1)).getBytes(StandardCharsets.ISO_8859_1));
        assertEquals(List.of(self), list.living());
    }

    @Test
    void shouldKeepTheFormerListUntilTheNextIsWhole() throws IOException {
        byte[] whole = written();
        Files.write(directory.resolve("clients.new"), new byte[] {'1'});
        assertEquals(List.of(self), list.living());
        list.write(List.of());
        assertEquals(List.of(), list.living());
        assertEquals(false, Files.exists(directory.resolve("clients.new")));
        list.write(List.of(self));
        assertEquals(true, Files.size(file) > 0 && Files.size(file) < whole.length);
    }
}
