package io.jspp.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameHeadersTest {
    private static final String ADDRESSES = "525400000002525400000001";
    private final NativeMemory memory = NativeMemory.allocate(2048);
    private final FrameHeaders headers = new FrameHeaders();

    @AfterEach
    void free() {
        memory.close();
    }

    private boolean parse(String hex) {
        byte[] bytes = HexFormat.of().parseHex(ADDRESSES + hex);
        Memory.put(memory.address(), bytes, 0, bytes.length);
        return headers.parse(memory.address(), bytes.length);
    }

    @Test
    void shouldFindTcpBehindTwoTags() {
        assertTrue(
                parse("88a80064" + "81000065" + "0800" + "46000020000040004006000001020304050607080000000000500051"));
        assertEquals(2, headers.tags);
        assertEquals(4, headers.ipVersion);
        assertEquals(6, headers.protocol);
        assertEquals(22, headers.networkOffset);
        assertEquals(22 + 24, headers.transportOffset);
        assertFalse(headers.fragment);
    }

    @Test
    void shouldWalkIpv6ExtensionHeaders() {
        String addresses = "00".repeat(32);
        assertTrue(parse("86dd" + "600000000018" + "0040" + addresses + "3c00000000000000" + "1101000000000000"
                + "00".repeat(8)));
        assertEquals(17, headers.protocol);
        assertEquals(14 + 40 + 8 + 16, headers.transportOffset);
    }

    @Test
    void shouldSeeFragments() {
        assertTrue(parse("0800" + "4500001c00012000401100000102030405060708" + "00".repeat(8)));
        assertTrue(headers.fragment);
        assertTrue(parse("86dd" + "600000000010" + "2c40" + "00".repeat(32) + "1100000100000001" + "00".repeat(8)));
        assertTrue(headers.fragment);
        assertEquals(17, headers.protocol);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "08",
                "8100",
                "0800",
                "08004500",
                "080055000014000000004006000001020304", // version 5
                "0800440000140000000040060000010203040506070800", // header of 16 bytes
                "08004f000014000000004006000001020304050607080000", // header beyond the end
                "86dd600000",
            })
    void shouldRefuseWhatContradictsItself(String hex) {
        assertFalse(parse(hex));
    }

    @Test
    void shouldStayInsideForRandomBytes() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        byte[] bytes = new byte[200];
        int[] types = {0x0800, 0x86dd, 0x8100, 0x88a8};
        for (int round = 0; round < 100_000; round++) {
            random.nextBytes(bytes);
            int length = random.nextInt(bytes.length);
            int type = types[random.nextInt(types.length)];
            bytes[12] = (byte) (type >>> 8);
            bytes[13] = (byte) type;
            bytes[14] = (byte) (random.nextBoolean() ? 0x45 : 0x60);
            Memory.put(memory.address(), bytes, 0, length);
            if (headers.parse(memory.address(), length) && headers.protocol >= 0) {
                assertTrue(headers.transportOffset <= length && headers.networkOffset < headers.transportOffset);
            }
        }
    }

    @Test
    void shouldReadAndWriteAddressesAndTags() {
        long mac = MacAddress.parse("52:54:0:12:34:ff");
        assertEquals("52:54:00:12:34:ff", MacAddress.format(mac));
        assertThrows(IllegalArgumentException.class, () -> MacAddress.parse("52-54-00-12-34-56"));
        assertTrue(MacAddress.isGroup(MacAddress.BROADCAST));
        assertFalse(MacAddress.isGroup(mac));
        long frame = memory.address() + 64;
        EthernetHeader.putDestination(frame, mac);
        EthernetHeader.putSource(frame, mac + 1);
        EthernetHeader.putEtherType(frame, 0x0800);
        long tagged = VlanTag.insertBefore(frame, VlanTag.TPID_8021Q, VlanTag.tci(5, 100));
        assertEquals(mac, EthernetHeader.destination(tagged));
        assertEquals(mac + 1, EthernetHeader.source(tagged));
        assertEquals(0x8100, EthernetHeader.etherType(tagged));
        assertEquals(100, VlanTag.vid(VlanTag.tci(tagged)));
        assertEquals(5, VlanTag.pcp(VlanTag.tci(tagged)));
        assertEquals(0x0800, BigEndian.getShort(tagged + 16));
    }
}
