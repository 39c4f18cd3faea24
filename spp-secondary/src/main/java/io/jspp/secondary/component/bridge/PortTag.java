package io.jspp.secondary.component.bridge;

/**
 * Names a port of a bridge in table entries: its number and which of its lives this is, {@code life << 16 | number}. A plan holds the tags it
 * believes in by number; {@link #NONE} for a port that learns nothing.
 */
final class PortTag {
    /** Of no entry. */
    static final int NONE = 0;

    private PortTag() {}

    /** @param life 1..65535 */
    static int of(int number, int life) {
        return life << 16 | number;
    }

    static int number(int tag) {
        return tag & 0xffff;
    }

    /** Whether the port is one now, and still the same. */
    static boolean isCurrent(int tag, int[] tags) {
        int number = number(tag);
        return number < tags.length && tags[number] == tag;
    }
}
