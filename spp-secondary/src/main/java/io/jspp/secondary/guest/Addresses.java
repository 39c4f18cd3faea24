package io.jspp.secondary.guest;

import java.util.Arrays;
import java.util.Locale;

/** MAC and IPv4 addresses as people write them. */
final class Addresses {
    private Addresses() {}

    /** {@code 52:54:00:00:00:01}, a unicast address. */
    static byte[] mac(String text) {
        String[] parts = text.split(":", -1);
        if (parts.length != 6) {
            throw new IllegalArgumentException("'" + text + "' is no MAC address (six bytes like 52:54:00:00:00:01)");
        }
        byte[] mac = new byte[6];
        for (int i = 0; i < 6; i++) {
            if (!parts[i].matches("[0-9a-fA-F]{1,2}")) {
                throw new IllegalArgumentException(
                        "'" + text + "' is no MAC address (six bytes like 52:54:00:00:00:01)");
            }
            mac[i] = (byte) Integer.parseInt(parts[i], 16);
        }
        return mac;
    }

    static String macText(byte[] mac) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 6; i++) {
            text.append(i == 0 ? "" : ":").append(String.format(Locale.ROOT, "%02x", mac[i]));
        }
        return text.toString();
    }

    /** {@code 10.0.0.1}, optionally with a prefix length that is ignored: the guest takes every address as on-link. */
    static int ipv4(String text) {
        String address = text.contains("/") ? text.substring(0, text.indexOf('/')) : text;
        String[] parts = address.split("\\.", -1);
        int value = 0;
        boolean good = parts.length == 4;
        for (int i = 0; good && i < 4; i++) {
            good = parts[i].matches("[0-9]{1,3}") && Integer.parseInt(parts[i]) <= 255;
            value = good ? value << 8 | Integer.parseInt(parts[i]) : 0;
        }
        if (!good) {
            throw new IllegalArgumentException("'" + text + "' is no IPv4 address (like 10.0.0.1)");
        }
        return value;
    }

    static String ipv4Text(int address) {
        return (address >>> 24) + "." + (address >>> 16 & 0xff) + "." + (address >>> 8 & 0xff) + "." + (address & 0xff);
    }

    /** A local unicast MAC that differs from socket to socket. */
    static byte[] macFor(String socketPath) {
        int hash = Arrays.hashCode(socketPath.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return new byte[] {0x52, 0x54, 0, (byte) (hash >>> 16), (byte) (hash >>> 8), (byte) hash};
    }
}
