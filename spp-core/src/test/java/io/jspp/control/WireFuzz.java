package io.jspp.control;

import io.jspp.attach.AttachException;
import io.jspp.attach.AttachMessage;
import io.jspp.fuzz.Coverage;
import io.jspp.fuzz.FuzzInput;
import io.jspp.fuzz.FuzzTarget;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Fuzz target: what a controller says to a process, in any pieces, up to the reply; and records of the attach socket. */
public final class WireFuzz implements FuzzTarget {
    private static final long MAX_STEPS = 2_000_000;

    private static final String[] WORDS = {
        "status",
        "exit",
        "forward",
        "stop",
        "clear",
        "add",
        "del",
        "patch",
        "reset",
        "launch",
        "worker",
        "port",
        "pipe:0",
        "ring:0",
        "vhost:1",
        "phy:0nq1",
        "phy:1 nq 2",
        "tap:3",
        "pcap:0",
        "nullpmd:0",
        "worker_1",
        "classifier_table",
        "bridge_table",
        "responder",
        "fd00::2",
        "attach",
        "client",
        "%20",
        "%FF",
        "pid=17",
        "name=a",
        "=",
        "\n",
        "\0",
        "\"",
        "\\",
        "\u0001",
        "é"
    };

    private final CommandCodec codec = new CommandCodec(CommandRegistry.standard());
    private final List<CommandTable> tables = new ArrayList<>();

    public WireFuzz() {
        for (ProcessKind kind : ProcessKind.values()) {
            CommandTable table = new CommandTable(kind);
            for (CommandSpec spec : CommandRegistry.standard().of(kind)) {
                table.on(spec.name(), request -> {
                    if (request.wireText().length() % 5 == 4) {
                        return Reply.failed("refused \"" + request.wireText() + "\"");
                    }
                    return Reply.ok();
                });
            }
            tables.add(table);
        }
    }

    @Override
    public void run(FuzzInput in) throws Exception {
        int what = in.u8();
        int cut = 1 + in.u8();
        byte[] bytes = in.bytes(in.left());
        long before = Coverage.steps();
        if ((what & 3) == 0) {
            attach(bytes);
        } else {
            CommandTable table = tables.get((what >> 2) % tables.size());
            for (String request : requests(bytes, cut)) {
                String reply = table.execute(request).replyText();
                JsonShape.check(reply);
                again(table.kind(), request);
            }
            framing(bytes, cut);
        }
        check(Coverage.steps() - before < MAX_STEPS, "took " + (Coverage.steps() - before) + " steps");
    }

    private static void attach(byte[] bytes) {
        AttachMessage message;
        try {
            message = AttachMessage.decode(bytes, bytes.length);
        } catch (AttachException refused) {
            return;
        }
        byte[] encoded = message.encode();
        try {
            check(AttachMessage.decode(encoded, encoded.length).equals(message), "another message comes back");
        } catch (AttachException e) {
            throw new AssertionError("own record refused", e);
        }
    }

    /** What was understood is understood the same way when it is written as SPP writes it. */
    private void again(ProcessKind kind, String text) {
        try {
            CommandRequest request = codec.parse(kind, CommandCodec.words(text));
            if (request.spec().allowsExtraWords()) {
                return;
            }
            CommandRequest same = codec.parse(kind, CommandCodec.words(request.wireText()));
            check(same.spec() == request.spec() && same.values().equals(request.values()), "read again: " + same);
        } catch (CommandSyntaxException refused) {
            check(!refused.getMessage().isEmpty(), "refused without a word");
        }
    }

    /** After a newline the way the bytes are cut changes nothing. */
    private static void framing(byte[] bytes, int cut) throws IOException {
        byte[] framed = new byte[bytes.length + 2];
        framed[0] = '\n';
        for (int i = 0; i < bytes.length; i++) {
            framed[i + 1] = (byte) (bytes[i] & 0x7f);
        }
        framed[framed.length - 1] = '\n';
        check(requests(framed, cut).equals(requests(framed, framed.length)), "requests depend on segments");
    }

    private static List<String> requests(byte[] bytes, int cut) throws IOException {
        InputStream pieces = new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(length, cut));
            }
        };
        RequestReader reader = new RequestReader(pieces);
        List<String> requests = new ArrayList<>();
        for (String request = reader.next(); request != null; request = reader.next()) {
            requests.add(request);
        }
        return requests;
    }

    static void check(boolean right, String what) {
        if (!right) {
            throw new AssertionError(what);
        }
    }

    @Override
    public List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        for (int kind = 0; kind < 24; kind++) {
            for (String text : List.of(
                    "status\n",
                    "patch phy:0nq1 phy:1nq1",
                    "worker start a\nworker stop a\n",
                    "hello 1 pid=17 name=nfv%201")) {
                byte[] words = text.getBytes(StandardCharsets.UTF_8);
                byte[] seed = new byte[words.length + 2];
                seed[0] = (byte) kind;
                seed[1] = (byte) (kind * 11);
                System.arraycopy(words, 0, seed, 2, words.length);
                seeds.add(seed);
            }
        }
        return seeds;
    }

    @Override
    public List<byte[]> dictionary() {
        List<byte[]> dictionary = new ArrayList<>();
        for (String word : WORDS) {
            dictionary.add((word + " ").getBytes(StandardCharsets.UTF_8));
            dictionary.add(word.getBytes(StandardCharsets.UTF_8));
        }
        return dictionary;
    }
}
