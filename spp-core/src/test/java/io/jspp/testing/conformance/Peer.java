package io.jspp.testing.conformance;

/** A front-end of vhost-user that our back-end is tested with. */
public enum Peer {
    QEMU("QEMU guest"),
    VIRTIO_USER("DPDK virtio-user"),
    FRONTEND("own front-end");

    private final String title;

    Peer(String title) {
        this.title = title;
    }

    /** Column heading. */
    public String title() {
        return title;
    }
}
