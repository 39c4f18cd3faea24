package io.jspp.control;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetAddress;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressesTest {
    /** RFC 5952 §4. */
    @ParameterizedTest
    @CsvSource({
        "192.168.1.2, 192.168.1.2",
        "2001:0db8::0001, 2001:db8::1",
        "2001:db8:0:0:0:0:2:1, 2001:db8::2:1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "FE80::AB, fe80::ab",
        "fd00::, fd00::",
        "::1:2, ::1:2"
    })
    void shouldHaveOneTextPerAddress(final String text, final String canonical) {
        assertEquals(canonical, ArgumentType.HOST.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1.2.3",
                "1.2.3.4.5",
                "01.2.3.4",
                "256.1.1.1",
                "1.2.3.4/24",
                "fd00::1/64",
                "fe80::1%eth0",
                ":::",
                "1::2::3",
                "12345::",
                "localhost",
                "::ffff:1.2.3.4",
                "[::1]",
                "a.b:c"
            })
    void shouldRefuseWhatIsNone(final String text) {
        assertThrows(IllegalArgumentException.class, () -> IpAddresses.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "127.0.0.1", "224.0.0.1", "255.255.255.255", "::", "::1", "ff02::1"})
    void shouldRefuseWhatIsNoHost(final String text) {
        IpAddresses.parse(text);
        assertThrows(IllegalArgumentException.class, () -> ArgumentType.HOST.parse(text));
    }

    @Test
    void shouldReadWhatItWrites() throws Exception {
        final SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 20_000; i++) {
            final byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
            for (int at = 0; at < bytes.length; at++) {
                bytes[at] = random.nextInt(3) == 0 ? (byte) random.nextInt() : 0;
            }
            if (bytes.length == 16) {
                bytes[0] = 0x20; // no IPv4 within IPv6
            }
            final String text = IpAddresses.format(bytes);
            assertArrayEquals(bytes, IpAddresses.parse(text), text);
            assertArrayEquals(bytes, InetAddress.getByName(text).getAddress(), text);
        }
    }
}
