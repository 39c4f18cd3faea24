package io.jspp.secondary.component.bridge;

/**
 * Names a port of a bridge in table entries: its number and which of its lives this is, {@code life << 16 | number}. The tags
 * that a running form believes in are its {@link LearningPorts}; {@link #NONE} for a port that learns nothing.
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
}
