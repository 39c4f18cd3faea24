package io.jspp.config;

import static io.jspp.config.UsageException.quoted;

/**
 * {@code HOST:PORT} of the controller.
 *
 * @param host name, IPv4 address, or IPv6 address without its brackets
 * @param port 1..65535
 */
public record HostPort(String host, int port) {
    /** @throws UsageException with a sentence */
    public static HostPort parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        String port = colon < 0 ? "" : text.substring(colon + 1);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        if (bracketed) {
            host = host.substring(1, host.length() - 1);
        }
        boolean plausibleHost = bracketed ? host.matches("[0-9a-fA-F:.]+(%[A-Za-z0-9_.-]+)?") : isHost(host);
        if (!plausibleHost
                || !port.matches("[0-9]{1,5}")
                || Integer.parseInt(port) < 1
                || Integer.parseInt(port) > 65535) {
            throw new UsageException(quoted(text) + " is not HOST:PORT, as in 127.0.0.1:5555 (port 1..65535)");
        }
        return new HostPort(host, Integer.parseInt(port));
    }

    private static boolean isHost(String host) {
        if (host.matches("[0-9.]+")) {
            String[] parts = host.split("\\.", -1);
            if (parts.length != 4) {
                return false;
            }
            for (String part : parts) {
                if (!part.matches("[0-9]{1,3}") || Integer.parseInt(part) > 255) {
                    return false;
                }
            }
            return true;
        }
        return host.matches("[A-Za-z0-9]([A-Za-z0-9_.-]{0,252})");
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
