package io.jspp.controller.vmargs;

import io.jspp.net.MacAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A tap of the host as a guest's network card, beside those on vhost ports: the hypervisor opens it, the switch has no part in it.
 *
 * @param name of the interface
 * @param address IPv4 address that the hypervisor gives the tap, or empty
 * @param mask of that address, dotted, or empty
 * @param mac the card's address
 */
record Tap(String name, String address, String mask, String mac) {
    private static final String OCTET = "(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)";
    private static final Pattern FORM =
            Pattern.compile("([A-Za-z0-9_.-]{1,15})(?:=(" + OCTET + "(?:\\." + OCTET + "){3})/(\\d{1,2}))?");
    private static final int IPV4_BITS = 32;

    /**
     * Reads {@code ich0} or {@code ich0=192.168.4.2/24}.
     *
     * @param mac the card's address, as a number
     * @throws IllegalArgumentException when it is neither
     */
    static Tap parse(String text, long mac) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException("an interface, or INTERFACE=ADDRESS/LENGTH (IPv4), expected");
        }
        if (form.group(2) == null) {
            return new Tap(form.group(1), "", "", MacAddress.format(mac));
        }
        int length = Integer.parseInt(form.group(3));
        if (length > IPV4_BITS) {
            throw new IllegalArgumentException("/" + length + ": 0 to 32 expected");
        }
        return new Tap(form.group(1), form.group(2), mask(length), MacAddress.format(mac));
    }

    private static String mask(int length) {
        long bits = 0xffffffffL << IPV4_BITS - length;
        return (bits >> 24 & 0xff) + "." + (bits >> 16 & 0xff) + "." + (bits >> 8 & 0xff) + "." + (bits & 0xff);
    }
}
