package io.jspp.control;

import java.net.InetSocketAddress;
import java.util.regex.Pattern;

/**
 * Where ctl listens, as given with {@code -s HOST:PORT}.
 *
 * @param host name, IPv4 address or IPv6 address
 * @param port 1..65535
 */
public record ControlEndpoint(String host, int port) {
    private static final Pattern DIGITS = Pattern.compile("[0-9.]+");
    private static final Pattern IPV4 = Pattern.compile("((25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(\\.(?!$)|$)){4}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]{2,45}(%[A-Za-z0-9_.-]{1,15})?");

    /**
     * Parses {@code HOST:PORT}, {@code [IPv6]:PORT}.
     *
     * @throws IllegalArgumentException with a sentence for the user
     */
    public static ControlEndpoint parse(final String text) {
        final int colon = text.lastIndexOf(':');
        if (colon <= 0) {
            throw new IllegalArgumentException(
                    "\"" + CommandCodec.printable(text) + "\" is no HOST:PORT, for instance 127.0.0.1:6666");
        }
        return new ControlEndpoint(parseHost(text.substring(0, colon)), parsePort(text.substring(colon + 1)));
    }

    /** Checks a host: a name, an IPv4 address or a bracketed IPv6 address (returned without brackets). */
    public static String parseHost(final String text) {
        if (text.startsWith("[") && text.endsWith("]")) {
            final String address = text.substring(1, text.length() - 1);
            if (IPV6.matcher(address).matches() && address.contains(":")) {
                return address;
            }
        } else if (DIGITS.matcher(text).matches()
                ? IPV4.matcher(text).matches()
                : NAME.matcher(text).matches()) {
            return text;
        }
        throw new IllegalArgumentException(
                "\"" + CommandCodec.printable(text) + "\" is no host name and no IP address (IPv6 goes in brackets)");
    }

    /** Checks a TCP port. */
    public static int parsePort(final String text) {
        try {
            final int port = Integer.parseInt(text);
            if (port >= 1 && port <= 65_535) {
                return port;
            }
        } catch (final NumberFormatException notANumber) {
            // Reported below, with the same sentence as a number out of range.
        }
        throw new IllegalArgumentException("\"" + CommandCodec.printable(text) + "\" is no TCP port (1 to 65535)");
    }

    /** Resolves the name now, so that a changed address is found at the next attempt. */
    InetSocketAddress resolve() {
        return new InetSocketAddress(host, port);
    }

    @Override
    public String toString() {
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ':' + port;
    }
}
