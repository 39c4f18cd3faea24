package io.jspp.controller.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever is typed, the shell answers with its own error or does it; TAB never fails either. The seed is in the message. */
class ShellRandomTest extends ShellFixture {
    private static final String[] WORDS = {
        "status",
        "pri",
        "pri;",
        "nfv",
        "nfv 1;",
        "vf 2;",
        "mirror",
        "pcap 3;",
        ";",
        ";;",
        "add",
        "del",
        "patch",
        "reset",
        "forward",
        "stop",
        "clear",
        "exit",
        "phy:0",
        "ring:1",
        "vhost:2",
        "tap:",
        ":",
        "nq",
        "1",
        "-1",
        "99999999999",
        "component",
        "start",
        "port",
        "rx",
        "tx",
        "classifier_table",
        "bridge_table",
        "show",
        "flush",
        "responder",
        "print",
        "on",
        "192.168.1.2",
        "fd00::2",
        "mac",
        "default",
        "52:54:00:12:34:56",
        "server",
        "list",
        "server add 127.0.0.1:1",
        "127.0.0.1:1",
        "server del",
        "2",
        "record",
        "rec",
        "playback",
        "history",
        "redo",
        "redo 1",
        "config",
        "prompt",
        "topo_size",
        "\"$ x \"",
        "env",
        "load_cmd",
        "loop",
        "hello",
        "inspect",
        "topo",
        "term",
        "t.svg",
        "t.png",
        "t.yml",
        "x y",
        "topo_subgraph",
        "topo_subgraph add",
        "c1",
        "vhost:1,vhost:2",
        "pwd",
        "ls",
        "mkdir",
        "d",
        "cat",
        "less",
        "file",
        "help",
        "?",
        "bye",
        "-o json",
        "-o",
        "echo",
        "#",
        "//",
        "\t",
        " ",
        "$*",
        "%s",
        "\u0000",
        "\u001b[A",
        "\ud800",
        "é漢",
        "migrate",
        "launch",
        "flow",
        "--",
        "-l 1,2",
    };

    @BeforeEach
    void start() throws IOException {
        Files.createDirectory(directory.resolve("plugins"));
        Files.writeString(directory.resolve("plugins/hello.spp"), "echo $1\nnfv $2; status\n");
        Files.writeString(directory.resolve("file"), "status\nbogus\nplayback file\n");
        Files.writeString(directory.resolve("history"), "status\nnfv 1; status\n");
        shell = newShell();
        assertEquals(0, shell.run("cd " + directory));
    }

    @Test
    void shouldTakeARandomThousandOfLines() {
        run(1_000);
    }

    @Test
    @Tag("long")
    void shouldTakeTenThousandRandomLines() {
        run(10_000);
    }

    private void run(final int lines) {
        final long seed = new Random().nextLong();
        final Random random = new Random(seed);
        for (int i = 0; i < lines; i++) {
            final String line = line(random);
            try {
                shell.type(line);
            } catch (final ShellException refused) {
                assertTrue(
                        refused.getMessage() != null && !refused.getMessage().isBlank(),
                        () -> "no reason, seed " + seed + ": " + line);
            } catch (final RuntimeException | StackOverflowError crash) {
                throw new AssertionError("seed " + seed + ", line " + i + ": " + line, crash);
            }
            try {
                shell.complete(line);
            } catch (final RuntimeException crash) {
                throw new AssertionError("TAB, seed " + seed + ", line " + i + ": " + line, crash);
            }
            shell.out();
            shell.err();
        }
        assertEquals(0, shell.run("server 1", "status"));
    }

    /** Grammar mostly, noise sometimes; no way out of the directory or to other controllers, and the nfv stays. */
    private static String line(final Random random) {
        final StringBuilder line = new StringBuilder();
        for (int i = random.nextInt(6); i >= 0; i--) {
            if (random.nextInt(8) > 0) {
                line.append(WORDS[random.nextInt(WORDS.length)]);
            } else {
                for (int k = random.nextInt(12); k > 0; k--) {
                    final char c =
                            (char) (random.nextInt(20) == 0 ? random.nextInt(0x10000) : ' ' + random.nextInt(95));
                    line.append(c == '/' || c == '.' ? ';' : c);
                }
            }
            line.append(random.nextInt(5) > 0 ? " " : "");
        }
        return line.toString()
                .replaceFirst("^(\\s*)server\\s+add\\s+(?!127)", "$1server list ")
                .replaceAll("nfv\\s*1?\\s*;\\s*exit", "exit");
    }
}
