package io.jspp.port.vhost;

/**
 * One hostile act of a front-end or guest.
 *
 * @param row its number in the catalogue of bad inputs, docs/testing.md
 */
record BadInput(int row, String name, Attack attack) {
    /** Does it to a victim's port, and checks what the port makes of it. */
    @FunctionalInterface
    interface Attack {
        void on(Victim victim) throws Exception;
    }

    @Override
    public String toString() {
        return row + " " + name;
    }
}
