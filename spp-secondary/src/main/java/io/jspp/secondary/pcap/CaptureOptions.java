package io.jspp.secondary.pcap;

import io.jspp.config.Numbers;
import io.jspp.config.ProcessOptions;
import io.jspp.config.UsageException;
import io.jspp.patch.PatchEnd;
import java.nio.file.Path;

/** A pcap's own words after {@code --}: {@code -c PORT [--out-dir DIR] [--fsize BYTES] [--pcapng]}. */
final class CaptureOptions {
    private static final long DEFAULT_FILE_BYTES = 1 << 30;
    private static final String QUEUE_WORD = "nq";

    private PatchEnd port;
    private Path directory = Path.of("/tmp");
    private long fileBytes = DEFAULT_FILE_BYTES;
    private RecordFormat format = RecordFormat.PCAP;

    /** Adds the rows; their handlers fill this object. */
    void addTo(ProcessOptions.Parser parser) {
        parser.application()
                .words("-c", "PORT", "port to capture, as phy:0, ring:1 or phy:0 nq 1", (value, words) -> {
                    String text = value;
                    if (QUEUE_WORD.equals(words.peek())) {
                        text += " " + words.next(QUEUE_WORD) + " " + words.next("QUEUE");
                    }
                    port = parse(text);
                })
                .option("--out-dir", "DIR", "where capture files go (/tmp)", v -> directory = Path.of(v))
                .option(
                        "--fsize",
                        "BYTES",
                        "uncompressed bytes after which a file is followed by the next (1073741824)",
                        v -> fileBytes = Numbers.integer(v, 1, Long.MAX_VALUE))
                .flag("--pcapng", "write pcapng with nanoseconds instead of pcap", () -> format = RecordFormat.PCAPNG);
    }

    private static PatchEnd parse(String text) {
        try {
            return PatchEnd.parse(text);
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }

    /** Checks what only the whole line shows. */
    void finish() {
        if (port == null) {
            throw new UsageException("option -c PORT is missing: the port to capture, as in -c phy:0");
        }
    }

    PatchEnd port() {
        return port;
    }

    Path directory() {
        return directory;
    }

    long fileBytes() {
        return fileBytes;
    }

    RecordFormat format() {
        return format;
    }
}
