package io.jspp.control;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** IPv4 and IPv6 addresses as people write them; asks no name server. Stateless. */
public final class IpAddresses {
    private static final String BYTE = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
    private static final Pattern V4 = Pattern.compile(BYTE + "([.]" + BYTE + "){3}");

    /** What begins with anything else the JDK takes for a host name, and asks for it. */
    private static final Pattern V6 = Pattern.compile("[0-9a-fA-F:][0-9a-fA-F:.]{1,44}");

    private IpAddresses() {}

    /**
     * The 4 or 16 bytes of an address.
     *
     * @throws IllegalArgumentException with a sentence for the operator
     */
    public static byte[] parse(final String text) {
        final boolean v4 = V4.matcher(text).matches();
        if (v4 || text.indexOf(':') >= 0 && V6.matcher(text).matches()) {
            try {
                final byte[] bytes = InetAddress.getByName(text).getAddress();
                if ((bytes.length == 4) == v4) { // IPv4 within IPv6 is neither
                    return bytes;
                }
            } catch (final UnknownHostException noAddress) {
                // said below
            }
        }
        throw new IllegalArgumentException("'" + CommandCodec.printable(text)
                + "' is no address: expected IPv4 as 192.168.1.2 or IPv6 as fd00::2, without prefix length");
    }

    /** The one form of an address (RFC 5952), or null when this is no address of one host. */
    static String canonicalHost(final String text) {
        try {
            final byte[] bytes = parse(text);
            return isHost(bytes) ? format(bytes) : null;
        } catch (final IllegalArgumentException noAddress) {
            return null;
        }
    }

    /** Neither unspecified nor multicast, broadcast, loopback or of IPv4's reserved rest. */
    private static boolean isHost(final byte[] address) {
        final int first = address[0] & 0xff;
        if (address.length == 4) {
            return first != 0 && first != 127 && first < 224;
        }
        int nonZero = 0;
        for (int i = 0; i < 15; i++) {
            nonZero |= address[i];
        }
        return first != 0xff && (nonZero != 0 || (address[15] & 0xff) > 1);
    }

    /** The text of 4 or 16 bytes (RFC 5952 for 16). */
    public static String format(final byte[] address) {
        final StringBuilder text = new StringBuilder(40);
        if (address.length == 4) {
            for (int i = 0; i < 4; i++) {
                text.append(i == 0 ? "" : ".").append(address[i] & 0xff);
            }
            return text.toString();
        }
        int zerosAt = -1;
        int zeros = 1; // a single one is written
        for (int i = 0; i < 8; i++) {
            int n = 0;
            while (i + n < 8 && word(address, i + n) == 0) {
                n++;
            }
            if (n > zeros) {
                zeros = n;
                zerosAt = i;
            }
        }
        for (int i = 0; i < 8; ) {
            if (i == zerosAt) {
                text.append("::");
                i += zeros;
            } else {
                text.append(text.length() == 0 || text.charAt(text.length() - 1) == ':' ? "" : ":")
                        .append(Integer.toHexString(word(address, i++)));
            }
        }
        return text.toString();
    }

    private static int word(final byte[] address, final int i) {
        return (address[2 * i] & 0xff) << 8 | address[2 * i + 1] & 0xff;
    }
}
