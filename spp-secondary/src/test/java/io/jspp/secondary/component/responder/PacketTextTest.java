package io.jspp.secondary.component.responder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.secondary.echo.Packets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class PacketTextTest {
    private static String text(String packet) {
        byte[] bytes = HexFormat.of().parseHex(packet);
        return PacketText.of(bytes, bytes.length, bytes.length);
    }

    /** The second ping of seL4's vm_virtio_net demonstration as its page prints it. */
    @Test
    void shouldPrintAPingAsTheDemonstrationDoes() {
        assertEquals("""
                Packet Contents:
                0:\t45 0 0 54 a2 22 40 0 40 1 15 33 c0 a8 1
                15:\t1 c0 a8 1 2 8 0 ac 8f 7d 0 0 1 73 6e
                30:\t5b 0 0 0 0 0 0 0 0 0 0 0 0 0 0
                45:\t0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
                60:\t0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
                75:\t0 0 0 0 0 0 0 0 0
                IP Header - Version: IPv4 protocol: 1 | src address: 192.168.1.1 | dest address: 192.168.1.2
                ICMP Header - Type: 8 | id: 125 | seq: 256

                """, text("45000054a222400040011533c0a80101c0a801020800ac8f7d000001736e5b00" + "00".repeat(52)));
    }

    @Test
    void shouldPrintIpv6Likewise() {
        String message = Packets.icmpv6("fd00::1", "fd00::2", "800000000100" + "0002");
        String text = text(Packets.ipv6(Packets.HOST_MAC, "fd00::1", "fd00::2", 58, 64, message)
                .substring(28));
        assertTrue(
                text.endsWith("IP Header - Version: IPv6 protocol: 58 | src address: fd00::1 | dest address: fd00::2\n"
                        + "ICMP Header - Type: 128 | id: 1 | seq: 512\n\n"),
                text);
    }

    @Test
    void shouldSayHowMuchIsLeftOut() {
        byte[] bytes = HexFormat.of().parseHex("45000054a222400040011533c0a80101c0a801020800ac8f7d000001");
        assertTrue(PacketText.of(bytes, bytes.length, 84).contains("\n… 56 more bytes\nIP Header"));
    }
}
