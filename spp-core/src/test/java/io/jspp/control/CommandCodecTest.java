package io.jspp.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.control.CommandSyntaxException.Problem;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandCodecTest {
    private final CommandCodec codec = new CommandCodec(CommandRegistry.standard());

    @ParameterizedTest
    @CsvSource({
        "NFV, status, status",
        "NFV, add ring:0, add",
        "NFV, del vhost:1, del",
        "NFV, patch phy:0 ring:0, patch",
        "NFV, patch phy:0nq1 phy:1nq1, patch",
        "NFV, patch reset, patch reset",
        "NFV, patch del phy:0nq1, patch del",
        "NFV, forward, forward",
        "NFV, stop, stop",
        "NFV, exit, exit",
        "PRIMARY, clear, clear",
        "PRIMARY, add ring:0, add",
        "PRIMARY, add pipe:0 ring:0 ring:1, add pipe",
        "PRIMARY, del pipe:0, del",
    })
    void shouldKnowTheCommandsOfSppAndWriteThemAsSppDoes(final ProcessKind kind, final String wire, final String name)
            throws Exception {
        final CommandRequest request = codec.parse(kind, CommandCodec.words(wire));
        assertEquals(name, request.spec().name());
        assertEquals(wire, request.wireText());
    }

    @Test
    void shouldTakeAQueueTypedAsThreeWordsForOneArgument() throws Exception {
        final CommandRequest request =
                codec.parse(ProcessKind.NFV, CommandCodec.words("  patch  phy:0 nq 1\tphy:1 nq 2\r\n"));
        assertEquals("patch phy:0nq1 phy:1nq2", request.wireText());
        assertEquals(
                "Patch ports (phy:0 nq 1 -> phy:1 nq 2).",
                request.fill(request.spec().successText()));
    }

    @ParameterizedTest
    @CsvSource({
        "NFV, bogus, UNKNOWN, ",
        "NFV, '', UNKNOWN, ",
        "NFV, clear, UNKNOWN, ",
        "NFV, add, INCOMPLETE, port",
        "NFV, patch, INCOMPLETE, src",
        "NFV, patch phy:0, INCOMPLETE, dst",
        "NFV, patch phy:0 nq, INVALID_VALUE, dst",
        "NFV, add ring, INVALID_VALUE, port",
        "NFV, patch reset now, TOO_LONG, ",
        "NFV, status status, TOO_LONG, ",
        "PRIMARY, add pipe:0 ring:0, INCOMPLETE, tx",
        "PRIMARY, add pipe:0 ring:0 phy:0, INVALID_VALUE, tx",
    })
    void shouldSayWhichRuleATextBreaks(
            final ProcessKind kind, final String text, final Problem problem, final String argument) {
        final CommandSyntaxException wrong =
                assertThrows(CommandSyntaxException.class, () -> codec.parse(kind, CommandCodec.words(text)));
        assertEquals(problem, wrong.problem());
        assertEquals(
                argument, wrong.argument() == null ? null : wrong.argument().name());
    }

    @Test
    void shouldTellWhatWasExpected() {
        assertEquals(
                "invalid value \"ring\": expected TYPE:NUMBER such as ring:0; a pipe also wants its rx and tx ring;"
                        + " usage: add PORT",
                messageOf("add ring"));
        assertEquals(
                "unknown command \"bo?gus\"; a nfv knows status, add, del, patch, forward, stop, migrate, exit",
                messageOf("bo\u001bgus"));
        assertEquals("unexpected \"now\"; usage: forward", messageOf("forward now"));
    }

    @Test
    void shouldRefuseMoreWordsThanAnyCommandHas() {
        assertTrue(messageOf("add " + "x ".repeat(100_000)).contains("the limit is 512"));
    }

    @Test
    void shouldReplyInTheWordsOfPrimaryAndNfv() throws Exception {
        assertEquals(
                "{\"result\":\"succeeded\",\"command\":\"add\",\"port\":\"ring:0\"}", reply("add ring:0", Reply.ok()));
        assertEquals(
                "{\"result\":\"succeeded\",\"command\":\"del\",\"port\":\"ring:0\"}", reply("del ring:0", Reply.ok()));
        assertEquals(
                "{\"result\":\"succeeded\",\"command\":\"patch\",\"ports\":{\"src\":\"phy:0nq1\",\"dst\":\"ring:0\"}}",
                reply("patch phy:0nq1 ring:0", Reply.ok()));
        assertEquals("{\"result\":\"succeeded\",\"command\":\"forward\"}", reply("forward", Reply.ok()));
        assertEquals("{\"result\":\"succeeded\",\"command\":\"patch\"}", reply("patch reset", Reply.ok()));
        assertEquals("{\"client-id\":1,\"lcores\":[1,2]}", reply("status", Reply.status(json -> {
            json.field("client-id", 1);
            json.field("lcores", new int[] {1, 2});
        })));
    }

    /** SPP's own ctl takes only {@code results[0].result == "error"} for a failure, so we send that as well. */
    @Test
    void shouldReplyAFailureThatSppsControllerSees() throws Exception {
        assertEquals(
                "{\"result\":\"failed\",\"command\":\"patch\",\"ports\":{\"src\":\"phy:9\",\"dst\":\"ring:0\"},"
                        + "\"results\":[{\"result\":\"error\",\"error_details\":{\"message\":\"phy:9 does not exist\"}}]}",
                reply("patch phy:9 ring:0", Reply.failed("phy:9 does not exist")));
    }

    @Test
    void shouldReplyInTheWordsOfVfMirrorAndPcap() {
        assertEquals(
                "{\"results\":[{\"result\":\"success\"}]}",
                CommandCodec.encode(ProcessKind.VF, null, "exit", Reply.ok()));
        assertEquals(
                "{\"results\":[{\"result\":\"error\",\"error_details\":{\"message\":\"Invalid value (port)\"}}]}",
                CommandCodec.encode(ProcessKind.VF, null, "port", Reply.failed("Invalid value (port)")));
        assertEquals(
                "{\"results\":[{\"result\":\"success\"}],\"info\":{\"client-id\":2}}",
                CommandCodec.encode(
                        ProcessKind.PCAP, null, "status", Reply.status(json -> json.field("client-id", 2))));
    }

    /** The rest of SPP's commands is to come as data: one of its most complicated ones as a proof. */
    @Test
    void shouldTakeACommandOfAnotherKindAsDataAlone() throws Exception {
        final CommandSpec attach = CommandSpec.command(
                        ProcessKind.VF, "port add vlan", "port add {port} {dir} {name} add_vlantag {vid} {pcp}")
                .argument("port", ArgumentType.PORT, Completion.FROM_TYPE, "Error: Not enough parameters.")
                .argument("dir", ArgumentType.choice("rx", "tx"), Completion.FROM_TYPE, "Error: Not enough parameters.")
                .argument("name", ArgumentType.name(), Completion.FROM_TYPE, "Error: Not enough parameters.")
                .argument("vid", ArgumentType.integer(0, 4095), Completion.FROM_TYPE, "Error: vid is not a number.")
                .argument("pcp", ArgumentType.integer(0, 7), Completion.FROM_TYPE, "Error: pcp is not a number.")
                .rest("PUT", "/components/{name}/ports")
                .body("action", "attach")
                .body("port", "{port}")
                .body("dir", "{dir}")
                .body("vlan.operation", "add")
                .body("vlan.id", "{vid}")
                .body("vlan.pcp", "{pcp}")
                .success("Succeeded to add port")
                .build();
        final CommandSpec stop = CommandSpec.command(ProcessKind.VF, "component stop", "component stop {name}")
                .argument("name", ArgumentType.name(), Completion.FROM_TYPE, "Error: Not enough parameters.")
                .rest("DELETE", "/components/{name}")
                .extraWords()
                .build();
        final CommandCodec vf = new CommandCodec(new CommandRegistry(List.of(attach, stop)));
        final CommandRequest request =
                vf.parse(ProcessKind.VF, CommandCodec.words("port add phy:1 nq 1 rx fwd1 add_vlantag 101 3"));
        assertEquals("port add phy:1nq1 rx fwd1 add_vlantag 101 3", request.wireText());
        assertEquals(101, request.intArgument("vid"));
        assertEquals(
                "component stop mir",
                vf.parse(ProcessKind.VF, CommandCodec.words("component stop mir 9 mirror"))
                        .wireText());
    }

    @Test
    void shouldRefuseTwoCommandsOfOneName() {
        final CommandSpec spec = CommandRegistry.standard().find(ProcessKind.NFV, "stop");
        assertThrows(IllegalArgumentException.class, () -> new CommandRegistry(List.of(spec, spec)));
        assertNull(CommandRegistry.standard().find(ProcessKind.NFV, "launch"));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldSurviveRandomText(final long seed) {
        final Random random = new Random(seed);
        final String alphabet = "adpstelrfowkx:0123 nq;\"\\{}[]\n\0\u202e\ud800";
        for (int i = 0; i < 20_000; i++) {
            final StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(40); n > 0; n--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            final String verb = text.toString();
            try {
                codec.parse(ProcessKind.NFV, CommandCodec.words(verb));
            } catch (final CommandSyntaxException refused) {
                final String reply =
                        CommandCodec.encode(ProcessKind.NFV, null, verb, Reply.failed(refused.getMessage()));
                assertTrue(reply.chars().allMatch(c -> c >= 0x20 && c < 0x7f), () -> "seed " + seed + ": " + reply);
            }
        }
    }

    private String messageOf(final String text) {
        return assertThrows(CommandSyntaxException.class, () -> codec.parse(ProcessKind.NFV, CommandCodec.words(text)))
                .getMessage();
    }

    private String reply(final String text, final Reply reply) throws CommandSyntaxException {
        final CommandRequest request = codec.parse(ProcessKind.NFV, CommandCodec.words(text));
        return CommandCodec.encode(ProcessKind.NFV, request, request.spec().verb(), reply);
    }
}
