package io.jspp.port;

/**
 * {@code type:index}, SPP's resource uid without its queue: {@code phy:0}, {@code vhost:1}.
 *
 * @param type lower-case letters and digits, 1..16
 * @param index 0..9999
 */
public record PortId(String type, int index) implements Comparable<PortId> {
    /** Largest index a port may have. */
    public static final int MAX_INDEX = 9999;

    public PortId {
        if (!type.matches("[a-z][a-z0-9]{0,15}")) {
            throw new IllegalArgumentException(
                    "port type \"" + printable(type) + "\": lower-case letters and digits expected");
        }
        if (index < 0 || index > MAX_INDEX) {
            throw new IllegalArgumentException("port index " + index + ": 0.." + MAX_INDEX + " expected");
        }
    }

    /**
     * Parses {@code type:index}.
     *
     * @throws IllegalArgumentException with a sentence for the operator
     */
    public static PortId parse(String text) {
        int colon = text.indexOf(':');
        String number = colon < 0 ? "" : text.substring(colon + 1);
        if (colon < 1 || !number.matches("[0-9]{1,4}")) {
            throw new IllegalArgumentException("port \"" + printable(text) + "\": TYPE:NUMBER expected, as in phy:0");
        }
        return new PortId(text.substring(0, colon), Integer.parseInt(number));
    }

    private static String printable(String text) {
        String cut = text.length() > 64 ? text.substring(0, 64) + "…" : text;
        return cut.replaceAll("[^\\x20-\\x7e…]", "?");
    }

    @Override
    public int compareTo(PortId other) {
        int byType = type.compareTo(other.type);
        return byType != 0 ? byType : Integer.compare(index, other.index);
    }

    @Override
    public String toString() {
        return type + ":" + index;
    }
}
