package io.jspp.controller.access;

import java.nio.file.Path;

/**
 * Who may use REST.
 *
 * @param token what a request over TCP must bring; null: nothing
 * @param socket UNIX socket that serves its owner without a token; null: none
 */
public record RestAccess(AccessToken token, Path socket) {
    /** Everyone who reaches the TCP port, as with SPP. */
    public static final RestAccess OPEN = new RestAccess(null, null);
}
