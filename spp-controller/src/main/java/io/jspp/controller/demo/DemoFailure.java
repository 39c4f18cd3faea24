package io.jspp.controller.demo;

/** The demo can't go on: what happened, why, and the next step in one message. */
final class DemoFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DemoFailure(String what, String nextStep) {
        super(what + System.lineSeparator() + "demo: next step: " + nextStep);
    }
}
