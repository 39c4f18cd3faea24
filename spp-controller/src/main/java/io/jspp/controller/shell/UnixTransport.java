package io.jspp.controller.shell;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** HTTP/1.1 over a UNIX socket, one request per connection; the JDK's clients know TCP only. */
final class UnixTransport implements HttpTransport {
    private static final byte[] END_OF_HEAD = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9][0-9])( .*)?");
    private static final int MAX_HEAD_BYTES = 64 * 1024;
    private static final long RETRY_NS = 20_000_000;

    private final Path path;

    UnixTransport(final Path path) {
        this.path = path;
    }

    @Override
    public RestReply send(final String method, final String target, final String body, final String authorization)
            throws IOException {
        try (SocketChannel channel = connect();
                Selector selector = Selector.open()) {
            final SelectionKey key = channel.register(selector, SelectionKey.OP_WRITE);
            final long deadlineNs = System.nanoTime() + READ_TIMEOUT_MS * 1_000_000L;
            final ByteBuffer request = request(method, target, body, authorization);
            while (request.hasRemaining()) {
                await(selector, deadlineNs);
                channel.write(request);
            }
            key.interestOps(SelectionKey.OP_READ);
            final ByteArrayOutputStream answer = new ByteArrayOutputStream();
            final ByteBuffer chunk = ByteBuffer.allocate(64 * 1024);
            for (int length = 0; length >= 0 && answer.size() < MAX_REPLY_BYTES; ) {
                await(selector, deadlineNs);
                chunk.clear();
                length = channel.read(chunk);
                answer.write(chunk.array(), 0, Math.max(length, 0));
            }
            return parse(answer.toByteArray());
        } catch (final SocketTimeoutException late) {
            throw new LateException(late);
        }
    }

    @Override
    public String toString() {
        return RestClient.UNIX_PREFIX + path;
    }

    /** A channel that blocks would wait for ever where many wait to be accepted and nobody is. */
    private SocketChannel connect() throws IOException {
        final long begin = System.nanoTime();
        while (true) {
            final SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                channel.configureBlocking(false);
                channel.connect(UnixDomainSocketAddress.of(path));
                return channel;
            } catch (final IOException failure) {
                channel.close();
                final boolean full = !(failure instanceof ConnectException) && Files.isWritable(path);
                if (!full || System.nanoTime() - begin > CONNECT_TIMEOUT_MS * 1_000_000L) {
                    throw failure;
                }
                LockSupport.parkNanos(RETRY_NS);
            }
        }
    }

    private static ByteBuffer request(
            final String method, final String target, final String body, final String authorization) {
        final byte[] content = body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8);
        final StringBuilder head = new StringBuilder(method + ' ' + target + " HTTP/1.1\r\nHost: localhost\r\n");
        head.append(authorization == null ? "" : "Authorization: " + authorization + "\r\n");
        head.append(body == null ? "" : "Content-Type: application/json\r\n");
        head.append("Content-Length: ").append(content.length).append("\r\nConnection: close\r\n\r\n");
        final byte[] headBytes = head.toString().getBytes(StandardCharsets.US_ASCII);
        final ByteBuffer request = ByteBuffer.allocate(headBytes.length + content.length);
        return request.put(headBytes).put(content).flip();
    }

    private static void await(final Selector selector, final long deadlineNs) throws IOException {
        final long leftMs = (deadlineNs - System.nanoTime()) / 1_000_000;
        if (leftMs <= 0 || selector.select(leftMs) == 0) {
            throw new SocketTimeoutException("no answer in time");
        }
        selector.selectedKeys().clear();
    }

    /** Our controller sends its answers with their length and closes: the rest of the bytes is the body. */
    private static RestReply parse(final byte[] answer) throws IOException {
        final int end = endOfHead(answer);
        final Matcher status = STATUS_LINE.matcher(new String(answer, 0, Math.max(end, 0), StandardCharsets.ISO_8859_1)
                .lines()
                .findFirst()
                .orElse(""));
        if (!status.matches()) {
            throw new IOException("what answers speaks no HTTP");
        }
        return new RestReply(
                Integer.parseInt(status.group(1)),
                new String(
                        Arrays.copyOfRange(answer, end + END_OF_HEAD.length, answer.length), StandardCharsets.UTF_8));
    }

    private static int endOfHead(final byte[] answer) {
        for (int i = 0; i + END_OF_HEAD.length <= answer.length && i < MAX_HEAD_BYTES; i++) {
            if (Arrays.equals(answer, i, i + END_OF_HEAD.length, END_OF_HEAD, 0, END_OF_HEAD.length)) {
                return i;
            }
        }
        return -1;
    }
}
