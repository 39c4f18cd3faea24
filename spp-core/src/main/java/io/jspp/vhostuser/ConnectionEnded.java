package io.jspp.vhostuser;

/** The connection is over: the peer closed it, or broke the framing. Session thread. */
final class ConnectionEnded extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean peerClosed;

    private ConnectionEnded(String message, boolean peerClosed) {
        super(message);
        this.peerClosed = peerClosed;
    }

    static ConnectionEnded byPeer() {
        return new ConnectionEnded("front-end closed the connection", true);
    }

    static ConnectionEnded violation(String what) {
        return new ConnectionEnded(what, false);
    }

    /** An end like any other, as opposed to a broken protocol. */
    boolean peerClosed() {
        return peerClosed;
    }
}
