package io.jspp.vhostuser;

import io.jspp.linux.Constants;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.linux.LinuxException;
import io.jspp.linux.ReceivedMessage;
import io.jspp.linux.SocketAddress;
import io.jspp.linux.Sockets;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** A front-end that sends exactly the bytes and descriptors it is told to, and tells how the back-end took it. */
public final class ScriptedFrontend implements AutoCloseable {
    private static final int PATIENCE_MS = 10_000;

    public final FileDescriptor socket = Sockets.socket(Constants.AF_UNIX, Constants.SOCK_STREAM, 0);

    public ScriptedFrontend(String path) {
        try {
            Sockets.connect(socket.value(), SocketAddress.unix(path));
        } catch (LinuxException e) {
            socket.close();
            throw e;
        }
    }

    public static byte[] message(int request, int flags, byte[] payload) {
        return ByteBuffer.allocate(12 + payload.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(request)
                .putInt(flags)
                .putInt(payload.length)
                .put(payload)
                .array();
    }

    public static byte[] u64(long... values) {
        ByteBuffer b = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        Arrays.stream(values).forEach(b::putLong);
        return b.array();
    }

    /** Two 32-bit words. */
    public static byte[] state(int index, int number) {
        return u64(index & 0xffff_ffffL | (long) number << 32);
    }

    /** One row of a memory table. */
    public static byte[] table(int rows, long... words) {
        byte[] tail = u64(words);
        return ByteBuffer.allocate(8 + tail.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(rows)
                .putInt(0)
                .put(tail)
                .array();
    }

    public void raw(byte[] bytes, int... descriptors) {
        int sent = 0;
        while (sent < bytes.length) {
            int[] now = sent == 0 ? descriptors : new int[0];
            sent += Sockets.send(socket.value(), bytes, sent, bytes.length - sent, now, 0);
        }
    }

    public void send(int request, byte[] payload, int... descriptors) {
        raw(message(request, 1, payload), descriptors);
    }

    /** Sends with NEED_REPLY and returns the answer: 0 done, 1 refused. */
    public long ask(int request, byte[] payload, int... descriptors) {
        raw(message(request, 9, payload), descriptors);
        return reply(request);
    }

    /** Sends a request that is always answered. */
    public long get(int request, byte[] payload) {
        raw(message(request, 1, payload));
        return reply(request);
    }

    public long get(int request) {
        return get(request, new byte[0]);
    }

    public long reply(int request) {
        byte[] bytes = new byte[20];
        int have = 0;
        while (have < bytes.length) {
            if (Linux.pollOne(socket.value(), Constants.POLLIN, PATIENCE_MS) == 0) {
                throw new AssertionError("no reply to " + Requests.name(request));
            }
            ReceivedMessage m = Sockets.receive(socket.value(), bytes, have, bytes.length - have, 0, 0);
            if (m.length() <= 0) {
                throw new AssertionError("connection ended instead of a reply to " + Requests.name(request));
            }
            have += m.length();
        }
        ByteBuffer b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (b.getInt(0) != request || b.getInt(4) != 5 || b.getInt(8) != 8) {
            throw new AssertionError("reply " + Arrays.toString(bytes) + " to " + Requests.name(request));
        }
        return b.getLong(12);
    }

    /** Waits for the back-end to close; false when it sends something or nothing happens. */
    public boolean ended() {
        try {
            if (Linux.pollOne(socket.value(), Constants.POLLIN, PATIENCE_MS) == 0) {
                return false;
            }
            return Sockets.receive(socket.value(), new byte[20], 0, 20, 0, 0).length() == 0;
        } catch (LinuxException e) {
            return true;
        }
    }

    /** Asks again and again and reads no reply; whether the back-end closes. */
    public boolean endedWithUnreadReplies() {
        byte[] one = message(Requests.GET_FEATURES, 1, new byte[0]);
        boolean ended = false;
        for (int i = 0; i < 50_000 && !ended; i++) {
            try {
                int sent = Sockets.send(socket.value(), one, 0, one.length, new int[0], Constants.MSG_DONTWAIT);
                ended = sent < 0 && Linux.pollOne(socket.value(), Constants.POLLHUP, 100) != 0;
            } catch (LinuxException e) {
                ended = true;
            }
        }
        return ended;
    }

    @Override
    public void close() {
        socket.close();
    }
}
