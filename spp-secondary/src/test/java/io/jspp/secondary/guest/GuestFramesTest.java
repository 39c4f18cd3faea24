package io.jspp.secondary.guest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GuestFramesTest {
    private static final byte[] OWN = Addresses.mac("52:54:00:00:00:01");
    private static final byte[] OTHER = Addresses.mac("52:54:00:00:00:02");
    private static final int OWN_ADDRESS = Addresses.ipv4("10.0.0.1");
    private static final int OTHER_ADDRESS = Addresses.ipv4("10.0.0.2");

    private final byte[] frame = new byte[2048];

    /** The worked example of RFC 1071 §3: words 0001 f203 f4f5 f6f7 sum to ddf2. */
    @Test
    void shouldComputeTheChecksumOfTheRfc() {
        byte[] bytes = {0x00, 0x01, (byte) 0xf2, 0x03, (byte) 0xf4, (byte) 0xf5, (byte) 0xf6, (byte) 0xf7};
        assertEquals(~0xddf2 & 0xffff, GuestFrames.checksum(bytes, 0, 8));
        assertEquals(~0xff00 & 0xffff, GuestFrames.checksum(new byte[] {(byte) 0xff}, 0, 1));
    }

    @Test
    void shouldMakeEchoRequestsThatAreValid() {
        for (int data : new int[] {0, 1, 17, 18, 56, 1472}) {
            int length = GuestFrames.putEchoRequest(frame, OTHER, OWN, OWN_ADDRESS, OTHER_ADDRESS, 77, 5, data);
            assertEquals(Math.max(60, 14 + 20 + 8 + data), length);
            assertTrue(GuestFrames.isIcmp(frame, length));
            assertTrue(GuestFrames.icmpChecksumValid(frame));
            assertEquals(0, GuestFrames.checksum(frame, 14, 34));
            assertEquals(GuestFrames.ECHO_REQUEST, GuestFrames.icmpType(frame));
            assertEquals(77, GuestFrames.echoIdentifier(frame));
            assertEquals(5, GuestFrames.echoSequence(frame));
        }
    }

    @Test
    void shouldAskForAnAddress() {
        int length = GuestFrames.putArp(frame, GuestFrames.ARP_REQUEST, OWN, OWN_ADDRESS, null, OTHER_ADDRESS);
        assertEquals(42, length);
        assertEquals(GuestFrames.ARP_REQUEST, GuestFrames.arpOperation(frame, length));
        assertArrayEquals(new byte[] {10, 0, 0, 2}, Arrays.copyOfRange(frame, 38, 42));
        assertEquals(OWN_ADDRESS, GuestFrames.arpSenderAddress(frame));
        assertArrayEquals(OWN, GuestFrames.arpSenderMac(frame));
        assertArrayEquals(new byte[] {-1, -1, -1, -1, -1, -1}, Arrays.copyOf(frame, 6));
    }

    /** Whatever comes, looking at it stays inside the frame, and what claims to be longer than the frame is no ICMP. */
    @Test
    void shouldLookAtAnyBytesWithoutHarm() {
        long seed = 42;
        Random random = new Random(seed);
        for (int i = 0; i < 200_000; i++) {
            int length = 14 + random.nextInt(60);
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            if (random.nextBoolean()) {
                bytes[12] = 8;
                bytes[13] = (byte) (random.nextBoolean() ? 0 : 6);
                if (length > 23) {
                    bytes[14] = 0x45;
                    bytes[16] = 0;
                    bytes[17] = (byte) random.nextInt(80);
                    bytes[20] = 0;
                    bytes[21] = 0;
                    bytes[23] = 1;
                }
            }
            GuestFrames.arpOperation(bytes, length);
            if (GuestFrames.isIcmp(bytes, length)) {
                assertTrue(GuestFrames.ipv4End(bytes) <= length, "seed " + seed + " frame " + i);
                GuestFrames.icmpChecksumValid(bytes);
            }
        }
    }

    @Test
    void shouldNotTakeFragmentsOrOptionsForEcho() {
        int length = GuestFrames.putEchoRequest(frame, OTHER, OWN, OWN_ADDRESS, OTHER_ADDRESS, 77, 5, 56);
        frame[20] = 0x20;
        assertFalse(GuestFrames.isIcmp(frame, length));
        frame[20] = 0x40;
        frame[14] = 0x46;
        assertFalse(GuestFrames.isIcmp(frame, length));
    }
}
