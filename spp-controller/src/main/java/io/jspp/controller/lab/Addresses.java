package io.jspp.controller.lab;

import io.jspp.control.CommandCodec;
import io.jspp.control.IpAddresses;
import io.jspp.controller.yaml.YamlException;
import io.jspp.controller.yaml.YamlText;

/** Addresses of a lab file: checked to the letter, since they become words of commands that run as root. */
final class Addresses {
    private Addresses() {}

    /** {@code 10.0.0.1} or {@code fd00::1}. */
    static String plain(YamlText value) throws YamlException {
        String text = value.text();
        if (!isAddress(text)) {
            throw wrong(value, "an address such as 10.0.0.1 or fd00::1");
        }
        return text;
    }

    /** {@code 10.0.0.1/24} or {@code fd00::1/64}. */
    static String withPrefix(YamlText value) throws YamlException {
        String text = value.text();
        if (!isPrefix(text)) {
            throw wrong(value, "an address such as 10.0.0.1/24");
        }
        return text;
    }

    /** {@code 10.0.0.0/8 via 10.0.0.1}, or {@code default via 10.0.0.1}. */
    static String route(YamlText value) throws YamlException {
        String[] words = value.text().strip().split("\\s+");
        boolean good = words.length == 3
                && (words[0].equals("default") || isPrefix(words[0]))
                && words[1].equals("via")
                && isAddress(words[2]);
        if (!good) {
            throw wrong(value, "10.0.0.0/24 via 10.1.0.1, or default via 10.1.0.1");
        }
        return String.join(" ", words);
    }

    private static boolean isPrefix(String text) {
        int slash = text.indexOf('/');
        if (slash < 0 || !isAddress(text.substring(0, slash))) {
            return false;
        }
        String length = text.substring(slash + 1);
        return length.matches("[0-9]{1,3}") && Integer.parseInt(length) <= (text.indexOf(':') >= 0 ? 128 : 32);
    }

    private static boolean isAddress(String text) {
        try {
            return IpAddresses.parse(text).length != 0;
        } catch (IllegalArgumentException noAddress) {
            return false;
        }
    }

    private static YamlException wrong(YamlText value, String expected) {
        return new YamlException(
                value.place(),
                '"' + CommandCodec.printable(value.text()) + "\" is given, " + expected + " is expected");
    }
}
