package io.jspp.frontend;

import io.jspp.linux.FileDescriptor;
import io.jspp.memory.Alignment;
import io.jspp.memory.MappedMemory;

/**
 * A region of a guest's memory: part of a file, mapped here, at an address of the guest's own. One row of a vhost-user memory table.
 *
 * <p>Allocation only grows; memory comes as the file has it, zeroed when it is new. Closing unmaps: stop every queue user first.
 */
public final class FrontendRegion implements AutoCloseable {
    private final FileDescriptor file;
    private final MappedMemory mapping;
    private final long fileOffset;
    private final long guestAddress;
    private long used;

    private FrontendRegion(FileDescriptor file, MappedMemory mapping, long fileOffset, long guestAddress) {
        this.file = file;
        this.mapping = mapping;
        this.fileOffset = fileOffset;
        this.guestAddress = guestAddress;
    }

    /**
     * Maps {@code [fileOffset, fileOffset + length)}; takes the descriptor over in any case.
     *
     * @param fileOffset a multiple of the file's page size, as {@code length}
     */
    public static FrontendRegion map(FileDescriptor file, long fileOffset, long length, long guestAddress) {
        try {
            MappedMemory mapping = MappedMemory.shared(file.value(), fileOffset, length);
            return new FrontendRegion(file, mapping, fileOffset, guestAddress);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** Takes {@code bytes}; returns their address in this process. Any thread. */
    public synchronized long allocate(long bytes, long alignment) {
        long offset = Alignment.up(used, alignment);
        long address = mapping.addressOf(offset, bytes);
        used = offset + bytes;
        return address;
    }

    boolean holds(long address) {
        long offset = address - mapping.address();
        return offset >= 0 && offset < mapping.length();
    }

    /** Begin of the region in this process: {@code userspace_addr} of the memory table. */
    public long address() {
        return mapping.address();
    }

    public long length() {
        return mapping.length();
    }

    /** Begin of the region in the guest's own address space. */
    public long guestAddress() {
        return guestAddress;
    }

    /** Begin of the region in its file. */
    public long fileOffset() {
        return fileOffset;
    }

    public FileDescriptor descriptor() {
        return file;
    }

    @Override
    public void close() {
        mapping.close();
        file.close();
    }
}
