package io.jspp.secondary.echo;

import static io.jspp.secondary.echo.Packets.BROADCAST;
import static io.jspp.secondary.echo.Packets.HOST_MAC;
import static io.jspp.secondary.echo.Packets.PEER_MAC;
import static io.jspp.secondary.echo.Packets.ip;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.control.IpAddresses;
import io.jspp.memory.Memory;
import io.jspp.memory.NativeMemory;
import io.jspp.net.Offload;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which frames are answered, and with what: RFC 826, 792, 4443, 4861. */
class EchoHostTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final String OWN = "192.168.1.2";
    private static final String PEER = "192.168.1.1";
    private static final String OWN6 = "fd00::2";
    private static final String PEER6 = "fd00::1";
    private static final String SOLICITED = "ff02::1:ff00:2";
    private static final String SOLICITED_MAC = "3333ff000002";
    private static final int ICMP = 1;
    private static final int ICMPV6 = 58;
    private static final String DATA = "000102030405060708090a0b0c0d0e0f10111213141516";

    private final NativeMemory memory = NativeMemory.allocate(70_000);
    private final EchoHost host = new EchoHost();
    private final HostAddresses addresses = addresses(OWN, OWN6);

    @AfterEach
    void close() {
        memory.close();
    }

    private static HostAddresses addresses(String... all) {
        Map<ByteBuffer, Long> macs = new LinkedHashMap<>();
        for (String address : all) {
            macs.put(ByteBuffer.wrap(IpAddresses.parse(address)), Long.parseLong(HOST_MAC, 16));
        }
        return new HostAddresses(macs);
    }

    private Verdict judge(String frame) {
        return judge(frame, Offload.NONE);
    }

    private Verdict judge(String frame, long offload) {
        byte[] bytes = HEX.parseHex(frame);
        Memory.put(memory.address(), bytes, 0, bytes.length);
        Memory.fill(memory.address() + bytes.length, 200, (byte) 0xee);
        return host.judge(memory.address(), bytes.length, offload, addresses);
    }

    private String answer(Verdict expected, String frame) {
        assertEquals(expected, judge(frame));
        return answer();
    }

    private String answer() {
        host.answer();
        byte[] bytes = new byte[host.answerLength()];
        Memory.get(host.answerAddress(), bytes, 0, bytes.length);
        return HEX.formatHex(bytes);
    }

    /** The first packet of seL4's vm_virtio_net demonstration. */
    @Test
    void shouldAnswerARealPing() {
        String packet =
                "45000054a19240004001" + "15c3" + "c0a80101c0a80102" + "080060657d000000cf994b00" + "00".repeat(52);
        String frame = HOST_MAC + PEER_MAC + "0800" + packet;
        String answer = answer(Verdict.PING4, frame);
        assertEquals(PEER_MAC + HOST_MAC + "0800", answer.substring(0, 28));
        assertEquals("45000054000040004001", answer.substring(28, 48));
        assertEquals("c0a80102c0a80101" + "0000", answer.substring(52, 72));
        assertEquals("7d000000cf994b00" + "00".repeat(52), answer.substring(76));
        assertTrue(Packets.isRight(answer.substring(28, 68)));
        assertTrue(Packets.isRight(answer.substring(68)));
    }

    @Test
    void shouldAnswerArp() {
        for (String destination : List.of(BROADCAST, HOST_MAC)) {
            String answer = answer(Verdict.ARP, Packets.arp(destination, PEER, OWN));
            assertEquals(
                    PEER_MAC + HOST_MAC + "0806" + "0001080006040002" + HOST_MAC + ip(OWN) + PEER_MAC + ip(PEER)
                            + "00".repeat(18),
                    answer);
        }
        // a probe: RFC 5227
        String probe = answer(Verdict.ARP, Packets.arp(BROADCAST, "0.0.0.0", OWN));
        assertEquals(PEER_MAC + "00000000", probe.substring(64, 84));
        assertEquals(Verdict.NOT_OURS, judge(Packets.arp("525400000099", PEER, OWN)));
        assertEquals(Verdict.NOT_OURS, judge(Packets.arp(BROADCAST, PEER, "192.168.1.3")));
        assertEquals(Verdict.MALFORMED, judge(Packets.arp(BROADCAST, PEER, OWN).substring(0, 82)));
        assertEquals(
                Verdict.MALFORMED,
                judge(Packets.arp(BROADCAST, PEER, OWN).replace("0001" + PEER_MAC, "0001" + "01005e000001")));
    }

    @Test
    void shouldKeepTheTag() {
        String frame = Packets.ipv4(PEER, OWN, ICMP, "", Packets.echo(8, DATA));
        String tagged = frame.substring(0, 24) + "8100e065" + frame.substring(24);
        String answer = answer(Verdict.PING4, tagged);
        assertEquals(PEER_MAC + HOST_MAC + "8100e0650800", answer.substring(0, 36));
        String plain = answer(Verdict.PING4, frame);
        assertEquals(plain.substring(28), answer.substring(36));
    }

    @Test
    void shouldNotSendOptionsBack() {
        String message = Packets.echo(8, DATA);
        for (String options : List.of("94040000", "01010101".repeat(10))) {
            String frame = Packets.ipv4(PEER, OWN, ICMP, options, message);
            String tagged = frame.substring(0, 24) + "81000005" + frame.substring(24);
            String expected = answer(Verdict.PING4, Packets.ipv4(PEER, OWN, ICMP, "", message));
            assertEquals(expected, answer(Verdict.PING4, frame));
            assertEquals(
                    expected.substring(0, 24) + "81000005" + expected.substring(24), answer(Verdict.PING4, tagged));
        }
    }

    /** What pads a short frame is not sent back, nor anything else that lies behind. */
    @Test
    void shouldPadWithZeros() {
        String frame = Packets.ipv4(PEER, OWN, ICMP, "", Packets.echo(8, "aa")) + "77".repeat(17);
        String answer = answer(Verdict.PING4, frame);
        assertEquals(120, answer.length());
        assertEquals("aa" + "00".repeat(17), answer.substring(84));
        assertEquals(29, host.packetLength());
    }

    @Test
    void shouldAnswerPingsOverIpv6() {
        String message = Packets.icmpv6(PEER6, OWN6, "800000007d000001" + DATA);
        String answer = answer(Verdict.PING6, Packets.ipv6(HOST_MAC, PEER6, OWN6, ICMPV6, 3, message));
        String expected = Packets.icmpv6(OWN6, PEER6, "810000007d000001" + DATA);
        assertEquals(
                PEER_MAC + HOST_MAC + "86dd" + String.format("60000000%04x3a40", expected.length() / 2) + ip(OWN6)
                        + ip(PEER6) + expected,
                answer);
    }

    @Test
    void shouldAdvertiseItsAddress() {
        String question = "8700000000000000" + ip(OWN6) + "0101" + PEER_MAC;
        String advertisement = "88000000%s" + ip(OWN6) + "0201" + HOST_MAC;
        for (String[] to : new String[][] {{SOLICITED_MAC, SOLICITED}, {HOST_MAC, OWN6}}) {
            String answer = answer(
                    Verdict.SOLICITATION,
                    Packets.ipv6(to[0], PEER6, to[1], ICMPV6, 255, Packets.icmpv6(PEER6, to[1], question)));
            String message = Packets.icmpv6(OWN6, PEER6, String.format(advertisement, "60000000"));
            assertEquals(PEER_MAC + HOST_MAC + "86dd6000000000203aff" + ip(OWN6) + ip(PEER6) + message, answer);
        }
        // duplicate address detection: RFC 4861 §7.2.4
        String probe = "8700000000000000" + ip(OWN6);
        String answer = answer(
                Verdict.SOLICITATION,
                Packets.ipv6(SOLICITED_MAC, "::", SOLICITED, ICMPV6, 255, Packets.icmpv6("::", SOLICITED, probe)));
        String message = Packets.icmpv6(OWN6, "ff02::1", String.format(advertisement, "20000000"));
        assertEquals("333300000001" + HOST_MAC + "86dd6000000000203aff" + ip(OWN6) + ip("ff02::1") + message, answer);
    }

    @Test
    void shouldRefuseSolicitationsAsTheRfcDoes() {
        String question = "8700000000000000" + ip(OWN6) + "0101" + PEER_MAC;
        assertEquals(Verdict.MALFORMED, solicit(PEER6, SOLICITED, 254, question)); // came through a router
        assertEquals(Verdict.MALFORMED, solicit("::", SOLICITED, 255, question)); // no source, and its address
        assertEquals(Verdict.MALFORMED, solicit("::", OWN6, 255, question.substring(0, 48)));
        assertEquals(Verdict.MALFORMED, solicit("ff02::1", SOLICITED, 255, question));
        assertEquals(Verdict.MALFORMED, solicit(PEER6, SOLICITED, 255, question.substring(0, 40)));
        assertEquals(Verdict.MALFORMED, solicit(PEER6, SOLICITED, 255, question.replace("87000000", "87010000")));
        assertEquals(
                Verdict.MALFORMED,
                solicit(PEER6, SOLICITED, 255, question.replace("0101" + PEER_MAC, "0100000000000000")));
        assertEquals(
                Verdict.MALFORMED,
                solicit(PEER6, SOLICITED, 255, question.replace("0101" + PEER_MAC, "0102" + PEER_MAC)));
        assertEquals(Verdict.MALFORMED, solicit(PEER6, SOLICITED, 255, question + "01"));
        assertEquals(Verdict.NOT_OURS, solicit(PEER6, "ff02::1:ff00:3", 255, question));
        assertEquals(Verdict.NOT_OURS, solicit(PEER6, SOLICITED, 255, question.replace(ip(OWN6), ip("fd00::1:2"))));
        String right = Packets.icmpv6(PEER6, SOLICITED, question);
        assertEquals(
                Verdict.BAD_CHECKSUM,
                judge(Packets.ipv6(
                        SOLICITED_MAC,
                        PEER6,
                        SOLICITED,
                        ICMPV6,
                        255,
                        right.replace("0101" + PEER_MAC, "0101" + HOST_MAC))));
    }

    private Verdict solicit(String source, String destination, int hopLimit, String message) {
        return judge(Packets.ipv6(
                SOLICITED_MAC, source, destination, ICMPV6, hopLimit, Packets.icmpv6(source, destination, message)));
    }

    @ParameterizedTest
    @CsvSource({
        "192.168.1.1, 192.168.1.3", // not ours
        "192.168.1.1, 192.168.1.255",
        "0.0.0.0, 192.168.1.2",
        "127.0.0.1, 192.168.1.2",
        "224.0.0.1, 192.168.1.2", // an answer would go to many
        "255.255.255.255, 192.168.1.2",
    })
    void shouldNotAnswerOthersNorMany(String source, String destination) {
        assertEquals(Verdict.NOT_OURS, judge(Packets.ipv4(source, destination, ICMP, "", Packets.echo(8, DATA))));
    }

    @Test
    void shouldOnlyAnswerWhatIsSentToItsOwnMac() {
        String frame = Packets.ipv4(PEER, OWN, ICMP, "", Packets.echo(8, DATA));
        assertEquals(Verdict.NOT_OURS, judge(frame.replace(HOST_MAC, BROADCAST)));
        assertEquals(Verdict.NOT_OURS, judge(frame.replace(HOST_MAC, "525400000003")));
        assertEquals(Verdict.NOT_OURS, judge(frame.replace(PEER_MAC, "01005e000001")));
    }

    @Test
    void shouldOnlyAnswerPings() {
        assertEquals(Verdict.NOT_OURS, judge(Packets.ipv4(PEER, OWN, 17, "", Packets.echo(8, DATA))));
        assertEquals(Verdict.NOT_OURS, judge(Packets.ipv4(PEER, OWN, ICMP, "", Packets.echo(0, DATA))));
        assertEquals(
                Verdict.NOT_OURS,
                judge(Packets.ipv4(PEER, OWN, ICMP, "", Packets.withSum("08010000" + DATA + "00", 2, ""))));
        assertEquals(Verdict.NOT_OURS, judge(HOST_MAC + PEER_MAC + "88cc" + DATA));
        String message = Packets.icmpv6(PEER6, OWN6, "810000007d000001");
        assertEquals(Verdict.NOT_OURS, judge(Packets.ipv6(HOST_MAC, PEER6, OWN6, ICMPV6, 64, message)));
        assertEquals(Verdict.NOT_OURS, judge(Packets.ipv6(HOST_MAC, PEER6, OWN6, 17, 64, message)));
        assertEquals(Verdict.NOT_OURS, judge(Packets.ipv6(HOST_MAC, PEER6, "fd00::3", ICMPV6, 64, message)));
    }

    @Test
    void shouldSayWhyItDoesNotAnswer() {
        String frame = Packets.ipv4(PEER, OWN, ICMP, "", Packets.echo(8, DATA));
        assertEquals(Verdict.BAD_CHECKSUM, judge(frame.replace(DATA, DATA.replace("0f", "0e"))));
        assertEquals(Verdict.BAD_CHECKSUM, judge(frame.replace("a1924000", "a1934000")));
        String header = frame.substring(28, 68);
        String fragment = Packets.withSum(header.replace("a1924000", "a1922000"), 10, "");
        assertEquals(Verdict.FRAGMENT, judge(frame.replace(header, fragment)));
        String later = Packets.withSum(header.replace("a1924000", "a1920010"), 10, "");
        assertEquals(Verdict.FRAGMENT, judge(frame.replace(header, later)));
        assertEquals(
                Verdict.FRAGMENT,
                judge(Packets.ipv6(HOST_MAC, PEER6, OWN6, 44, 64, "3a000001" + "00000001" + "8000aaaa7d000001")));
        for (int cut = 2; cut < 60; cut += 2) {
            Verdict verdict = judge(frame.substring(0, frame.length() - cut));
            assertEquals(Verdict.MALFORMED, verdict, cut + " cut");
        }
        assertEquals(Verdict.MALFORMED, judge(frame.replace("08004500", "08004400")));
        assertEquals(Verdict.MALFORMED, judge(frame.replace("08004500", "08006500")));
        assertEquals(Verdict.MALFORMED, judge(Packets.ipv4(PEER, OWN, ICMP, "", "08000000")));
    }

    /** The checksum of a sender who leaves it to his device is not looked at; where it lies, is. */
    @Test
    void shouldCompleteWhatTheSenderLeftOpen() {
        String frame = Packets.ipv4(PEER, OWN, ICMP, "", Packets.echo(8, DATA));
        String expected = answer(Verdict.PING4, frame);
        String open = frame.replace(Packets.echo(8, DATA), "0800beef7d000001" + DATA);
        assertEquals(Verdict.PING4, judge(open, Offload.pack(Offload.F_NEEDS_CSUM, 0, 0, 34, 2)));
        assertEquals(expected, answer());
        assertEquals(Verdict.MALFORMED, judge(open, Offload.pack(Offload.F_NEEDS_CSUM, 0, 0, 34, 6)));
        assertEquals(Verdict.MALFORMED, judge(open, Offload.pack(Offload.F_NEEDS_CSUM, 0, 0, 14, 2)));
        assertEquals(Verdict.MALFORMED, judge(open, Offload.pack(Offload.F_NEEDS_CSUM, Offload.GSO_TCPV4, 100, 34, 2)));
    }

    @Test
    void shouldFindEachOfManyAddresses() {
        Map<ByteBuffer, Long> macs = new LinkedHashMap<>();
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 1000; i++) {
            byte[] address = new byte[i % 2 == 0 ? 4 : 16];
            random.nextBytes(address);
            macs.put(ByteBuffer.wrap(address), (long) i);
        }
        HostAddresses many = new HostAddresses(macs);
        macs.forEach((address, mac) -> assertEquals(
                mac,
                address.remaining() == 4
                        ? many.find4(address.getInt(0))
                        : many.find6(address.getLong(0), address.getLong(8))));
        assertEquals(HostAddresses.ABSENT, many.find4(0x0a00_0001));
        assertEquals(HostAddresses.ABSENT, HostAddresses.NONE.find6(1, 2));
    }

    /** Whatever comes: no harm, and each answer is a right one of no more bytes than there is room for. */
    @Test
    void shouldStayWithinTheFrameWhateverComes() {
        List<String> good = List.of(
                Packets.arp(BROADCAST, PEER, OWN),
                Packets.ipv4(PEER, OWN, ICMP, "", Packets.echo(8, DATA)),
                Packets.ipv4(PEER, OWN, ICMP, "01010101".repeat(4), Packets.echo(8, DATA)),
                Packets.ipv6(HOST_MAC, PEER6, OWN6, ICMPV6, 64, Packets.icmpv6(PEER6, OWN6, "800000007d000001")),
                Packets.ipv6(
                        SOLICITED_MAC,
                        PEER6,
                        SOLICITED,
                        ICMPV6,
                        255,
                        Packets.icmpv6(PEER6, SOLICITED, "8700000000000000" + ip(OWN6) + "0101" + PEER_MAC)));
        long seed = 20261121;
        SplittableRandom random = new SplittableRandom(seed);
        int answered = 0;
        for (int n = 0; n < 200_000; n++) {
            byte[] bytes = HEX.parseHex(good.get(random.nextInt(good.size())));
            int length = random.nextInt(4) == 0 ? 14 + random.nextInt(bytes.length - 13) : bytes.length;
            for (int change = random.nextInt(4); change > 0; change--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            Memory.put(memory.address(), bytes, 0, length);
            Memory.fill(memory.address() + length, 200, (byte) 0xee);
            long offload = random.nextInt(4) == 0
                    ? Offload.pack(Offload.F_NEEDS_CSUM, 0, 0, random.nextInt(80), random.nextInt(20))
                    : Offload.NONE;
            Verdict verdict = host.judge(memory.address(), length, offload, addresses);
            if (!verdict.isAnswered()) {
                continue;
            }
            answered++;
            String answer = answer();
            String what = "seed " + seed + ", " + n + ": " + HEX.formatHex(bytes, 0, length);
            int room = Math.max(length + 8, EchoHost.MIN_ROOM);
            assertTrue(host.answerAddress() + host.answerLength() <= memory.address() + room, what);
            assertEquals(HOST_MAC, answer.substring(12, 24), what);
            int l3 = answer.startsWith("8100", 24) ? 18 : 14;
            if (verdict == Verdict.PING4) {
                int total = Integer.parseInt(answer.substring(2 * l3 + 4, 2 * l3 + 8), 16);
                assertTrue(Packets.isRight(answer.substring(2 * l3, 2 * l3 + 40)), what);
                assertTrue(Packets.isRight(answer.substring(2 * l3 + 40, 2 * (l3 + total))), what);
            } else if (verdict != Verdict.ARP) {
                int payload = Integer.parseInt(answer.substring(2 * l3 + 8, 2 * l3 + 12), 16);
                String pseudo = answer.substring(2 * l3 + 16, 2 * l3 + 80) + String.format("%08x0000003a", payload);
                assertTrue(Packets.isRight(pseudo + answer.substring(2 * l3 + 80, 2 * (l3 + 40 + payload))), what);
            }
        }
        assertTrue(answered > 10_000, answered + " answered");
    }
}
