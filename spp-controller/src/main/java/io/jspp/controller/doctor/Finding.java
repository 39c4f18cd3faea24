package io.jspp.controller.doctor;

/**
 * What one look at the machine found.
 *
 * @param grade how much it matters
 * @param subject what was looked at
 * @param fact what was seen
 * @param next the next step, empty when there is none to take
 */
record Finding(Grade grade, String subject, String fact, String next) {
    /** How much it matters. */
    enum Grade {
        /** As it should be. */
        OK,
        /** The product runs; some port kinds, tests or figures need more. */
        NOTE,
        /** The product can't run. */
        FAIL
    }

    static Finding ok(String subject, String fact) {
        return new Finding(Grade.OK, subject, fact, "");
    }

    static Finding note(String subject, String fact, String next) {
        return new Finding(Grade.NOTE, subject, fact, next);
    }

    static Finding fail(String subject, String fact, String next) {
        return new Finding(Grade.FAIL, subject, fact, next);
    }
}
