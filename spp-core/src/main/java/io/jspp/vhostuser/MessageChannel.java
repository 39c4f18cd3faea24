package io.jspp.vhostuser;

import io.jspp.linux.Errno;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.LinuxException;
import io.jspp.linux.ReceivedMessage;
import io.jspp.linux.Sockets;
import io.jspp.state.Cause;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Requests in, replies out, over one non-blocking stream socket, in any segmentation (a stream has no message borders). A message once begun has
 * {@link #DEADLINE_NS} to become whole; replies wait in a bounded queue while the peer doesn't read.
 *
 * <pre>
 *   header (12 bytes, descriptors with its first byte)  ──►  payload (size bytes)  ──►  Message
 * </pre>
 *
 * <p>Reads exactly header and payload, so that descriptors belong to the message they came with. Session thread.
 */
final class MessageChannel implements AutoCloseable {
    /** Largest payload of any request in {@link MessageType}, with room: anything longer ends the connection unread. */
    static final int MAX_PAYLOAD = 512;

    static final long DEADLINE_NS = 2_000_000_000L;
    private static final int MAX_WAITING_REPLIES = 64;
    private static final int REPLY_BYTES = Requests.HEADER_BYTES + 8;
    private static final long NOT_BEGUN = -1;

    private final FileDescriptor socket;
    private final DescriptorCloser closer;
    private final byte[] header = new byte[Requests.HEADER_BYTES];
    private byte[] payload;
    private int have;
    private List<FileDescriptor> descriptors = new ArrayList<>();
    private long begunNs = NOT_BEGUN;
    private boolean spoken;

    private final Deque<byte[]> replies = new ArrayDeque<>();
    private int sentOfFirst;

    /** Takes over a connected, non-blocking socket; {@code closer} closes it, and whatever comes by it. */
    MessageChannel(FileDescriptor socket, DescriptorCloser closer) {
        this.socket = socket;
        this.closer = closer;
    }

    int fd() {
        return socket.value();
    }

    /** Process at the other end, 0 when unknown. */
    int peerPid() {
        return Sockets.peerCredentials(socket.value()).pid();
    }

    /**
     * The next whole message, or null when the rest of it has not come yet.
     *
     * @throws ConnectionEnded at end of file, on an error, or when the framing is broken
     */
    Message read(long nowNs) throws ConnectionEnded {
        while (true) {
            byte[] target = payload == null ? header : payload;
            if (have < target.length) {
                if (!fill(target, nowNs)) {
                    return null;
                }
            } else if (payload == null) {
                payload = new byte[checkHeader()];
                have = 0;
            } else {
                Message message = new Message(word(0), word(4), payload, descriptors);
                descriptors = new ArrayList<>();
                payload = null;
                have = 0;
                begunNs = NOT_BEGUN;
                spoken = true;
                return message;
            }
        }
    }

    /** Reads once; false when nothing is there. */
    private boolean fill(byte[] target, long nowNs) throws ConnectionEnded {
        if (closer.hangs()) {
            throw ConnectionEnded.because(Cause.DESCRIPTORS_HANG, closer.waiting() + " wait");
        }
        ReceivedMessage received;
        try {
            // Room for all that Linux sends at once: what doesn't fit is closed by the kernel within the call.
            received = Sockets.receive(socket.value(), target, have, target.length - have, Sockets.MAX_DESCRIPTORS, 0);
        } catch (LinuxException e) {
            throw e.errno() == Errno.ECONNRESET ? ConnectionEnded.byPeer() : ConnectionEnded.violation(e.getMessage());
        }
        received.descriptors().forEach(sent -> descriptors.add(closer.adopt(sent)));
        if (received.wouldBlock()) {
            return false;
        }
        if (received.controlTruncated() || descriptors.size() > Requests.MAX_DESCRIPTORS) {
            throw ConnectionEnded.violation("more than " + Requests.MAX_DESCRIPTORS + " descriptors in one message");
        }
        if (received.length() == 0) {
            throw ConnectionEnded.byPeer();
        }
        have += received.length();
        if (begunNs == NOT_BEGUN) {
            begunNs = nowNs;
        }
        return true;
    }

    private int checkHeader() throws ConnectionEnded {
        int flags = word(4);
        int known = Requests.VERSION_MASK | Requests.FLAG_NEED_REPLY;
        if ((flags & Requests.VERSION_MASK) != Requests.VERSION || (flags & ~known) != 0) {
            throw badHeader(Requests.name(word(0)) + " with flags 0x" + Integer.toHexString(flags)
                    + ": a request of version 1 expected");
        }
        int size = word(8);
        if (size < 0 || size > MAX_PAYLOAD) {
            throw badHeader(Requests.name(word(0)) + " with a payload of " + Integer.toUnsignedString(size) + " bytes");
        }
        return size;
    }

    /** Who begins with nonsense speaks something else; who comes to it later has a fault. */
    private ConnectionEnded badHeader(String what) {
        return spoken
                ? ConnectionEnded.violation(what)
                : ConnectionEnded.because(Cause.NOT_VHOST_USER, what + ", first bytes " + printableHeader());
    }

    private String printableHeader() {
        StringBuilder text = new StringBuilder("\"");
        for (byte b : header) {
            text.append(b >= 0x20 && b < 0x7f ? (char) b : '.');
        }
        return text.append('"').toString();
    }

    private int word(int offset) {
        return ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).getInt(offset);
    }

    /** Whether a message was begun too long ago. */
    boolean overdue(long nowNs) {
        return begunNs != NOT_BEGUN && nowNs - begunNs > DEADLINE_NS;
    }

    /** Whether {@link #overdue} may become true, so that somebody must look. */
    boolean midMessage() {
        return begunNs != NOT_BEGUN;
    }

    /** Queues a reply of eight bytes and sends what the socket takes. */
    void reply(int request, long value) throws ConnectionEnded {
        if (replies.size() == MAX_WAITING_REPLIES) {
            throw ConnectionEnded.violation("front-end does not read its replies");
        }
        replies.add(ByteBuffer.allocate(REPLY_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(request)
                .putInt(Requests.VERSION | Requests.FLAG_REPLY)
                .putInt(8)
                .putLong(value)
                .array());
        flush();
    }

    /** Sends what the socket takes; true when nothing waits any more. */
    boolean flush() throws ConnectionEnded {
        while (!replies.isEmpty()) {
            byte[] first = replies.peek();
            int sent;
            try {
                sent = Sockets.send(socket.value(), first, sentOfFirst, first.length - sentOfFirst, new int[0], 0);
            } catch (LinuxException e) {
                throw ConnectionEnded.byPeer();
            }
            if (sent < 0) {
                return false;
            }
            sentOfFirst += sent;
            if (sentOfFirst == first.length) {
                replies.remove();
                sentOfFirst = 0;
            }
        }
        return true;
    }

    @Override
    public void close() {
        FileDescriptor.closeAll(descriptors);
        descriptors.clear();
        if (socket.isOpen()) {
            closer.end(socket);
        }
    }
}
