package io.jspp.fuzz;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Inputs as text: one of hexadecimal digits per line, {@code #} begins a comment. */
final class HexCorpus {
    private HexCorpus() {}

    static List<byte[]> parse(String text) {
        List<byte[]> inputs = new ArrayList<>();
        for (String line : text.lines().toList()) {
            String digits = line.replaceAll("#.*|\\s", "");
            if (!digits.isEmpty()) {
                inputs.add(HexFormat.of().parseHex(digits));
            }
        }
        return inputs;
    }

    /** Inputs of a file, none when there is no such file. */
    static List<byte[]> read(Path file) {
        try {
            return Files.exists(file) ? parse(Files.readString(file)) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Inputs that once failed: {@code fuzz/TARGET.hex} among the test resources. */
    static List<byte[]> regressions(String target) {
        try (InputStream in = HexCorpus.class.getResourceAsStream("/fuzz/" + target + ".hex")) {
            return in == null ? List.of() : parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void append(Path file, byte[] input, String comment) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            String head = comment.isEmpty() ? "" : "# " + comment.replace('\n', ' ') + "\n";
            Files.writeString(
                    file,
                    head + HexFormat.of().formatHex(input) + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
