package io.jspp.runtime;

import io.jspp.memory.CommittedBytes;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the next process with this client id resumes: lines of text, in the segment while they fit, deflated if need be, else in a file of the run
 * directory, to which further changes are appended line by line, so that a change costs the same however long the text is.
 *
 * <pre>
 *   segment:  the lines                          at most {@link CommittedBytes#MAX_LENGTH} bytes
 *        or:  a zlib stream of them              begins with 'x', as no line does
 *        or:  "file NONCE"                       and client-ID.conf: "NONCE\n", the lines, changes since then
 * </pre>
 *
 * <p>The nonce ties a file to its segment: a file of another primary's time is nobody's. A line without its end, of a process killed while it wrote, is
 * left out. Control thread.
 */
public final class ConfigurationStore implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigurationStore.class);
    private static final String FILE_WORD = "file ";

    /** Changes appended before the file is written anew, beside one for each line it began with. */
    private static final int MIN_CHANGES = 1000;

    /** First byte of a zlib stream (RFC 1950) with the usual window. */
    private static final byte DEFLATED = 'x';

    /** Deflating longer ones would take longer than a command may; beyond 16:1 text of ours is seldom deflated anyway. */
    private static final int MAX_DEFLATED_TEXT = 16 * CommittedBytes.MAX_LENGTH;

    private static final int MAX_FILE_BYTES = 64 << 20;

    private final CommittedBytes segment;
    private final Path file;
    /** No channel: an interruption, by which the control thread is told to end, would close that in the midst of a change. */
    private OutputStream journal;

    private int changesLeft;

    /** @param file of this client id, in the run directory; need not exist */
    public ConfigurationStore(CommittedBytes segment, Path file) {
        this.segment = segment;
        this.file = file;
    }

    /** The committed text, or null when there is none. */
    public String read() {
        byte[] bytes = segment.read();
        if (bytes == null) {
            return null;
        }
        String text = bytes.length > 0 && bytes[0] == DEFLATED
                ? inflated(bytes)
                : new String(bytes, StandardCharsets.US_ASCII);
        return text != null && text.startsWith(FILE_WORD) ? readFile(text.substring(FILE_WORD.length())) : text;
    }

    private static byte[] deflated(byte[] text) {
        Deflater deflater = new Deflater();
        try {
            deflater.setInput(text);
            deflater.finish();
            byte[] bytes = new byte[text.length];
            int length = deflater.deflate(bytes);
            return deflater.finished() ? Arrays.copyOf(bytes, length) : text;
        } finally {
            deflater.end();
        }
    }

    private static String inflated(byte[] bytes) {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(bytes);
            byte[] text = new byte[MAX_DEFLATED_TEXT];
            int length = inflater.inflate(text);
            if (inflater.finished()) {
                return new String(text, 0, length, StandardCharsets.US_ASCII);
            }
            LOG.warn("the committed configuration is longer than {} bytes: not resumed", MAX_DEFLATED_TEXT);
        } catch (DataFormatException notOurs) {
            LOG.warn("the committed configuration is no zlib stream, nothing is resumed: {}", notOurs.getMessage());
        } finally {
            inflater.end();
        }
        return null;
    }

    private String readFile(String nonce) {
        try {
            if (Files.size(file) > MAX_FILE_BYTES) {
                LOG.warn("{} is longer than {} bytes: not resumed", file, MAX_FILE_BYTES);
                return null;
            }
            String text = Files.readString(file, StandardCharsets.US_ASCII);
            if (text.startsWith(nonce + "\n")) {
                return text.substring(nonce.length() + 1, text.lastIndexOf('\n') + 1);
            }
            LOG.warn("{} belongs to an earlier primary: not resumed", file);
        } catch (IOException e) {
            LOG.warn("{} can't be read, nothing is resumed: {}", file, e.toString());
        }
        return null;
    }

    /** Replaces the committed text. */
    public void commit(String text) {
        commit(() -> text, null);
    }

    /**
     * Commits one change.
     *
     * @param whole writes the text with the change, lines with their ends
     * @param change a line that, after the text committed before, means the same; null when there is none
     */
    public void commit(Supplier<String> whole, String change) {
        try {
            if (journal != null && change != null && changesLeft > 0) {
                append(change + '\n');
                changesLeft--;
                return;
            }
            String text = whole.get();
            byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
            if (bytes.length > CommittedBytes.MAX_LENGTH && bytes.length <= MAX_DEFLATED_TEXT) {
                bytes = deflated(bytes);
            }
            if (bytes.length <= CommittedBytes.MAX_LENGTH) {
                segment.commit(bytes);
                closeJournal();
                Files.deleteIfExists(file);
            } else {
                writeFile(text);
            }
        } catch (IOException e) {
            LOG.warn(
                    "configuration can't be kept in {}, the next process with this id resumes nothing: {}",
                    file,
                    e.toString());
            clear();
        }
    }

    private void writeFile(String text) throws IOException {
        closeJournal();
        String nonce = nonce();
        Path fresh = fresh();
        Files.deleteIfExists(fresh);
        Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        journal = new FileOutputStream(fresh.toFile());
        append(nonce + '\n' + text);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        segment.commit((FILE_WORD + nonce).getBytes(StandardCharsets.US_ASCII));
        changesLeft = MIN_CHANGES + (int) text.lines().count();
    }

    /** A file that is not complete yet. */
    private Path fresh() {
        return file.resolveSibling(file.getFileName() + ".tmp");
    }

    /** A file that replaces one keeps its nonce: whenever the process is killed, the segment names the file that is there. */
    private String nonce() {
        byte[] present = segment.read();
        String text = present == null ? "" : new String(present, StandardCharsets.US_ASCII);
        return text.startsWith(FILE_WORD) ? text.substring(FILE_WORD.length()) : Long.toHexString(System.nanoTime());
    }

    private void append(String text) throws IOException {
        journal.write(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Forgets the committed text. */
    public void clear() {
        segment.clear();
        closeJournal();
        try {
            Files.deleteIfExists(file);
            Files.deleteIfExists(fresh());
        } catch (IOException e) {
            LOG.warn("{} can't be removed: {}", file, e.toString());
        }
    }

    private void closeJournal() {
        if (journal != null) {
            try {
                journal.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                journal = null;
            }
        }
    }

    /** One step of resuming: what fails is said and left out. */
    public static void attempt(String what, Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            LOG.warn("resume: {} not done: {}", what, e.getMessage());
        }
    }

    /** Keeps the text for the next process. */
    @Override
    public void close() {
        closeJournal();
    }
}
