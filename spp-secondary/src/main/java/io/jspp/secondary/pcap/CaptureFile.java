package io.jspp.secondary.pcap;

import io.jspp.memory.Memory;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.xxhash.XXHashFactory;

/**
 * The files of one writer, one after the other, each an LZ4 frame that holds a capture file. A file is called {@code ….tmp} until it is complete. Used by
 * one thread at a time.
 */
final class CaptureFile implements AutoCloseable {
    private static final int CHUNK = 64 << 10;
    private static final long SIZE_NOT_KNOWN = -1;
    private static final String UNFINISHED = ".tmp";

    private final Path directory;
    private final String prefix;
    private final RecordFormat format;
    private final long maxBytes;
    private final byte[] chunk = new byte[CHUNK];
    private volatile Path path;
    private int sequence;
    private OutputStream file;
    private OutputStream out;
    private long written;

    // packets
    private int buffered;
    private long taken;

    /**
     * Opens the first file.
     *
     * @param prefix of the file's name, up to the sequence number
     * @param maxBytes a file with more than these, uncompressed, is followed by the next one
     */
    CaptureFile(Path directory, String prefix, RecordFormat format, long maxBytes) throws IOException {
        this.directory = directory;
        this.prefix = prefix;
        this.format = format;
        this.maxBytes = maxBytes;
        try {
            open();
        } catch (IOException e) {
            if (file != null) {
                discard();
            }
            throw e;
        }
    }

    /** What the present file is called when it is complete. Any thread. */
    Path path() {
        return path;
    }

    /** Packets that the file system took, in all files; none of those is counted of which it may have taken a part. */
    long taken() {
        return taken;
    }

    /** Writes whole records, and hands them to the file system. */
    void write(long address, int bytes) throws IOException {
        int from = 0;
        for (int at = 0; at < bytes; ) {
            if (written > maxBytes) {
                copy(address + from, at - from);
                from = at;
                finish();
                open();
            }
            int record = format.recordBytes(address + at);
            written += record;
            at += record;
            buffered++;
        }
        copy(address + from, bytes - from);
        out.flush();
        settle();
    }

    private void settle() {
        taken += buffered;
        buffered = 0;
    }

    private void copy(long address, int bytes) throws IOException {
        for (int done = 0; done < bytes; ) {
            int n = Math.min(CHUNK, bytes - done);
            Memory.get(address + done, chunk, 0, n);
            out.write(chunk, 0, n);
            done += n;
        }
    }

    /** A name that neither a complete nor an unfinished file has. */
    private void open() throws IOException {
        while (true) {
            sequence++;
            Path wanted = directory.resolve(prefix + sequence + '.' + format.extension() + ".lz4");
            if (Files.exists(wanted)) {
                continue;
            }
            try {
                file = create(unfinished(wanted));
            } catch (FileAlreadyExistsException taken) {
                continue;
            }
            path = wanted;
            out = compressed(file);
            byte[] header = format.fileHeader();
            out.write(header);
            written = header.length;
            return;
        }
    }

    private static OutputStream create(Path file) throws IOException {
        FileAttribute<?> ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        Set<OpenOption> fresh = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        return Channels.newOutputStream(Files.newByteChannel(file, fresh, ownerOnly));
    }

    private static OutputStream compressed(OutputStream file) throws IOException {
        return new LZ4FrameOutputStream(
                file,
                LZ4FrameOutputStream.BLOCKSIZE.SIZE_256KB,
                SIZE_NOT_KNOWN,
                LZ4Factory.fastestJavaInstance().fastCompressor(),
                XXHashFactory.fastestJavaInstance().hash32(),
                LZ4FrameOutputStream.FLG.Bits.BLOCK_INDEPENDENCE);
    }

    private static Path unfinished(Path path) {
        return path.resolveSibling(path.getFileName() + UNFINISHED);
    }

    private void finish() throws IOException {
        out.close();
        settle();
        Files.move(unfinished(path), path);
    }

    /** Completes the last file. */
    @Override
    public void close() throws IOException {
        finish();
    }

    /** Closes and removes the last file, if it lets itself be removed: nothing was captured. */
    void discard() {
        abandon();
        try {
            Files.deleteIfExists(unfinished(path));
        } catch (IOException stays) {
            // an unfinished file of a few bytes; why the capture failed has been told
        }
    }

    /** After a write failed: keeps the file as it is, under its unfinished name. */
    void abandon() {
        try {
            file.close();
        } catch (IOException again) {
            // the first failure has been told
        }
    }
}
