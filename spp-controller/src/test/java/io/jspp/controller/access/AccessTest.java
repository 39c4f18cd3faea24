package io.jspp.controller.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.config.ExitCode;
import io.jspp.control.ProcessKind;
import io.jspp.controller.ScriptedProcess;
import io.jspp.controller.TestController;
import io.jspp.controller.shell.RestClient;
import io.jspp.controller.shell.ShellException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may use a controller's REST: over TCP with the token, over the UNIX socket its owner. */
class AccessTest {
    @TempDir
    private Path directory;

    private Path socket;
    private Path tokenFile;
    private AccessToken token;
    private TestController ctl;

    @BeforeEach
    void start() throws IOException {
        socket = directory.resolve("rest.sock");
        tokenFile = directory.resolve("token");
        token = AccessToken.readOrCreate(tokenFile);
        ctl = new TestController(new RestAccess(token, socket));
    }

    @AfterEach
    void stop() {
        ctl.close();
    }

    @Test
    void shouldServeOverTcpOnlyWhoBringsTheToken() throws Exception {
        final String[] wrong = {
            "",
            "Bearer",
            "Bearer ",
            "Bearer x",
            token.header().substring(7),
            token.header() + "x",
            token.header().replaceFirst("Bearer", "Basic")
        };
        for (final String header : wrong) {
            final HttpResponse<String> refused = header.isEmpty()
                    ? ctl.get("/v1/processes")
                    : ctl.send("GET", "/v1/processes", "", "Authorization", header);
            assertEquals(401, refused.statusCode(), header);
            assertEquals(
                    "Bearer realm=\"spp\"",
                    refused.headers().firstValue("WWW-Authenticate").orElse(""));
            assertTrue(refused.body().contains("--token-file"), refused.body());
            assertFalse(refused.body().contains(token.header().substring(7)));
        }
        assertEquals(401, ctl.send("DELETE", "/v1/primary", "").statusCode(), "also what is not there");
        assertEquals(401, ctl.get("/v2/events").statusCode());
        assertEquals("200 []", text(ctl.send("GET", "/v1/processes", "", "Authorization", token.header())));
        assertEquals(
                "200 []",
                text(ctl.send(
                        "GET",
                        "/v1/processes",
                        "",
                        "Authorization",
                        token.header().replace("Bearer", "bearer"))));
        assertEquals(
                403,
                ctl.send("GET", "/v1/processes", "", "Authorization", token.header(), "Origin", "http://evil.example")
                        .statusCode(),
                "a web page is refused whatever it brings");
    }

    @Test
    void shouldServeTheOwnerOfTheUnixSocketWithoutToken() throws Exception {
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)));
        assertEquals(List.of("rest.sock", "token"), names(), "nothing is left of how it was made");
        try (ScriptedProcess nfv = ScriptedProcess.nfv(ctl.controller(), 3)) {
            final RestClient client = RestClient.at("unix:" + socket);
            assertEquals("unix:" + socket, client.endpoint());
            await(client, List.of(3));
            assertEquals(200, client.get("/v1/nfvs/3").status());
            assertEquals("sec_id 4 not found.", client.get("/v1/nfvs/4").body());
            assertTrue(client.get("/v2/openapi.yaml").body().endsWith("\n"), "a long answer comes whole");
            assertEquals(1, nfv.requests().stream().filter("status"::equals).count());
        }
        assertTrue(overSocket("GET /v1/processes HTTP/1.1\r\nHost: evil.example\r\n\r\n")
                .startsWith("HTTP/1.1 403"));
        assertTrue(overSocket("nonsense\r\n\r\n").startsWith("HTTP/1.1 4"));
    }

    @Test
    void shouldBringTheTokenWhenTheClientHasIt() throws Exception {
        final RestClient client = RestClient.at("127.0.0.1:" + ctl.controller().restPort());
        assertEquals(401, client.get("/v1/processes").status());
        final ShellException refused = assertThrows(ShellException.class, () -> client.clientIds(ProcessKind.NFV));
        assertEquals(ExitCode.REFUSED, refused.exitCode());
        assertTrue(refused.getMessage().contains("cli --token-file"), refused.getMessage());
        assertEquals(200, client.withToken(token).get("/v1/processes").status());
    }

    @Test
    void shouldReplaceADeadSocketAndNoLivingOne() throws Exception {
        final IOException taken =
                assertThrows(IOException.class, () -> new TestController(new RestAccess(null, socket)).close());
        assertTrue(taken.getMessage().contains("unix:" + socket + ": address in use"), taken.getMessage());
        assertTrue(taken.getMessage().contains("another controller"), taken.getMessage());
        ctl.close();
        assertEquals(List.of("token"), names(), "the socket's file goes with the controller");
        final ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        dead.bind(UnixDomainSocketAddress.of(socket));
        dead.close();
        assertTrue(Files.exists(socket));
        try (TestController next = new TestController(new RestAccess(null, socket))) {
            assertEquals(
                    200, RestClient.at("unix:" + socket).get("/v1/processes").status());
            assertEquals(200, next.get("/v1/processes").statusCode(), "without a token TCP is open");
        }
        final ShellException gone = assertThrows(
                ShellException.class, () -> RestClient.at("unix:" + socket).get("/v1/processes"));
        assertEquals(ExitCode.UNREACHABLE, gone.exitCode());
    }

    @Test
    void shouldRefuseAPathThatIsNoPlaceForASocket() throws Exception {
        final Path file = Files.writeString(directory.resolve("file"), "mine");
        assertRefused(file, "no socket");
        assertEquals("mine", Files.readString(file));
        assertRefused(directory.resolve("none/rest.sock"), "directory");
        assertRefused(directory.resolve("x".repeat(100)), "too long");
        assertRefused(directory, "no socket");
    }

    @Test
    void shouldMakeATokenOnceForItsOwnerOnly() throws Exception {
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(tokenFile)));
        assertEquals(token.header(), AccessToken.readOrCreate(tokenFile).header(), "made once");
        assertFalse(token.header()
                .equals(AccessToken.readOrCreate(directory.resolve("other")).header()));
        Files.setPosixFilePermissions(tokenFile, PosixFilePermissions.fromString("rw-r-----"));
        final IOException open = assertThrows(IOException.class, () -> AccessToken.read(tokenFile));
        assertTrue(open.getMessage().contains("chmod 600"), open.getMessage());
        assertThrows(IOException.class, () -> AccessToken.read(directory.resolve("absent")));
        assertThrows(IOException.class, () -> AccessToken.readOrCreate(directory.resolve("no/token")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "short",
                "two lines of it\nand more of it",
                "blanks in the middle of it",
                "ümlautümlautümlaut"
            })
    void shouldRefuseWhatIsNoToken(final String content) throws Exception {
        final Path file = directory.resolve("bad");
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, content);
        final IOException refused = assertThrows(IOException.class, () -> AccessToken.read(file));
        assertTrue(refused.getMessage().contains("16 to 512"), refused.getMessage());
        assertTrue(content.isEmpty() || !refused.getMessage().contains(content), "it stays secret");
    }

    private void assertRefused(final Path path, final String why) {
        final IOException refused = assertThrows(IOException.class, () -> UnixSocketFile.bind(path));
        assertTrue(refused.getMessage().contains(why), refused.getMessage());
    }

    private static void await(final RestClient client, final List<Integer> ids) throws ShellException {
        final long deadlineNs = System.nanoTime() + 10_000_000_000L;
        while (!client.clientIds(ProcessKind.NFV).equals(ids)) {
            assertTrue(System.nanoTime() < deadlineNs, "the nfv registers");
        }
    }

    private String overSocket(final String request) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
            final ByteBuffer answer = ByteBuffer.allocate(4096);
            channel.read(answer);
            return new String(answer.array(), 0, answer.position(), StandardCharsets.ISO_8859_1);
        }
    }

    private List<String> names() throws IOException {
        final List<String> names = new ArrayList<>();
        try (var files = Files.list(directory)) {
            files.map(file -> file.getFileName().toString()).sorted().forEach(names::add);
        }
        return names;
    }

    private static String text(final HttpResponse<String> reply) {
        return reply.statusCode() + " " + reply.body();
    }
}
