package io.jspp.attach;

import io.jspp.linux.Constants;
import io.jspp.linux.Errno;
import io.jspp.linux.FileDescriptor;
import io.jspp.linux.Linux;
import io.jspp.linux.LinuxException;
import io.jspp.linux.ReceivedMessage;
import io.jspp.linux.SocketAddress;
import io.jspp.linux.Sockets;
import java.nio.file.Path;
import java.util.List;

/** One end of a SOCK_SEQPACKET UNIX connection that carries {@link AttachMessage}s. One thread at a time, except {@link #hangUp}. */
public final class AttachConnection implements AutoCloseable {
    /** Descriptors one message may carry. */
    public static final int MAX_DESCRIPTORS = Sockets.MAX_DESCRIPTORS;

    private final FileDescriptor socket;
    private final byte[] buffer = new byte[AttachMessage.MAX_BYTES];

    /** A message and the descriptors that came with it, owned by the receiver. */
    public record Received(AttachMessage message, List<FileDescriptor> descriptors) {}

    /** Takes over a connected socket. */
    public AttachConnection(FileDescriptor socket) {
        this.socket = socket;
    }

    /**
     * Connects to a primary's socket.
     *
     * @throws AttachException {@link AttachException#UNREACHABLE} when nobody listens there
     */
    public static AttachConnection connect(Path path) throws AttachException {
        FileDescriptor socket = Sockets.socket(Constants.AF_UNIX, Constants.SOCK_SEQPACKET, 0);
        int result = Sockets.tryConnect(socket.value(), SocketAddress.unix(path.toString()));
        if (result < 0) {
            socket.close();
            throw new AttachException(
                    AttachException.UNREACHABLE, "no primary at " + path + " (" + Errno.name(-result) + ")");
        }
        return new AttachConnection(socket);
    }

    /** The socket's number, for poll. */
    public int fd() {
        return socket.value();
    }

    /** Who is at the other end, by the kernel's word. */
    public Sockets.PeerCredentials peer() {
        return Sockets.peerCredentials(socket.value());
    }

    /** Process descriptor of the peer. */
    public FileDescriptor peerPidfd() {
        FileDescriptor pidfd = Sockets.peerPidfd(socket.value());
        return pidfd != null ? pidfd : Linux.pidfdOpen(peer().pid());
    }

    /**
     * Sends one message; the descriptors stay the caller's.
     *
     * @throws AttachException {@link AttachException#UNREACHABLE} when the peer is gone or takes nothing for a second
     */
    public void send(AttachMessage message, List<FileDescriptor> descriptors) throws AttachException {
        int[] numbers = descriptors.stream().mapToInt(FileDescriptor::value).toArray();
        byte[] bytes = message.encode();
        try {
            int sent = Sockets.send(socket.value(), bytes, 0, bytes.length, numbers, Constants.MSG_DONTWAIT);
            if (sent == -Errno.EAGAIN) {
                Linux.pollOne(socket.value(), Constants.POLLOUT, 1000);
                sent = Sockets.send(socket.value(), bytes, 0, bytes.length, numbers, Constants.MSG_DONTWAIT);
            }
            if (sent != bytes.length) {
                throw new AttachException(AttachException.UNREACHABLE, "peer takes no message for a second");
            }
        } catch (LinuxException e) {
            throw new AttachException(AttachException.UNREACHABLE, "connection lost (" + e.getMessage() + ")", e);
        }
    }

    /**
     * Receives one message.
     *
     * @return null when none came in time
     * @throws AttachException {@link AttachException#UNREACHABLE} at end of file, {@link AttachException#MALFORMED} for a bad record
     */
    public Received receive(int timeoutMs) throws AttachException {
        if (timeoutMs != 0 && Linux.pollOne(socket.value(), Constants.POLLIN, timeoutMs) == 0) {
            return null;
        }
        ReceivedMessage received;
        try {
            received =
                    Sockets.receive(socket.value(), buffer, 0, buffer.length, MAX_DESCRIPTORS, Constants.MSG_DONTWAIT);
        } catch (LinuxException e) {
            throw new AttachException(AttachException.UNREACHABLE, "connection lost (" + e.getMessage() + ")", e);
        }
        if (received.wouldBlock()) {
            return null;
        }
        if (received.length() == 0) {
            received.closeDescriptors();
            throw new AttachException(AttachException.UNREACHABLE, "connection closed by the peer");
        }
        try {
            if (received.truncated() || received.controlTruncated()) {
                throw new AttachException(
                        AttachException.MALFORMED, "message too long or descriptors lost (limit of open files?)");
            }
            return new Received(AttachMessage.decode(buffer, received.length()), received.descriptors());
        } catch (AttachException e) {
            received.closeDescriptors();
            throw e;
        }
    }

    /** Ends the connection for both sides without giving up the descriptor's number; wakes whoever polls it. Any thread. */
    public void hangUp() {
        if (socket.isOpen()) {
            Sockets.shutdown(socket.value(), Constants.SHUT_RDWR);
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
