package io.jspp.vhostuser;

import io.jspp.linux.FileDescriptor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * One request as received. Owns its descriptors until somebody takes them; {@link #close} closes the rest, on every path. Session thread.
 */
final class Message implements AutoCloseable {
    final int request;
    private final int flags;
    private final ByteBuffer payload;
    private final List<FileDescriptor> descriptors;

    /** {@code descriptors} must be mutable and passes to this message. */
    Message(int request, int flags, byte[] payload, List<FileDescriptor> descriptors) {
        this.request = request;
        this.flags = flags;
        this.payload = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
        this.descriptors = descriptors;
    }

    boolean needsReply() {
        return (flags & Requests.FLAG_NEED_REPLY) != 0;
    }

    int payloadBytes() {
        return payload.capacity();
    }

    int u32(int offset) {
        return payload.getInt(offset);
    }

    long u64(int offset) {
        return payload.getLong(offset);
    }

    int descriptorCount() {
        return descriptors.size();
    }

    /** The next descriptor, owned by the caller now; null when none is left. */
    FileDescriptor takeDescriptor() {
        return descriptors.isEmpty() ? null : descriptors.remove(0);
    }

    String name() {
        return Requests.name(request);
    }

    @Override
    public void close() {
        FileDescriptor.closeAll(descriptors);
        descriptors.clear();
    }
}
