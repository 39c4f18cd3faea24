package io.jspp.controller.listen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.jspp.control.ProcessKind;
import io.jspp.controller.inventory.Inventory;
import io.jspp.controller.inventory.ProcessEntry;
import io.jspp.controller.inventory.ProcessLink;
import io.jspp.controller.inventory.ProcessLostException;
import io.jspp.controller.inventory.ProcessTimeoutException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** One command, one reply: however the bytes come, and also after a reply that came too late. */
class ExchangeTest {
    /** Against hangs: on a machine that has no time for tests, what takes a moment takes many seconds. */
    private static final Duration LONG = Duration.ofSeconds(100);

    private static final int LONG_MS = (int) LONG.toMillis();
    private static final Duration SHORT = Duration.ofMillis(150);

    private final Inventory inventory = new Inventory();
    private ProcessListener listener;
    private Socket primary;
    private ProcessLink link;

    @BeforeEach
    void connect() throws IOException {
        final InetSocketAddress free = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        listener = new ProcessListener(free, free, inventory);
        listener.start();
        primary = new Socket(InetAddress.getLoopbackAddress(), listener.primaryPort());
        primary.setTcpNoDelay(true);
        primary.setSoTimeout(LONG_MS);
        link = Awaitility.await()
                .atMost(LONG)
                .until(inventory::primary, entry -> entry != null)
                .link();
    }

    @AfterEach
    void close() throws IOException {
        primary.close();
        listener.close();
    }

    @Test
    void shouldDropPaddingAroundAReply() throws Exception {
        final CompletableFuture<String> first = link.request("one", LONG);
        expect("one");
        send("\0\0{\"a\":\"}\\\"{\"}" + "\0".repeat(32_000));
        assertEquals("{\"a\":\"}\\\"{\"}", get(first));
        final CompletableFuture<String> second = link.request("two", LONG);
        expect("two");
        send("\0\0[1,{\"b\":[]}]");
        assertEquals("[1,{\"b\":[]}]", get(second));
    }

    /** SPP's controller takes the first segment for all; the rest then answers the next command, for ever. */
    @Test
    void shouldWaitForTheWholeReply() throws Exception {
        final String reply = "{\"ports\":[\"" + "x".repeat(9_000) + "\"]}";
        final CompletableFuture<String> first = link.request("status", LONG);
        expect("status");
        send(reply.substring(0, 4_096));
        final CompletableFuture<String> second = link.request("forward", LONG);
        send(reply.substring(4_096));
        assertEquals(reply, get(first));
        expect("forward");
        for (final char c : "{\"result\":\"succeeded\"}".toCharArray()) {
            send(String.valueOf(c));
        }
        assertEquals("{\"result\":\"succeeded\"}", get(second));
    }

    @Test
    void shouldTakeTextThatIsNoJsonUpToAPause() throws Exception {
        final CompletableFuture<String> reset = link.request("patch reset", LONG);
        expect("patch reset");
        send("patch\0reset" + "\0".repeat(100));
        assertEquals("patchreset", get(reset));
    }

    @Test
    void shouldDropAReplyThatComesTooLate() throws Exception {
        final CompletableFuture<String> late = link.request("slow", SHORT);
        expect("slow");
        assertTimeout(late, "did not answer \"slow\" within 150 ms");
        final CompletableFuture<String> next = link.request("next", LONG);
        expect("next");
        send("{\"for\":\"slow\"}");
        send("{\"for\":\"next\"}");
        assertEquals("{\"for\":\"next\"}", get(next));
    }

    @Test
    void shouldDropTheRestOfAReplyWhoseTimeWasOver() throws Exception {
        final CompletableFuture<String> late = link.request("slow", SHORT);
        expect("slow");
        send("{\"for\":");
        assertTimeout(late, "slow");
        final CompletableFuture<String> next = link.request("next", LONG);
        expect("next");
        send("\"slow\"}{\"for\":\"next\"}");
        assertEquals("{\"for\":\"next\"}", get(next));
    }

    @Test
    void shouldDisconnectAProcessThatMissesThreeInARow() throws Exception {
        for (int i = 0; i < 3; i++) {
            assertTimeout(link.request("x", SHORT), "did not answer");
        }
        expect("xxx");
        assertEquals(-1, primary.getInputStream().read());
        assertLost(link.request("more", LONG));
        assertEquals(null, inventory.primary());
    }

    /** They began to wait while it was busy with the first: what is left of their time is not the process's fault. */
    @Test
    void shouldKeepAProcessWhoseCallersWaitedForEachOther() throws Exception {
        final CompletableFuture<String> first = link.request("first", LONG);
        expect("first");
        final List<CompletableFuture<String>> crowd = new ArrayList<>();
        final Duration time = Duration.ofMillis(500);
        for (int i = 0; i < 4; i++) {
            crowd.add(link.request("crowd", time.plusMillis(30L * i)));
        }
        send("{}");
        get(first);
        for (final CompletableFuture<String> one : crowd) {
            assertTimeout(one, "did not answer");
        }
        final CompletableFuture<String> last = link.request("last", LONG);
        expect("crowd");
        String heard = read(primary, 1);
        while (heard.equals("c")) {
            expect("rowd");
            send("{\"for\":\"crowd\"}");
            heard = read(primary, 1);
        }
        expect("ast");
        send("{\"for\":\"crowd\"}{\"for\":\"last\"}");
        assertEquals("{\"for\":\"last\"}", get(last));
    }

    /** Who hears that his time is over may end the connection, as the registrar does with a primary that a newcomer replaces. */
    @Test
    void shouldLetAWaiterEndTheConnection() throws Exception {
        final Logger log = (Logger) LoggerFactory.getLogger(ProcessListener.class);
        final ListAppender<ILoggingEvent> events = new ListAppender<>();
        events.start();
        log.addAppender(events);
        try {
            link.request("first", LONG);
            final CompletableFuture<String> impatient = link.request("second", SHORT);
            impatient.whenComplete((reply, failure) -> link.close());
            assertLost(link.request("third", LONG));
            listener.close();
        } finally {
            log.detachAppender(events);
        }
        assertEquals(null, inventory.primary());
        assertEquals(List.of(), events.list);
    }

    @Test
    void shouldTellEveryWaiterWhenTheProcessGoes() throws Exception {
        final List<CompletableFuture<String>> waiters = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            waiters.add(link.request("c" + i, LONG));
        }
        expect("c0");
        primary.close();
        for (final CompletableFuture<String> waiter : waiters) {
            assertLost(waiter);
        }
    }

    @Test
    void shouldSendOneCommandAtATimeAndMatchReplies() throws Exception {
        final List<CompletableFuture<String>> replies = new ArrayList<>();
        for (int i = 10; i < 30; i++) {
            replies.add(link.request("c" + i, LONG));
        }
        for (int i = 10; i < 30; i++) {
            expect("c" + i);
            assertEquals(0, primary.getInputStream().available(), "one command at a time");
            send("{\"n\":" + i + "}");
        }
        for (int i = 10; i < 30; i++) {
            assertEquals("{\"n\":" + i + "}", get(replies.get(i - 10)));
        }
    }

    @Test
    void shouldRefuseMoreCommandsThanItQueues() {
        final List<CompletableFuture<String>> replies = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            replies.add(link.request("c", LONG));
        }
        assertTimeout(replies.get(99), "commands waiting already");
    }

    @Test
    void shouldDisconnectAReplyWithoutEnd() throws Exception {
        final CompletableFuture<String> reply = link.request("status", LONG);
        expect("status");
        assertThrows(IOException.class, () -> {
            final byte[] part = ("[" + "1,".repeat(10_000)).getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < 1_000; i++) {
                primary.getOutputStream().write(part);
            }
        });
        assertLost(reply);
    }

    @Test
    void shouldDisconnectALongRegistration() throws Exception {
        try (Socket process = new Socket(InetAddress.getLoopbackAddress(), listener.secondaryPort())) {
            process.setSoTimeout(LONG_MS);
            assertEquals("_get_client_id", read(process, 14));
            process.getOutputStream()
                    .write(("[" + "1,".repeat(ProcessConnection.MAX_REGISTRATION_BYTES))
                            .getBytes(StandardCharsets.US_ASCII));
            assertEquals(-1, process.getInputStream().read());
        } catch (final SocketException reset) {
            // Closed with unread bytes: as good as an end of file.
        }
    }

    @Test
    void shouldLimitWhatAllUnfinishedRepliesOccupyTogether() throws Exception {
        final List<Socket> processes = new ArrayList<>();
        final List<CompletableFuture<String>> replies = new ArrayList<>();
        final byte[] unfinished =
                ("[" + "1,".repeat(ProcessConnection.MAX_REPLY_BYTES / 2 - 10)).getBytes(StandardCharsets.US_ASCII);
        final int fit = ProcessListener.MAX_BUFFERED_BYTES / unfinished.length;
        try {
            for (int id = 1; id <= fit + 1; id++) {
                final Socket process = new Socket(InetAddress.getLoopbackAddress(), listener.secondaryPort());
                processes.add(process);
                assertEquals("_get_client_id", read(process, 14));
                process.getOutputStream()
                        .write(("{\"client_id\":" + id + ",\"process_type\":\"nfv\"}")
                                .getBytes(StandardCharsets.US_ASCII));
                final int clientId = id;
                final ProcessEntry entry = Awaitility.await()
                        .atMost(LONG)
                        .until(() -> inventory.secondary(ProcessKind.NFV, clientId), registered -> registered != null);
                replies.add(entry.link().request("status", LONG));
                assertEquals("status", read(process, 6));
                try {
                    process.getOutputStream().write(unfinished);
                } catch (final SocketException reset) {
                    continue;
                }
            }
            Awaitility.await()
                    .atMost(LONG)
                    .until(() -> replies.stream().anyMatch(CompletableFuture::isCompletedExceptionally));
            assertEquals(1, replies.stream().filter(CompletableFuture::isDone).count());
        } finally {
            for (final Socket process : processes) {
                process.close();
            }
        }
    }

    @Test
    void shouldIgnoreWhatNobodyAskedFor() throws Exception {
        send("{\"noise\":1}half");
        Awaitility.await().atMost(LONG).pollDelay(Duration.ofMillis(100)).until(() -> inventory.primary() != null);
        final CompletableFuture<String> reply = link.request("status", LONG);
        expect("status");
        send("{\"a\":1}");
        assertEquals("{\"a\":1}", get(reply));
    }

    /** Our processes announce that requests may end with a newline; SPP's do not and get none. */
    @Test
    void shouldEndRequestsWithANewlineWhenTheProcessWantsIt() throws Exception {
        try (Socket nfv = new Socket(InetAddress.getLoopbackAddress(), listener.secondaryPort())) {
            nfv.setSoTimeout(LONG_MS);
            assertEquals("_get_client_id", read(nfv, 14));
            nfv.getOutputStream()
                    .write(("{\"client_id\":5,\"process_type\":\"nfv\",\"framing\":\"newline\","
                                    + "\"port_types\":[\"ring\",\"memif\",\"Bad Type\",7]}")
                            .getBytes(StandardCharsets.US_ASCII));
            assertEquals("\n", read(nfv, 1));
            final ProcessEntry entry = inventory.all().get(1);
            assertEquals(List.of("ring", "memif"), entry.portTypes());
            entry.link().request("add ring:0", LONG);
            assertEquals("add ring:0\n", read(nfv, 11));
        }
    }

    private void expect(final String text) throws IOException {
        assertEquals(text, read(primary, text.length()));
    }

    private void send(final String text) throws IOException {
        primary.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String read(final Socket socket, final int length) throws IOException {
        return new String(socket.getInputStream().readNBytes(length), StandardCharsets.US_ASCII);
    }

    private static String get(final CompletableFuture<String> reply) throws Exception {
        return reply.get(LONG_MS, TimeUnit.MILLISECONDS);
    }

    private static void assertTimeout(final CompletableFuture<String> reply, final String text) {
        final ExecutionException failure = assertThrows(ExecutionException.class, () -> get(reply));
        assertTrue(failure.getCause() instanceof ProcessTimeoutException, failure::toString);
        assertTrue(failure.getMessage().contains(text), failure::getMessage);
    }

    private static void assertLost(final CompletableFuture<String> reply) {
        final ExecutionException failure = assertThrows(ExecutionException.class, () -> get(reply));
        assertTrue(failure.getCause() instanceof ProcessLostException, failure::toString);
    }
}
