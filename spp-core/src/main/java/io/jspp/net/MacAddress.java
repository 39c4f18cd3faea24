package io.jspp.net;

/**
 * Ethernet addresses as 48-bit numbers, first byte of the wire on top: {@code 52:54:00:00:00:01} is
 * {@code 0x525400000001}. No objects per packet; any thread.
 */
public final class MacAddress {
    public static final long BROADCAST = 0xffff_ffff_ffffL;

    private static final long GROUP_BIT = 1L << 40;

    private MacAddress() {}

    /**
     * Parses six hex bytes of one or two digits joined by colons.
     *
     * @throws IllegalArgumentException with a sentence for the operator
     */
    public static long parse(String text) {
        if (!text.matches("[0-9a-fA-F]{1,2}(:[0-9a-fA-F]{1,2}){5}")) {
            String shown = text.length() > 40 ? text.substring(0, 40) + "…" : text;
            throw new IllegalArgumentException("MAC address \"" + shown.replaceAll("[^\\x20-\\x7e…]", "?")
                    + "\": six hex bytes joined by colons expected, as in 52:54:00:12:34:56");
        }
        long value = 0;
        for (String part : text.split(":")) {
            value = value << 8 | Integer.parseInt(part, 16);
        }
        return value;
    }

    /** Lower-case hex bytes joined by colons. */
    public static String format(long address) {
        StringBuilder text = new StringBuilder(17);
        for (int shift = 40; shift >= 0; shift -= 8) {
            int b = (int) (address >>> shift) & 0xff;
            text.append(Character.forDigit(b >>> 4, 16)).append(Character.forDigit(b & 15, 16));
            if (shift > 0) {
                text.append(':');
            }
        }
        return text.toString();
    }

    /** Multicast or broadcast: bit 0 of the first byte. */
    public static boolean isGroup(long address) {
        return (address & GROUP_BIT) != 0;
    }
}
