package io.jspp.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FlowHashTest {
    private static final String MACS = "525400000001525400000002";
    private static final String SWAPPED = "525400000002525400000001";
    private static final String A = "0a000001";
    private static final String B = "0a000002";
    private static final String A6 = "fd000000000000000000000000000001";
    private static final String B6 = "fd000000000000000000000000000002";

    private final NativeMemory memory = NativeMemory.allocate(2048);
    private final FlowHash hash = new FlowHash();

    @AfterEach
    void free() {
        memory.close();
    }

    private int of(String hex) {
        byte[] frame = HexFormat.of().parseHex(hex);
        Memory.put(memory.address(), frame, 0, frame.length);
        return hash.of(memory.address(), frame.length);
    }

    /** IPv4 with {@code options} words of no-operation options behind the header. */
    private static String v4(
            int options, String fragment, String protocol, String source, String destination, String payload) {
        return "0800" + "4" + (5 + options) + "000040" + "0000" + fragment + "40" + protocol + "0000" + source
                + destination + "01010101".repeat(options) + payload;
    }

    private static String udp4(String source, String destination, String ports) {
        return v4(0, "4000", "11", source, destination, ports + "00080000");
    }

    private static String v6(String next, String source, String destination, String payload) {
        return "86dd" + "60000000" + "0008" + next + "40" + source + destination + payload;
    }

    @Test
    void shouldBeTheSameForAllFramesOfAFlowAndItsOtherDirection() {
        int flow = of(MACS + udp4(A, B, "10002000"));
        assertEquals(flow, of(SWAPPED + udp4(B, A, "20001000")), "other direction");
        assertEquals(flow, of(MACS + "81000005" + udp4(A, B, "10002000")), "tagged");
        assertEquals(flow, of(MACS + v4(2, "0000", "11", A, B, "1000200000080000")), "with IP options");
        assertEquals(
                flow, of(MACS + v4(0, "4000", "11", A, B, "10002000").replace("0000400000", "00b8400000")), "longer");
        int flow6 = of(MACS + v6("06", A6, B6, "10002000"));
        assertEquals(flow6, of(SWAPPED + v6("06", B6, A6, "20001000")));
        assertEquals(flow6, of(MACS + v6("00", A6, B6, "0600010400000000" + "10002000")), "hop-by-hop options");
    }

    @Test
    void shouldTellFlowsApart() {
        int flow = of(MACS + udp4(A, B, "10002000"));
        assertNotEquals(flow, of(MACS + udp4(A, B, "10002001")));
        assertNotEquals(flow, of(MACS + udp4(A, B, "10012000")));
        assertNotEquals(flow, of(MACS + udp4(A, "0a000003", "10002000")));
        assertNotEquals(flow, of(MACS + udp4("0a000003", B, "10002000")));
        assertNotEquals(of(MACS + v6("11", A6, B6, "10002000")), of(MACS + v6("11", A6, B6, "10002001")));
        assertNotEquals(of(MACS + v6("3a", A6, B6, "")), of(MACS + v6("3a", A6, A6, "")));
        assertNotEquals(of(MACS + "88b5"), of(SWAPPED.substring(0, 12) + "525400000009" + "88b5"));
    }

    @Test
    void shouldKeepFragmentsTogetherByTheirAddresses() {
        int addresses = of(MACS + v4(0, "2000", "11", A, B, "1000200005dc0000"));
        assertEquals(addresses, of(MACS + v4(0, "00b9", "11", A, B, "deadbeefdeadbeef")), "last fragment");
        assertEquals(addresses, of(MACS + v4(0, "4000", "01", B, A, "0800f7ff00000000")), "ICMP has no ports");
        assertEquals(addresses, of(MACS + v4(0, "4000", "11", A, B, "")), "cut before the ports");
        String first = "1100" + "0001" + "00000001";
        String second = "1100" + "05d0" + "00000001";
        int fragment = of(MACS + v6("2c", A6, B6, first + "1000200005dc0000"));
        assertEquals(fragment, of(MACS + v6("2c", A6, B6, second + "deadbeef")));
        assertEquals(fragment, of(MACS + v6("3a", A6, B6, "80000000")));
    }

    @Test
    void shouldUseTheMacAddressesOfWhatIsNotIp() {
        int arp = of(MACS + "0806" + "0001080006040001");
        assertEquals(arp, of(SWAPPED + "0806" + "0001080006040002"));
        assertEquals(arp, of(MACS + "88b5"));
        assertEquals(arp, of(MACS + "0800" + "66"), "says IPv4 and is not");
    }

    @Test
    void shouldSpreadNeighboursEvenly() {
        int queues = 4;
        int flows = 4096;
        int[] byPort = new int[queues];
        int[] byAddress = new int[queues];
        int[] byBoth = new int[queues];
        for (int i = 0; i < flows; i++) {
            byPort[of(MACS + udp4(A, B, String.format("%04x2000", 1024 + i))) & queues - 1]++;
            byAddress[of(MACS + v4(0, "0000", "01", String.format("0a00%04x", i), B, "")) & queues - 1]++;
            String host = String.format("0a0000%02x", i & 255);
            byBoth[of(MACS + udp4(host, String.format("0a0001%02x", i & 255), "10002000")) & queues - 1]++;
        }
        for (int[] counts : new int[][] {byPort, byAddress}) {
            for (int count : counts) {
                assertTrue(count > flows / queues * 0.8 && count < flows / queues * 1.2, () -> Arrays.toString(counts));
            }
        }
        for (int count : byBoth) {
            assertTrue(count > flows / queues / 2, () -> Arrays.toString(byBoth));
        }
    }

    @Test
    void shouldTakeAnyBytes() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[] frame = new byte[200];
        String[] starts = {"0800", "86dd", "8100", "88a8", "080045", "86dd60"};
        for (int i = 0; i < 100_000; i++) {
            random.nextBytes(frame);
            byte[] start = HexFormat.of().parseHex(starts[random.nextInt(starts.length)]);
            System.arraycopy(start, 0, frame, 12, start.length);
            int length = 14 + random.nextInt(frame.length - 13);
            Memory.put(memory.address(), frame, 0, frame.length);
            int whole = hash.of(memory.address(), length);
            assertEquals(whole, hash.of(memory.address(), length), "seed " + seed);
            if (length >= FlowHash.HEADER_BYTES) {
                assertEquals(whole, hash.of(memory.address(), FlowHash.HEADER_BYTES), "seed " + seed);
            }
        }
    }
}
