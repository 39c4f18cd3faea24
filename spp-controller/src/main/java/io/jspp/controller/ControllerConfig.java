package io.jspp.controller;

import java.net.InetSocketAddress;

/**
 * Where a controller listens; port 0 takes a free one.
 *
 * @param primary for the primary
 * @param secondary for secondaries
 * @param rest for REST
 */
public record ControllerConfig(InetSocketAddress primary, InetSocketAddress secondary, InetSocketAddress rest) {}
