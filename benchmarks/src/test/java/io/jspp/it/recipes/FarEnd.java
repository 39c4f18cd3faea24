package io.jspp.it.recipes;

import java.util.List;

/** The other side of a port: what is sent here the switch receives there. Used by one thread. */
interface FarEnd extends AutoCloseable {
    /** Sends frames. */
    void send(List<byte[]> frames);

    /** The next frame that came out, or null. */
    byte[] receive();

    @Override
    void close();
}
