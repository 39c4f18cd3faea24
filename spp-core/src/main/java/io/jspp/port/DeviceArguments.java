package io.jspp.port;

import java.util.LinkedHashMap;
import java.util.Map;

/** The {@code key=value} words of one {@code --vdev}, read key by key; {@link #finish} refuses what nobody asked for. */
public final class DeviceArguments {
    private final String device;
    private final Map<String, String> left;
    private final StringBuilder known = new StringBuilder();

    /** @param device the whole name, for messages */
    public DeviceArguments(String device, Map<String, String> arguments) {
        this.device = device;
        left = new LinkedHashMap<>(arguments);
    }

    /**
     * A word that must be there and not be empty.
     *
     * @throws IllegalArgumentException with a sentence
     */
    public String required(String key, String example) {
        String value = optional(key, "");
        if (value.isEmpty()) {
            throw new IllegalArgumentException(
                    device + ": " + key + "= is missing, as in " + device + "," + key + "=" + example);
        }
        return value;
    }

    /** A word that may be absent. */
    public String optional(String key, String absent) {
        known.append(known.length() == 0 ? "" : " ").append(key);
        String value = left.remove(key);
        return value == null ? absent : value;
    }

    /**
     * A decimal number within bounds.
     *
     * @throws IllegalArgumentException with a sentence
     */
    public int integer(String key, int absent, int least, int most) {
        String value = optional(key, Integer.toString(absent));
        if (value.matches("[0-9]{1,9}")) {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return number;
            }
        }
        throw new IllegalArgumentException(
                device + ": " + key + "=" + printable(value) + ": " + least + ".." + most + " expected");
    }

    /**
     * To be called after all keys have been read.
     *
     * @throws IllegalArgumentException when a word is left
     */
    public void finish() {
        if (!left.isEmpty()) {
            String key = left.keySet().iterator().next();
            throw new IllegalArgumentException(
                    device + ": unknown argument " + printable(key) + "=; known are " + known);
        }
    }

    private static String printable(String text) {
        String cut = text.length() > 40 ? text.substring(0, 40) + "…" : text;
        return cut.replaceAll("[^\\x20-\\x7e…]", "?");
    }
}
