package io.jspp.memory;

import io.jspp.linux.Constants;
import io.jspp.linux.Errno;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.linux.LinuxException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/**
 * One memfd that several processes map, each at its own address: everything inside is an offset. Made by one process, allocated whole and
 * sealed against shrinking and growing; the others get the descriptor and {@link #attach}, which believes nothing it did not check.
 *
 * <pre>
 *      0  magic            long   "SPPSEGMT"
 *      8  version          int    stored last, release: 0 means not yet usable
 *     12  layout hash      int    of everything the sections contain
 *     16  bytes            long   of the whole segment
 *     24  sections         int
 *     28  parameters       int
 *     64  parameter 0..15  long   geometry, meaning known to the user of the sections
 *    192  section 0..15    { offset long, length long }   ascending, page-aligned
 *   4096  first section
 * </pre>
 *
 * <p>All header words are constant after creation. Hugepages are used when asked for and free, never required. Any thread may read;
 * the owner closes when none of its threads looks any more.
 */
public final class SharedSegment extends Region {
    public static final int VERSION = 1;
    public static final int MAX_SECTIONS = 16;
    public static final int MAX_PARAMETERS = 16;

    private static final long MAGIC = 0x544d_4745_5350_5053L;
    private static final int HEADER = Alignment.PAGE;
    private static final int MAGIC_AT = 0;
    private static final int VERSION_AT = 8;
    private static final int HASH_AT = 12;
    private static final int BYTES_AT = 16;
    private static final int SECTIONS_AT = 24;
    private static final int PARAMETERS_AT = 28;
    private static final int PARAMETER_AT = 64;
    private static final int SECTION_AT = 192;
    private static final int SEALS = Constants.F_SEAL_SHRINK | Constants.F_SEAL_GROW;

    private final AtomicBoolean closed = new AtomicBoolean();
    private final FileDescriptor fd;
    private final MappedMemory mapping;
    private final boolean hugePages;
    private final long[] parameters;
    private final long[] sectionOffsets;
    private final long[] sectionLengths;

    private SharedSegment(
            FileDescriptor fd,
            MappedMemory mapping,
            boolean hugePages,
            long[] parameters,
            long[] offsets,
            long[] lengths) {
        super(mapping.address(), mapping.length());
        this.fd = fd;
        this.mapping = mapping;
        this.hugePages = hugePages;
        this.parameters = parameters;
        this.sectionOffsets = offsets;
        this.sectionLengths = lengths;
    }

    /** Bytes of a segment with these sections, before rounding to hugepages. */
    public static long bytes(long... sectionLengths) {
        long bytes = HEADER;
        for (long length : sectionLengths) {
            bytes += Alignment.up(length, Alignment.PAGE);
        }
        return bytes;
    }

    /**
     * Makes a segment of zeroed sections.
     *
     * @param name shown in /proc/PID/maps
     * @param layoutHash what an attacher must expect
     * @param hugePages whether to try hugepages first
     * @throws LinuxException ENOMEM or ENOSPC when there isn't memory enough
     */
    public static SharedSegment create(
            String name, int layoutHash, long[] parameters, long[] sectionLengths, boolean hugePages) {
        return create(name, layoutHash, parameters, sectionLengths, hugePages, availableBytes());
    }

    /** @param available bytes of ordinary memory that can be had; to ask the kernel for more would wake its OOM killer */
    static SharedSegment create(
            String name, int layoutHash, long[] parameters, long[] sectionLengths, boolean hugePages, long available) {
        if (sectionLengths.length > MAX_SECTIONS || parameters.length > MAX_PARAMETERS) {
            throw new IllegalArgumentException("at most 16 sections and 16 parameters");
        }
        long bytes = bytes(sectionLengths);
        FileDescriptor fd = hugePages ? tryHugePages(name, Alignment.up(bytes, Alignment.HUGE_PAGE)) : null;
        boolean huge = fd != null;
        long total = huge ? Alignment.up(bytes, Alignment.HUGE_PAGE) : bytes;
        MappedMemory mapping = null;
        try {
            if (fd == null) {
                if (total > available) {
                    throw new LinuxException(
                            "fallocate", Errno.ENOMEM, "only " + (available >> 20) + " MiB are available");
                }
                fd = Linux.memfdCreate(name, Constants.MFD_ALLOW_SEALING);
                Linux.ftruncate(fd.value(), total);
                Linux.fallocate(fd.value(), 0, total);
            }
            Linux.fcntl(fd.value(), Constants.F_ADD_SEALS, SEALS | Constants.F_SEAL_SEAL);
            mapping = map(fd, total, huge);
            long[] offsets = new long[sectionLengths.length];
            long at = HEADER;
            long base = mapping.address();
            for (int i = 0; i < sectionLengths.length; i++) {
                offsets[i] = at;
                Memory.putLong(base + SECTION_AT + 16L * i, at);
                Memory.putLong(base + SECTION_AT + 16L * i + 8, sectionLengths[i]);
                at += Alignment.up(sectionLengths[i], Alignment.PAGE);
            }
            for (int i = 0; i < parameters.length; i++) {
                Memory.putLong(base + PARAMETER_AT + 8L * i, parameters[i]);
            }
            Memory.putLong(base + MAGIC_AT, MAGIC);
            Memory.putInt(base + HASH_AT, layoutHash);
            Memory.putLong(base + BYTES_AT, total);
            Memory.putInt(base + SECTIONS_AT, sectionLengths.length);
            Memory.putInt(base + PARAMETERS_AT, parameters.length);
            return new SharedSegment(fd, mapping, huge, parameters.clone(), offsets, sectionLengths.clone());
        } catch (RuntimeException e) {
            closeQuietly(fd, mapping);
            throw e;
        }
    }

    /** Memory that is free or can be freed, as the kernel estimates it; a huge number where it does not say. */
    static long availableBytes() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/meminfo"))) {
            return lines.filter(line -> line.matches("MemAvailable: +[0-9]+ kB"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
                    .findFirst()
                    .orElse(Long.MAX_VALUE);
        } catch (IOException | UncheckedIOException e) {
            return Long.MAX_VALUE;
        }
    }

    private static FileDescriptor tryHugePages(String name, long bytes) {
        FileDescriptor fd = null;
        try {
            fd = Linux.memfdCreate(name, Constants.MFD_ALLOW_SEALING | Constants.MFD_HUGETLB);
            Linux.ftruncate(fd.value(), bytes);
            Linux.fallocate(fd.value(), 0, bytes);
            return fd;
        } catch (LinuxException e) {
            // no hugepages, not enough of them, or a kernel without: ordinary pages do
            closeQuietly(fd, null);
            return null;
        }
    }

    private static MappedMemory map(FileDescriptor fd, long bytes, boolean huge) {
        MappedMemory mapping = MappedMemory.shared(fd.value(), 0, bytes);
        if (!huge) {
            // advice: the kernel may not give hugepages to shared memory, and older ones don't know the second
            Linux.madvise(mapping.address(), bytes, Constants.MADV_HUGEPAGE);
            Linux.madvise(mapping.address(), bytes, Constants.MADV_POPULATE_WRITE);
        }
        return mapping;
    }

    /** Declares the segment usable, once its maker has filled the sections. Release: pairs with the acquire in {@link #attach}. */
    public void publish() {
        Memory.putIntRelease(address() + VERSION_AT, VERSION);
    }

    /**
     * Maps a segment another process made. Takes over {@code fd}, also when it throws.
     *
     * @throws SegmentException when it is none, unsealed, of another version or layout, or inconsistent
     */
    public static SharedSegment attach(FileDescriptor fd, int layoutHash) {
        MappedMemory mapping = null;
        try {
            Linux.Stat stat = Linux.fstat(fd.value());
            require(stat.isRegular() && stat.size() >= HEADER, "not a shared memory file of at least a page");
            int mode = Linux.fcntl(fd.value(), Constants.F_GETFL, 0) & Constants.O_ACCMODE;
            require(mode == Constants.O_RDWR, "descriptor is not open for reading and writing");
            int seals = Linux.tryFcntl(fd.value(), Constants.F_GET_SEALS, 0);
            require(seals >= 0 && (seals & SEALS) == SEALS, "not sealed against shrinking and growing");
            mapping = map(fd, stat.size(), stat.size() % Alignment.HUGE_PAGE == 0);
            return read(fd, mapping, stat.size(), layoutHash);
        } catch (RuntimeException e) {
            closeQuietly(fd, mapping);
            throw e;
        }
    }

    private static SharedSegment read(FileDescriptor fd, MappedMemory mapping, long size, int layoutHash) {
        long base = mapping.address();
        // acquire: pairs with publish
        int version = Memory.getIntAcquire(base + VERSION_AT);
        require(Memory.getLong(base + MAGIC_AT) == MAGIC, "no magic number: it was not made by spp");
        require(version != 0, "its maker has not finished it");
        require(version == VERSION, "version " + version + ", this program has " + VERSION + ": use one build for all");
        int hash = Memory.getInt(base + HASH_AT);
        require(hash == layoutHash, "another layout (" + Integer.toHexString(hash) + "): use one build for all");
        require(Memory.getLong(base + BYTES_AT) == size, "length differs from its header");
        int sections = Memory.getInt(base + SECTIONS_AT);
        int parameterCount = Memory.getInt(base + PARAMETERS_AT);
        require(sections >= 0 && sections <= MAX_SECTIONS, "section count " + sections);
        require(parameterCount >= 0 && parameterCount <= MAX_PARAMETERS, "parameter count " + parameterCount);
        long[] offsets = new long[sections];
        long[] lengths = new long[sections];
        long at = HEADER;
        for (int i = 0; i < sections; i++) {
            offsets[i] = Memory.getLong(base + SECTION_AT + 16L * i);
            lengths[i] = Memory.getLong(base + SECTION_AT + 16L * i + 8);
            boolean fits = offsets[i] == at && lengths[i] >= 0 && lengths[i] <= size - at;
            require(fits, "section " + i + " lies outside");
            at += Alignment.up(lengths[i], Alignment.PAGE);
        }
        long[] parameters = new long[parameterCount];
        for (int i = 0; i < parameterCount; i++) {
            parameters[i] = Memory.getLong(base + PARAMETER_AT + 8L * i);
        }
        return new SharedSegment(fd, mapping, size % Alignment.HUGE_PAGE == 0, parameters, offsets, lengths);
    }

    private static void require(boolean condition, String why) {
        if (!condition) {
            throw new SegmentException("shared segment refused: " + why);
        }
    }

    private static void closeQuietly(FileDescriptor fd, MappedMemory mapping) {
        if (mapping != null) {
            mapping.close();
        }
        if (fd != null) {
            fd.close();
        }
    }

    /** The memfd, to be passed to other processes; stays owned by the segment. */
    public FileDescriptor fd() {
        return fd;
    }

    /** Whether its pages are hugepages (for an attacher: may be). */
    public boolean hugePages() {
        return hugePages;
    }

    public int sections() {
        return sectionOffsets.length;
    }

    /** Address of section {@code i} in this process. */
    public long sectionAddress(int i) {
        return address() + sectionOffsets[i];
    }

    public long sectionLength(int i) {
        return sectionLengths[i];
    }

    /** The parameters given at creation, as this process read them once. */
    public long[] parameters() {
        return parameters.clone();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            mapping.close();
            fd.close();
        }
    }
}
