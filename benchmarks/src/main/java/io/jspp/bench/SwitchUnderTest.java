package io.jspp.bench;

import java.nio.file.Path;

/** A switch between two vhost-user sockets, running as processes of its own. */
interface SwitchUnderTest extends AutoCloseable {
    String name();

    /** Socket 0 or 1, on which the switch listens. */
    Path socket(int index);

    /** Lets the switch run for a measurement. */
    void resume();

    /** Takes the switch off the CPUs while another one is measured. */
    void pause();

    @Override
    void close();
}
