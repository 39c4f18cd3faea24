package io.jspp.controller.demo;

/** One story the demo tells. */
interface Scene {
    /**
     * Plays it from start to end.
     *
     * @throws DemoFailure when something is not as promised
     * @throws IllegalStateException when a process ends or says nothing in time
     */
    void play(Stage stage);
}
