package io.jspp.secondary.echo;

import io.jspp.control.IpAddresses;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/** Frames as hex text, and checksums computed in the plainest way, apart from the product's. */
public final class Packets {
    public static final String HOST_MAC = "525400000002";
    public static final String PEER_MAC = "52540000000a";
    public static final String BROADCAST = "ffffffffffff";

    private static final HexFormat HEX = HexFormat.of();

    private Packets() {}

    public static String ip(String address) {
        return HEX.formatHex(IpAddresses.parse(address));
    }

    /** An ARP request. */
    public static String arp(String destination, String sender, String target) {
        return destination + PEER_MAC + "0806" + "0001080006040001" + PEER_MAC + ip(sender) + "000000000000"
                + ip(target) + "00".repeat(18);
    }

    /** Ethernet and IPv4 header with checksum; {@code options} and {@code payload} in hex. */
    public static String ipv4(String source, String destination, int protocol, String options, String payload) {
        int words = 5 + options.length() / 8;
        String header =
                String.format("%02x00%04xa192400040%02x0000", 0x40 | words, words * 4 + payload.length() / 2, protocol)
                        + ip(source)
                        + ip(destination)
                        + options;
        return HOST_MAC + PEER_MAC + "0800" + withSum(header, 10, "") + payload;
    }

    /** An ICMP echo message. */
    public static String echo(int type, String data) {
        return withSum(String.format("%02x0000007d000001", type) + data, 2, "");
    }

    /** Ethernet and IPv6 header; hop limit and payload as given. */
    public static String ipv6(String mac, String source, String destination, int next, int hopLimit, String payload) {
        return mac + PEER_MAC + "86dd" + String.format("60000000%04x%02x%02x", payload.length() / 2, next, hopLimit)
                + ip(source) + ip(destination) + payload;
    }

    /** An ICMPv6 message with its checksum. */
    public static String icmpv6(String source, String destination, String message) {
        String pseudo = ip(source) + ip(destination) + String.format("%08x0000003a", message.length() / 2);
        return withSum(message, 2, pseudo);
    }

    /** Puts the checksum of {@code pseudo} and {@code text} at a byte of {@code text}. */
    public static String withSum(String text, int at, String pseudo) {
        byte[] bytes = HEX.parseHex(text);
        bytes[at] = 0;
        bytes[at + 1] = 0;
        int sum = sum(HEX.parseHex(pseudo + HEX.formatHex(bytes)));
        ByteBuffer.wrap(bytes).putShort(at, (short) ~sum);
        return HEX.formatHex(bytes);
    }

    /** Whether text with its checksum is consistent. */
    public static boolean isRight(String text) {
        return sum(HEX.parseHex(text)) == 0xffff;
    }

    private static int sum(byte[] bytes) {
        int sum = 0;
        for (int i = 0; i < bytes.length; i += 2) {
            sum += (bytes[i] & 0xff) << 8 | (i + 1 < bytes.length ? bytes[i + 1] & 0xff : 0);
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return sum;
    }
}
