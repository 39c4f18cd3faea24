package io.jspp.vhostuser;

import io.jspp.state.Cause;
import io.jspp.virtio.GuestMemory;
import io.jspp.virtio.GuestMemoryException;
import io.jspp.virtio.GuestRegion;
import java.util.ArrayList;
import java.util.List;

/**
 * Payload of SET_MEM_TABLE, one descriptor per row:
 *
 * <pre>
 *   nregions u32 | padding u32 | nregions × { guest address u64 | size u64 | user address u64 | file offset u64 }
 * </pre>
 */
final class MemoryTable {
    static final int MAX_REGIONS = 8;
    static final int HEADER_BYTES = 8;
    private static final int ROW_BYTES = 32;

    /** Payload of ADD_MEM_REG and REM_MEM_REG: a u64 of padding and one row. */
    static final int ONE_ROW_BYTES = HEADER_BYTES + ROW_BYTES;

    static final int MAX_BYTES = HEADER_BYTES + MAX_REGIONS * ROW_BYTES;

    private MemoryTable() {}

    /** Maps all rows or none. */
    static GuestMemory map(Message message) throws RequestRefused {
        int rows = message.u32(0);
        if (rows < 0 || rows > MAX_REGIONS) {
            throw new RequestRefused(Integer.toUnsignedString(rows) + " memory regions, at most " + MAX_REGIONS);
        }
        if (message.payloadBytes() < HEADER_BYTES + rows * ROW_BYTES) {
            throw new RequestRefused(rows + " memory regions in " + message.payloadBytes() + " bytes");
        }
        if (message.descriptorCount() != rows) {
            Cause why = message.descriptorCount() < rows ? Cause.MEMORY_NOT_SHARED : Cause.REQUEST_REFUSED;
            throw new RequestRefused(why, rows + " memory regions with " + message.descriptorCount() + " descriptors");
        }
        List<GuestRegion> regions = new ArrayList<>();
        try {
            for (int i = 0; i < rows; i++) {
                regions.add(mapRow(message, HEADER_BYTES + i * ROW_BYTES));
            }
        } catch (GuestMemoryException e) {
            regions.forEach(GuestRegion::close);
            throw new RequestRefused(e);
        }
        try {
            return GuestMemory.of(regions);
        } catch (GuestMemoryException e) {
            throw new RequestRefused(e);
        }
    }

    /** Maps the row at an offset of the payload with the message's next descriptor. */
    static GuestRegion mapRow(Message message, int at) throws GuestMemoryException {
        return GuestRegion.map(
                message.takeDescriptor(),
                message.u64(at),
                message.u64(at + 8),
                message.u64(at + 16),
                message.u64(at + 24));
    }
}
