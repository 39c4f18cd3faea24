package io.jspp.port.pcap;

import io.jspp.linux.Errno;
import io.jspp.linux.Linux;
import io.jspp.memory.MappedMemory;
import io.jspp.memory.Memory;
import io.jspp.port.PortException;

/**
 * Reads records of a hostile capture file, a megabyte per system call. One thread. Frames stay where they are until the next
 * {@link #refill}.
 */
final class PcapReader implements AutoCloseable {
    private static final int BUFFER = 1 << 20;

    private final int fd;
    private final boolean swapped;
    private final MappedMemory buffer = MappedMemory.anonymous(BUFFER);
    private long fileOffset;
    private int position;
    private int limit;
    private boolean atEnd;

    /** Address and length of the frame {@link #next} found. */
    long frame;

    int length;

    /** Set when the file is damaged: what, and where. */
    private String damage;

    /** @throws PortException when it is not a capture of Ethernet frames */
    PcapReader(int fd, String path) {
        this.fd = fd;
        try {
            refill();
            swapped = PcapFormat.isSwapped(buffer.address(), limit);
            position = PcapFormat.FILE_HEADER;
        } catch (IllegalArgumentException e) {
            buffer.close();
            throw new PortException("capture file " + path + " " + e.getMessage(), e);
        }
    }

    /** Begins again behind the file's header. */
    void rewind() {
        fileOffset = PcapFormat.FILE_HEADER;
        position = 0;
        limit = 0;
        atEnd = false;
    }

    /**
     * Moves what is left to the front and reads on; frames handed out before become invalid. Does nothing at the end.
     */
    void refill() {
        if (atEnd) {
            return;
        }
        int left = limit - position;
        // Only called when less than one record is left, so the areas don't overlap: a record is a quarter of the
        // buffer.
        Memory.copy(buffer.address() + position, buffer.address(), left);
        position = 0;
        limit = left;
        long r = Linux.pread(fd, buffer.address() + limit, BUFFER - limit, fileOffset);
        if (r <= 0) {
            atEnd = true;
            if (r < 0) {
                damage = "read at " + fileOffset + ": " + Errno.describe((int) -r);
            } else if (limit > 0) {
                damage = "ends within a record at offset " + (fileOffset - limit);
            }
            return;
        }
        fileOffset += r;
        limit += (int) r;
    }

    /** Whether {@link #refill} can bring more. */
    boolean hasMore() {
        return !atEnd;
    }

    /** Why reading ended before the end, or null. */
    String damage() {
        return damage;
    }

    /** Finds the next whole record in the buffer; false when there is none: refill, or the end. */
    boolean next() {
        int left = limit - position;
        if (left < PcapFormat.RECORD_HEADER) {
            return false;
        }
        long record = buffer.address() + position;
        int captured = PcapFormat.getInt(record + PcapFormat.CAPTURED, swapped);
        if (captured < 0 || captured > PcapFormat.MAX_CAPTURED) {
            damage = "record at offset " + (fileOffset - left) + " claims " + Integer.toUnsignedString(captured)
                    + " bytes";
            atEnd = true;
            position = limit;
            return false;
        }
        if (left - PcapFormat.RECORD_HEADER < captured) {
            return false;
        }
        frame = record + PcapFormat.RECORD_HEADER;
        length = captured;
        position += PcapFormat.RECORD_HEADER + captured;
        return true;
    }

    @Override
    public void close() {
        buffer.close();
    }
}
