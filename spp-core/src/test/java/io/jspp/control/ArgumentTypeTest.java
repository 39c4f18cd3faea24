package io.jspp.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArgumentTypeTest {
    @ParameterizedTest
    @CsvSource({
        "ring:0, ring:0, ring:0",
        "vhost:12, vhost:12, vhost:12",
        "phy:0nq1, phy:0nq1, phy:0 nq 1",
        "phy:0 nq 1, phy:0nq1, phy:0 nq 1",
        "ring:007, ring:7, ring:7",
    })
    void shouldGiveTheCanonicalAndTheReadableFormOfAPort(
            final String text, final String canonical, final String shown) {
        assertEquals(canonical, ArgumentType.PORT.parse(text));
        assertEquals(shown, ArgumentType.PORT.display(canonical));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ring",
                "ring:",
                ":0",
                "ring:x",
                "ring:-1",
                "ring:0/",
                "vhost:99999999999",
                "vhost:65536",
                "tap:../../x",
                "pcap:/etc/passwd",
                "phy:",
                "phy:0nq",
                "phy:0nq99999999999",
                "vhost:0x1",
                "vhost: 1",
                "phy:0 nq  1",
                "Ring:0",
                "ring:0\n",
                "ring:\u0661",
                "averyveryverylongtypename:0",
            })
    void shouldRefuseWhatIsNoPort(final String text) {
        assertThrows(IllegalArgumentException.class, () -> ArgumentType.PORT.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a b", "a;b", "<script>", "\u202eabc", "\u001b[31m", "a\nb"})
    void shouldRefuseNamesWithOtherCharacters(final String text) {
        assertThrows(IllegalArgumentException.class, () -> ArgumentType.name().parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"4096", "-1", "x", "", "1.0", "99999999999"})
    void shouldRefuseNumbersOutOfRange(final String text) {
        final ArgumentType vid = ArgumentType.integer(0, 4095);
        final IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, () -> vid.parse(text));
        assertEquals("a number from 0 to 4095", refusal.getMessage());
    }
}
