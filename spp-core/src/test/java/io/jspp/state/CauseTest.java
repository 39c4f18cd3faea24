package io.jspp.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.testing.ProjectHome;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class CauseTest {
    @Test
    void shouldFillInParticularsOnceWhateverTheyContain() {
        Reason reason = Cause.SOCKET_PERMISSION.of("bind {1}", "/run/{0}");
        assertEquals("no permission for the socket: bind {1}", reason.text());
        assertTrue(reason.next().startsWith("ls -ld /run/{0}: "), reason.next());
        assertSame(Reason.NONE, Cause.NONE.of("anything"));
    }

    @Test
    void shouldHaveACodeOfItsOwnForEach() {
        List<String> codes = Arrays.stream(Cause.values()).map(Cause::code).toList();
        assertEquals(codes.size(), codes.stream().distinct().count(), codes.toString());
        Arrays.stream(Cause.values())
                .filter(cause -> cause != Cause.NONE)
                .forEach(cause -> assertEquals(cause.name().toLowerCase(java.util.Locale.ROOT), cause.code()));
    }

    /** The table of docs/ports.md has a row for each, in this order. */
    @Test
    void shouldAllBeDocumented() throws IOException {
        String document = Files.readString(ProjectHome.directory().resolve("docs/ports.md"));
        List<String> documented = Pattern.compile("^\\| `([a-z_]+)` \\|", Pattern.MULTILINE)
                .matcher(document)
                .results()
                .map((MatchResult row) -> row.group(1))
                .toList();
        List<String> codes = Arrays.stream(Cause.values())
                .filter(c -> c != Cause.NONE)
                .map(Cause::code)
                .toList();
        assertEquals(codes, documented);
    }
}
