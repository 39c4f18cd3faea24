package io.jspp.testing.conformance;

/** What an item declares for a front-end. */
public enum Expected {
    /** Proved by every run of all tests. */
    EVERY_RUN,

    /** Proved by tests that only {@code ./spp test --full} runs. */
    FULL_RUN,

    /** The front-end has it, and no test proves it; the item's note says what there is. */
    OPEN,

    /** The front-end does not have it, or has no part in it. */
    ABSENT
}
