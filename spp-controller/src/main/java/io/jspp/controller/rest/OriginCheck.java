package io.jspp.controller.rest;

import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Keeps web pages out. A page in an operator's browser can send requests to a loopback port; it cannot hide its
 * {@code Origin}, nor, when its name was re-bound to 127.0.0.1, the {@code Host} it was loaded from. Programs send no
 * {@code Origin}. Immutable.
 */
final class OriginCheck {
    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|\\[[0-9A-Fa-f:.%]+]");

    private final Set<String> names = new TreeSet<>(Set.of("localhost"));

    /** @param ownNames host names, besides localhost and addresses, under which the controller is reached */
    OriginCheck(final Set<String> ownNames) {
        ownNames.forEach(name -> names.add(name.toLowerCase(Locale.ROOT)));
    }

    /**
     * Why the request is refused, or null when it is welcome.
     *
     * @param host {@code Host} header, or null
     * @param origin {@code Origin} header, or null
     */
    String refusal(final String host, final String origin) {
        if (host != null && !isOwn(withoutPort(host))) {
            return "Host is not this controller; reach it by an IP address, as localhost, or by a name of its machine.";
        }
        if (origin != null && (host == null || !origin.equalsIgnoreCase("http://" + host))) {
            return "requests from web pages of another origin are refused.";
        }
        return null;
    }

    private boolean isOwn(final String name) {
        return ADDRESS.matcher(name).matches() || names.contains(name.toLowerCase(Locale.ROOT));
    }

    private static String withoutPort(final String host) {
        final int colon = host.lastIndexOf(':');
        return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
    }
}
