package io.jspp.it.recipes;

import io.jspp.it.PcapFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Capture files: the one a pcap port reads, and those that a pcap port or a pcap process has written, each frame once. */
final class CaptureEnd implements FarEnd {
    private static final HexFormat HEX = HexFormat.of();

    private final Path input;
    private final Path directory;
    private final String outputs;
    private final Map<Path, Integer> seen = new HashMap<>();
    private final Deque<String> frames = new ArrayDeque<>();

    /**
     * @param input what the port reads
     * @param outputs glob of the files written in {@code directory}; those that end with {@code .lz4} are complete
     */
    CaptureEnd(Path input, Path directory, String outputs) {
        this.input = input;
        this.directory = directory;
        this.outputs = outputs;
    }

    @Override
    public void send(List<byte[]> sent) {
        PcapFile.write(input, sent.stream().map(HEX::formatHex).toList());
    }

    @Override
    public byte[] receive() {
        if (frames.isEmpty()) {
            look();
        }
        String frame = frames.poll();
        return frame == null ? null : HEX.parseHex(frame);
    }

    private void look() {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString();
                if (!name.matches(outputs) || name.endsWith(".lz4") && seen.containsKey(file)) {
                    continue;
                }
                List<String> all = name.endsWith(".lz4") ? PcapFile.readCompressed(file) : PcapFile.read(file);
                frames.addAll(all.subList(seen.getOrDefault(file, 0), all.size()));
                seen.put(file, all.size());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The files stay for their user, who is the test here. */
    @Override
    public void close() {
        try {
            Files.deleteIfExists(input);
            for (Path file : seen.keySet()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
