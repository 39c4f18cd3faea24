package io.jspp.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import net.jpountz.lz4.LZ4FrameInputStream;

/** Capture files as a test writes and reads them: pcap 2.4, little-endian, microseconds; frames as hex text. */
public final class PcapFile {
    private static final int FILE_HEADER = 24;
    private static final int RECORD_HEADER = 16;
    private static final HexFormat HEX = HexFormat.of();

    private PcapFile() {}

    /** A frame of 64 bytes: addresses and what follows as hex, blanks and colons left out, then zeros. */
    public static String frame(String header) {
        StringBuilder hex = new StringBuilder(header.replaceAll("[ :]", ""));
        while (hex.length() < 128) {
            hex.append('0');
        }
        return hex.toString();
    }

    public static void write(Path file, List<String> frames) {
        ByteBuffer bytes = ByteBuffer.allocate(FILE_HEADER
                        + frames.stream()
                                .mapToInt(frame -> RECORD_HEADER + frame.length() / 2)
                                .sum())
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(0xa1b2c3d4)
                .putShort((short) 2)
                .putShort((short) 4)
                .putLong(0)
                .putInt(65535)
                .putInt(1);
        for (String frame : frames) {
            byte[] content = HEX.parseHex(frame);
            bytes.putLong(0).putInt(content.length).putInt(content.length).put(content);
        }
        try {
            Files.write(file, bytes.array());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whole frames of a file that may still be written; none when it is not there yet. */
    public static List<String> read(Path file) {
        if (!Files.exists(file)) {
            return List.of();
        }
        try {
            return frames(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The frames of a complete file that a pcap has written: an LZ4 frame. */
    public static List<String> readCompressed(Path file) throws IOException {
        try (InputStream plain = new LZ4FrameInputStream(Files.newInputStream(file))) {
            return frames(plain.readAllBytes());
        }
    }

    private static List<String> frames(byte[] content) {
        List<String> frames = new ArrayList<>();
        ByteBuffer bytes = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        int at = FILE_HEADER;
        while (at + RECORD_HEADER <= bytes.limit() && at + RECORD_HEADER + bytes.getInt(at + 8) <= bytes.limit()) {
            byte[] frame = new byte[bytes.getInt(at + 8)];
            bytes.get(at + RECORD_HEADER, frame);
            frames.add(HEX.formatHex(frame));
            at += RECORD_HEADER + frame.length;
        }
        return frames;
    }
}
