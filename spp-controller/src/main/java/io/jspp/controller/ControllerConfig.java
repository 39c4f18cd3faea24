package io.jspp.controller;

import io.jspp.controller.access.RestAccess;
import java.net.InetSocketAddress;

/**
 * Where a controller listens; port 0 takes a free one.
 *
 * @param primary for the primary
 * @param secondary for secondaries
 * @param rest for REST
 * @param access who may use REST
 */
public record ControllerConfig(
        InetSocketAddress primary, InetSocketAddress secondary, InetSocketAddress rest, RestAccess access) {

    /** REST for everyone who reaches it. */
    public ControllerConfig(
            final InetSocketAddress primary, final InetSocketAddress secondary, final InetSocketAddress rest) {
        this(primary, secondary, rest, RestAccess.OPEN);
    }
}
