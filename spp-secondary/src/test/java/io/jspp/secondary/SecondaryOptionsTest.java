package io.jspp.secondary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.config.ConfigKeys;
import io.jspp.config.ProcessOptions;
import io.jspp.config.UsageException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecondaryOptionsTest {
    @TempDir
    private Path runDirectory;

    private SecondaryOptions own;

    private ProcessOptions parse(String line) {
        ProcessOptions.Parser parser =
                new ProcessOptions.Parser("nfv", "secondary", Map.of("SPP_RUN_DIR", runDirectory.toString()), file -> {
                    throw new UsageException("no file expected");
                });
        own = new SecondaryOptions(parser);
        ProcessOptions options = parser.parse(line.split(" "));
        own.finish();
        return options;
    }

    @Test
    void shouldTakeSppsCommandLine() {
        ProcessOptions options = parse("-c 0x06 -n 4 --proc-type secondary -- -n 1 -s 127.0.0.1:6666 --vhost-client");
        assertEquals(1, own.clientId());
        assertEquals(1, options.lcores().mainId());
        assertEquals("127.0.0.1:6666", options.controller().toString());
        assertTrue(options.configuration().flag(ConfigKeys.VHOST_CLIENT));
        assertEquals("adaptive", options.configuration().text(ConfigKeys.IDLE));
    }

    @Test
    void shouldTakeItsOwnWords() {
        ProcessOptions options = parse("-l 0,1 -- --client-id 127 -s [::1]:6666 --busy --fresh --wait 3");
        assertEquals(127, own.clientId());
        assertTrue(own.fresh());
        assertEquals("busy", options.configuration().text(ConfigKeys.IDLE));
        assertEquals(3, options.waitSeconds());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-l 0 -- -s 127.0.0.1:6666",
                "-l 0 -- -n 0 -s 127.0.0.1:6666",
                "-l 0 -- -n 128 -s 127.0.0.1:6666",
                "-l 0 -- -n one -s 127.0.0.1:6666",
                "-l 0 -- -n 1",
                "-l 0 -- -n 1 -s 127.0.0.1",
                "-l 0 -- -n 1 -s 127.0.0.1:6666 --what",
                "-c 0x0 -- -n 1 -s 127.0.0.1:6666",
                "-l 0 --proc-type primary -- -n 1 -s 127.0.0.1:6666"
            })
    void shouldRefuse(String line) {
        assertThrows(UsageException.class, () -> parse(line));
    }
}
