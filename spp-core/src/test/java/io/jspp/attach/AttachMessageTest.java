package io.jspp.attach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttachMessageTest {
    private static AttachMessage decode(String text) throws AttachException {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return AttachMessage.decode(bytes, bytes.length);
    }

    @Test
    void shouldReadWhatItWrites() throws AttachException {
        AttachMessage message = AttachMessage.of("error", "busy", "ring:0 tx: in use, 100 % = all → end");
        assertEquals(
                "error busy ring:0%20tx:%20in%20use,%20100%20%25%20%3D%20all%20%E2%86%92%20end", message.toString());
        assertEquals(message, decode(message.with("seq", 7).toString().replace(" seq=7", "")));
        assertEquals(7, decode(message.with("seq", 7).toString()).number("seq", 0));
    }

    @Test
    void shouldKeepAnyTextThroughARoundTrip() throws AttachException {
        long seed = 20_261_121;
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            List<String> words = new ArrayList<>(List.of("verb"));
            Map<String, String> attributes = new LinkedHashMap<>();
            for (int n = random.nextInt(4); n > 0; n--) {
                words.add("w" + text(random));
                attributes.put("k" + text(random), text(random));
            }
            AttachMessage message = new AttachMessage(words, attributes);
            byte[] bytes = message.encode();
            assertEquals(message, AttachMessage.decode(bytes, bytes.length), "seed " + seed + " round " + i);
        }
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(8); n > 0; n--) {
            text.appendCodePoint(random.nextInt(3) == 0 ? random.nextInt(0xd000) : 0x20 + random.nextInt(0x60));
        }
        return text.toString();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "a  b",
                "a =b",
                "a %",
                "a %2",
                "a %zz",
                "a %2g",
                "a b=1 b=2",
                "k=v",
                "a\nb",
                "a \u00e4",
                "a b\u0000"
            })
    void shouldRefuseMalformedRecords(String text) {
        AttachException refusal = assertThrows(AttachException.class, () -> decode(text));
        assertEquals(AttachException.MALFORMED, refusal.code());
    }

    @Test
    void shouldNeverFailOtherwiseOnRandomBytes() {
        long seed = 42;
        Random random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < 50_000; i++) {
            byte[] bytes = new byte[random.nextInt(40)];
            for (int b = 0; b < bytes.length; b++) {
                bytes[b] =
                        (byte) (random.nextInt(50) == 0 ? random.nextInt() : " %=abc0A,/:".charAt(random.nextInt(11)));
            }
            try {
                assertTrue(!AttachMessage.decode(bytes, bytes.length).words().isEmpty());
            } catch (AttachException e) {
                refused++;
            }
        }
        assertTrue(refused > 1000 && refused < 50_000, "seed " + seed + ": " + refused + " refused");
    }

    @Test
    void shouldRefuseNumbersThatAreNone() throws AttachException {
        AttachMessage message = decode("hello id=x version=99999999999999999999 epoch=12");
        assertThrows(AttachException.class, () -> message.number("id", 0));
        assertThrows(AttachException.class, () -> message.number("version", 0));
        assertEquals(12, message.number("epoch", 0));
        assertEquals(5, message.number("absent", 5));
        assertThrows(AttachException.class, () -> message.word(1));
    }
}
