package io.jspp.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import jnr.ffi.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketsTest {
    @TempDir
    Path directory;

    @Test
    void shouldPassDescriptorsOverASocketPair() {
        int before = FileDescriptor.live();
        FileDescriptor[] pair = Sockets.socketpair(Constants.SOCK_SEQPACKET);
        FileDescriptor event = Linux.eventfd();
        FileDescriptor memfd = Linux.memfdCreate("spp-test", 0);
        Linux.ftruncate(memfd.value(), 12288);
        byte[] text = "claim ring:0 0 tx".getBytes(StandardCharsets.UTF_8);
        int[] fds = {event.value(), memfd.value()};
        assertEquals(text.length, Sockets.send(pair[0].value(), text, 0, text.length, fds, 0));
        byte[] buffer = new byte[100];
        ReceivedMessage m = Sockets.receive(pair[1].value(), buffer, 10, 90, 8, Constants.MSG_DONTWAIT);
        assertEquals(text.length, m.length());
        assertArrayEquals(text, Arrays.copyOfRange(buffer, 10, 10 + text.length));
        assertEquals(2, m.descriptors().size());
        assertTrue(!m.truncated() && !m.controlTruncated() && !m.wouldBlock());
        int received = m.descriptors().get(0).value();
        assertEquals(8, Linux.eventfdWrite(received));
        assertEquals(8, Linux.eventfdRead(event.value()));
        assertEquals(1, Linux.fcntl(received, Constants.F_GETFD, 0), "close-on-exec");
        assertEquals(12288, Linux.fstat(m.descriptors().get(1).value()).size());
        assertTrue(Sockets.receive(pair[1].value(), buffer, 0, 10, 0, Constants.MSG_DONTWAIT)
                .wouldBlock());
        m.closeDescriptors();
        pair[0].close();
        assertEquals(0, Sockets.receive(pair[1].value(), buffer, 0, 10, 1, 0).length());
        pair[1].close();
        event.close();
        memfd.close();
        assertEquals(before, FileDescriptor.live());
    }

    @Test
    void shouldReportTruncatedDataAndDescriptors() {
        FileDescriptor[] pair = Sockets.socketpair(Constants.SOCK_SEQPACKET);
        try (FileDescriptor event = Linux.eventfd()) {
            int[] fds = {event.value(), event.value(), event.value(), event.value()};
            Sockets.send(pair[0].value(), new byte[64], 0, 64, fds, 0);
            ReceivedMessage m = Sockets.receive(pair[1].value(), new byte[16], 0, 16, 2, 0);
            assertEquals(16, m.length());
            assertTrue(m.truncated());
            assertTrue(m.controlTruncated());
            assertEquals(2, m.descriptors().size());
            m.closeDescriptors();
            Sockets.send(pair[0].value(), new byte[4], 0, 4, fds, 0);
            ReceivedMessage none = Sockets.receive(pair[1].value(), new byte[16], 0, 16, 0, 0);
            assertTrue(none.controlTruncated());
            assertEquals(0, none.descriptors().size());
        } finally {
            FileDescriptor.closeAll(Arrays.asList(pair));
        }
    }

    @Test
    void shouldPassAsManyDescriptorsAsTheKernelAllows() {
        FileDescriptor[] pair = Sockets.socketpair(Constants.SOCK_STREAM);
        try (FileDescriptor event = Linux.eventfd()) {
            int[] fds = new int[Sockets.MAX_DESCRIPTORS];
            Arrays.fill(fds, event.value());
            assertEquals(1, Sockets.send(pair[0].value(), new byte[1], 0, 1, fds, 0));
            ReceivedMessage m = Sockets.receive(pair[1].value(), new byte[1], 0, 1, fds.length, 0);
            assertEquals(fds.length, m.descriptors().size());
            m.closeDescriptors();
            int[] tooMany = new int[fds.length + 1];
            assertThrows(
                    IllegalArgumentException.class, () -> Sockets.send(pair[0].value(), new byte[1], 0, 1, tooMany, 0));
        } finally {
            FileDescriptor.closeAll(Arrays.asList(pair));
        }
    }

    @Test
    void shouldAcceptAConnectionAndKnowThePeer() {
        String path = directory.resolve("s").toString();
        try (FileDescriptor server =
                        Sockets.socket(Constants.AF_UNIX, Constants.SOCK_SEQPACKET | Constants.SOCK_NONBLOCK, 0);
                FileDescriptor client = Sockets.socket(Constants.AF_UNIX, Constants.SOCK_SEQPACKET, 0)) {
            assertEquals(-Errno.ENOENT, Sockets.tryConnect(client.value(), SocketAddress.unix(path)));
            Sockets.bind(server.value(), SocketAddress.unix(path));
            assertEquals(-Errno.ECONNREFUSED, Sockets.tryConnect(client.value(), SocketAddress.unix(path)));
            Sockets.listen(server.value(), 4);
            assertNull(Sockets.accept(server.value(), 0));
            Sockets.connect(client.value(), SocketAddress.unix(path));
            try (FileDescriptor connection = Sockets.accept(server.value(), Constants.SOCK_NONBLOCK)) {
                assertNotNull(connection);
                Sockets.PeerCredentials peer = Sockets.peerCredentials(connection.value());
                assertEquals(Linux.getpid(), peer.pid());
                assertEquals(Linux.geteuid(), peer.user());
                FileDescriptor pidfd = Sockets.peerPidfd(connection.value());
                if (pidfd != null) {
                    assertEquals(0, Linux.pidfdSendSignal(pidfd.value(), 0));
                    pidfd.close();
                }
                byte[] name = Sockets.getsockname(server.value());
                assertEquals(path, new String(name, 2, name.length - 3, StandardCharsets.UTF_8));
                assertEquals(0, Sockets.shutdown(connection.value(), Constants.SHUT_WR));
                assertEquals(
                        0,
                        Sockets.receive(client.value(), new byte[1], 0, 1, 0, 0).length());
            }
            LinuxException e = assertThrows(LinuxException.class, () -> Sockets.send(client.value(), new byte[1], 0));
            assertEquals(Errno.EPIPE, e.errno());
        }
        Linux.unlink(path);
    }

    @Test
    void shouldServeAnAbstractName() {
        SocketAddress address = SocketAddress.unixAbstract("spp-test-" + Linux.getpid());
        try (FileDescriptor server = Sockets.socket(Constants.AF_UNIX, Constants.SOCK_STREAM, 0);
                FileDescriptor client = Sockets.socket(Constants.AF_UNIX, Constants.SOCK_STREAM, 0)) {
            Sockets.bind(server.value(), address);
            Sockets.listen(server.value(), 1);
            assertEquals(0, Sockets.tryConnect(client.value(), address));
            assertArrayEquals(address.toBytes(), Sockets.getsockname(server.value()));
        }
    }

    @Test
    void shouldRefuseNamesThatDoNotFit() {
        assertThrows(IllegalArgumentException.class, () -> SocketAddress.unix("x".repeat(108)));
        assertThrows(IllegalArgumentException.class, () -> SocketAddress.unix(""));
        assertThrows(IllegalArgumentException.class, () -> SocketAddress.unix("a\0b"));
        assertEquals(110, SocketAddress.unix("x".repeat(107)).toBytes().length);
        byte[] ll = SocketAddress.packet(Constants.ETH_P_ALL, 5).toBytes();
        assertEquals(20, ll.length);
        assertEquals(0, ll[2]);
        assertEquals(3, ll[3]);
        assertEquals(0x0300, Sockets.networkOrder(3));
    }

    @Test
    void shouldMoveBytesBetweenAddresses() {
        FileDescriptor[] pair = Sockets.socketpair(Constants.SOCK_DGRAM);
        Pointer memory = Native.allocate(512);
        try {
            memory.putLong(0, 42);
            assertEquals(8, Sockets.send(pair[0].value(), memory.address(), 8, 0));
            assertEquals(8, Sockets.sendto(pair[0].value(), memory.address(), 8, 0, 0, 0));
            assertEquals(8, Sockets.recv(pair[1].value(), memory.address() + 8, 8, 0));
            assertEquals(8, Sockets.recvfrom(pair[1].value(), memory.address() + 16, 8, 0, 0, 0));
            assertEquals(42, memory.getLong(8));
            assertEquals(42, memory.getLong(16));
            int message = 64;
            memory.putLong(message + Layouts.Msghdr.IOV, memory.address() + 256);
            memory.putLong(message + Layouts.Msghdr.IOV_LENGTH, 1);
            memory.putLong(256, memory.address());
            memory.putLong(264, 8);
            assertEquals(1, Sockets.sendmmsg(pair[0].value(), memory.address() + message, 1, 0));
            memory.putLong(0, 0);
            assertEquals(1, Sockets.recvmmsg(pair[1].value(), memory.address() + message, 1, 0));
            assertEquals(8, memory.getInt(message + Layouts.Msghdr.MMSG_LENGTH));
            assertEquals(42, memory.getLong(0));
            assertEquals(8, Sockets.sendmsg(pair[0].value(), memory.address() + message, 0));
            assertEquals(8, Sockets.recvmsg(pair[1].value(), memory.address() + message, 0));
            int flags = Constants.MSG_DONTWAIT;
            assertEquals(-Errno.EAGAIN, Sockets.recv(pair[1].value(), memory.address(), 8, flags));
            Sockets.setsockopt(pair[0].value(), Constants.SOL_SOCKET, Constants.SO_SNDBUF, 65536);
            assertTrue(Sockets.getsockopt(pair[0].value(), Constants.SOL_SOCKET, Constants.SO_SNDBUF) >= 65536);
        } finally {
            FileDescriptor.closeAll(Arrays.asList(pair));
        }
        assertEquals(-Errno.EBADF, Sockets.send(-1, memory.address(), 8, 0));
        assertEquals(-Errno.EBADF, Sockets.sendto(-1, memory.address(), 8, 0, 0, 0));
    }

    @Test
    void shouldFindInterfacesByName() throws Exception {
        assertTrue(Files.exists(Path.of("/sys/class/net/lo")));
        assertEquals(1, Sockets.ifNametoindex("lo"));
        assertEquals(-Errno.ENODEV, Sockets.ifNametoindex("spp-none"));
        byte[] request = new byte[Layouts.Ifreq.SIZE];
        request[0] = 'l';
        request[1] = 'o';
        try (FileDescriptor s = Sockets.socket(Constants.AF_UNIX, Constants.SOCK_DGRAM, 0)) {
            Linux.ioctl(s.value(), Constants.SIOCGIFMTU, request);
            int mtu = request[16] & 0xff | (request[17] & 0xff) << 8 | (request[18] & 0xff) << 16;
            assertTrue(mtu >= 1500, "mtu of lo " + mtu);
            assertThrows(LinuxException.class, () -> Linux.ioctl(s.value(), Constants.TUNSETQUEUE, 0L));
        }
    }
}
