package io.jspp.it.reconnect;

/** How often a case relaunches the back-end and reboots the guests. */
record Rounds(int relaunches, int reboots) {
    /** In every run. */
    static final Rounds SHORT = new Rounds(1, 1);

    /** The numbers of the test plan, at their upper end. */
    static final Rounds LONG = new Rounds(8, 5);
}
