package io.jspp.frontend;

import io.jspp.linux.Constants;
import io.jspp.linux.Errno;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.linux.ReceivedMessage;
import io.jspp.linux.Sockets;
import io.jspp.vhostuser.Requests;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * vhost-user messages of a front-end over one connection: sends requests, waits for the replies that the protocol promises. Session thread
 * only. A reply that does not fit the request, or none within {@value #REPLY_TIMEOUT_MS} ms, ends the connection with a
 * {@link FrontendException}.
 */
final class FrontendChannel implements AutoCloseable {
    static final int REPLY_TIMEOUT_MS = 5000;
    private static final int[] NO_DESCRIPTORS = new int[0];

    private final FileDescriptor socket;

    FrontendChannel(FileDescriptor socket) {
        this.socket = socket;
    }

    /** Little-endian payload of {@code bytes}. */
    static ByteBuffer payload(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    void send(int request, ByteBuffer payload, boolean needReply, int... descriptors) {
        int size = payload.capacity();
        ByteBuffer message = payload(Requests.HEADER_BYTES + size);
        message.putInt(request);
        message.putInt(Requests.VERSION | (needReply ? Requests.FLAG_NEED_REPLY : 0));
        message.putInt(size);
        message.put(payload.array());
        byte[] bytes = message.array();
        int sent = 0;
        int[] with = descriptors;
        while (sent < bytes.length) {
            int n = Sockets.send(socket.value(), bytes, sent, bytes.length - sent, with, 0);
            if (n < 0) {
                throw new FrontendException("back-end takes no data in " + Requests.name(request));
            }
            sent += n;
            with = NO_DESCRIPTORS;
        }
        if (needReply) {
            long result = receive(request, 8).getLong(0);
            if (result != 0) {
                throw new FrontendException("back-end refused " + Requests.name(request) + " (result " + result + ")");
            }
        }
    }

    void send(int request, long value, boolean needReply) {
        send(request, payload(8).putLong(value), needReply);
    }

    /** A request about one vring with a number. */
    void sendVring(int request, int index, int number) {
        send(request, payload(8).putInt(index).putInt(number), false);
    }

    void sendVringDescriptor(int request, int index, FileDescriptor descriptor) {
        send(request, payload(8).putLong(index), false, descriptor.value());
    }

    /** A GET request without payload: its u64 reply. */
    long get(int request) {
        send(request, payload(0), false);
        return receive(request, 8).getLong(0);
    }

    /** GET_VRING_BASE: the position where the device stopped. */
    int getVringBase(int index) {
        sendVring(Requests.GET_VRING_BASE, index, 0);
        return receive(Requests.GET_VRING_BASE, 8).getInt(4);
    }

    private ByteBuffer receive(int request, int size) {
        ByteBuffer header = read(Requests.HEADER_BYTES, request);
        int got = header.getInt(0);
        int flags = header.getInt(4);
        int length = header.getInt(8);
        if (got != request
                || (flags & Requests.VERSION_MASK) != Requests.VERSION
                || (flags & Requests.FLAG_REPLY) == 0
                || length != size) {
            throw new FrontendException("back-end answered " + Requests.name(request) + " with " + Requests.name(got)
                    + " flags 0x" + Integer.toHexString(flags) + " and " + Integer.toUnsignedString(length) + " bytes");
        }
        return read(size, request);
    }

    private ByteBuffer read(int size, int request) {
        byte[] bytes = new byte[size];
        int done = 0;
        long deadline = System.nanoTime() + REPLY_TIMEOUT_MS * 1_000_000L;
        while (done < size) {
            int left = (int) ((deadline - System.nanoTime()) / 1_000_000L);
            if (left <= 0) {
                throw new FrontendException(
                        "back-end did not answer " + Requests.name(request) + " within " + REPLY_TIMEOUT_MS + " ms");
            }
            if (Linux.pollOne(socket.value(), Constants.POLLIN, left) <= 0) {
                continue;
            }
            ReceivedMessage part = Sockets.receive(
                    socket.value(), bytes, done, size - done, Requests.MAX_DESCRIPTORS, Constants.MSG_DONTWAIT);
            FileDescriptor.closeAll(part.descriptors());
            if (part.length() == 0) {
                throw new FrontendException("back-end closed the connection in " + Requests.name(request));
            }
            if (part.length() != -Errno.EAGAIN) {
                done += part.length();
            }
        }
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Waits up to {@code timeoutMs} for the end of the connection; true when it ended. An unasked message is an error. */
    boolean ended(int timeoutMs) {
        int events = Linux.pollOne(socket.value(), Constants.POLLIN | Constants.POLLRDHUP, timeoutMs);
        if (events <= 0) {
            return false;
        }
        byte[] one = new byte[1];
        ReceivedMessage message = Sockets.receive(
                socket.value(), one, 0, 1, Requests.MAX_DESCRIPTORS, Constants.MSG_DONTWAIT | Constants.MSG_PEEK);
        FileDescriptor.closeAll(message.descriptors());
        if (message.length() > 0) {
            throw new FrontendException("back-end sent a message that nobody asked for");
        }
        return message.length() == 0;
    }

    @Override
    public void close() {
        socket.close();
    }
}
