package io.jspp.port;

/** As seen by the switch: rx takes packets from the port, tx gives packets to it. */
public enum Direction {
    RX("rx"),
    TX("tx");

    private final String word;

    Direction(String word) {
        this.word = word;
    }

    /** {@code rx} or {@code tx}. */
    public String word() {
        return word;
    }

    /** @throws IllegalArgumentException when it is neither */
    public static Direction parse(String word) {
        for (Direction direction : values()) {
            if (direction.word.equals(word)) {
                return direction;
            }
        }
        throw new IllegalArgumentException("direction \"" + word + "\": rx or tx expected");
    }
}
