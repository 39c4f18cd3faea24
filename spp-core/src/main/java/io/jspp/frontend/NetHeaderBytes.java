package io.jspp.frontend;

import io.jspp.virtio.Features;

/** Size of the virtio-net header in front of every frame, virtio 1.2 §5.1.6.1. */
final class NetHeaderBytes {
    static final int NUM_BUFFERS = 10;
    static final int CSUM_OFFSET = 8;

    private NetHeaderBytes() {}

    /** 12 with VERSION_1 or MRG_RXBUF, else the legacy 10. */
    static int of(long features) {
        return (features & (Features.VERSION_1 | Features.MRG_RXBUF)) != 0 ? 12 : 10;
    }
}
