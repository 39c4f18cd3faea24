package io.jspp.frontend;

import io.jspp.memory.Alignment;
import io.jspp.virtio.Features;

/**
 * What a front-end wants. Immutable; validated whole.
 *
 * @param socketPath the vhost-user socket, at most 107 bytes
 * @param listen whether to listen on it (the back-end is the client) instead of connecting to it
 * @param features wanted device features; what the back-end lacks is left out, {@link #REQUIRED} must be there
 * @param queueSize descriptors per ring, a power of two
 * @param queuePairs rx/tx pairs
 * @param memoryBytes guest memory; {@link #memoryFor} computes enough for the usual queues
 * @param hugePages whether to use hugepages when free
 * @param memorySlots whether to share memory region by region when the back-end offers it, instead of all at once
 */
public record FrontendConfig(
        String socketPath,
        boolean listen,
        long features,
        int queueSize,
        int queuePairs,
        long memoryBytes,
        boolean hugePages,
        boolean memorySlots) {
    /** Features without which this front-end does not start. */
    public static final long REQUIRED = Features.VERSION_1;

    /** What DPDK's virtio-user asks for: mergeable, indirect, in-order. */
    public static final long DEFAULT_FEATURES =
            Features.VERSION_1 | Features.MRG_RXBUF | Features.INDIRECT_DESC | Features.IN_ORDER;

    public static final int DEFAULT_QUEUE_SIZE = 256;

    public FrontendConfig {
        if (!Alignment.isPowerOfTwo(queueSize) || queueSize < 2 || queueSize > 32768) {
            throw new IllegalArgumentException("queue size " + queueSize + " (a power of two from 2 to 32768)");
        }
        if (queuePairs < 1 || queuePairs > 128) {
            throw new IllegalArgumentException("queue pairs " + queuePairs + " (1 to 128)");
        }
    }

    /** A front-end with one queue pair and the default features that connects to {@code socketPath}. */
    public static FrontendConfig connectTo(String socketPath) {
        return new FrontendConfig(
                socketPath,
                false,
                DEFAULT_FEATURES,
                DEFAULT_QUEUE_SIZE,
                1,
                memoryFor(DEFAULT_QUEUE_SIZE, 1),
                false,
                false);
    }

    public FrontendConfig withListen(boolean value) {
        return new FrontendConfig(
                socketPath, value, features, queueSize, queuePairs, memoryBytes, hugePages, memorySlots);
    }

    public FrontendConfig withFeatures(long value) {
        return new FrontendConfig(
                socketPath, listen, value, queueSize, queuePairs, memoryBytes, hugePages, memorySlots);
    }

    /** Other ring size; the memory grows with it. */
    public FrontendConfig withQueueSize(int value) {
        return new FrontendConfig(
                socketPath, listen, features, value, queuePairs, memoryFor(value, queuePairs), hugePages, memorySlots);
    }

    public FrontendConfig withQueuePairs(int value) {
        return new FrontendConfig(
                socketPath, listen, features, queueSize, value, memoryFor(queueSize, value), hugePages, memorySlots);
    }

    public FrontendConfig withMemoryBytes(long value) {
        return new FrontendConfig(socketPath, listen, features, queueSize, queuePairs, value, hugePages, memorySlots);
    }

    public FrontendConfig withHugePages(boolean value) {
        return new FrontendConfig(socketPath, listen, features, queueSize, queuePairs, memoryBytes, value, memorySlots);
    }

    public FrontendConfig withMemorySlots(boolean value) {
        return new FrontendConfig(socketPath, listen, features, queueSize, queuePairs, memoryBytes, hugePages, value);
    }

    /** Guest memory for {@code queuePairs} pairs of rings with frame or generator queues of default shape. */
    public static long memoryFor(int queueSize, int queuePairs) {
        long tx = Math.max(
                GeneratorTx.bytes(queueSize), FrameTx.bytes(queueSize, Features.INDIRECT_DESC, FrameTx.Shape.DEFAULT));
        long rx = Math.max(GeneratorRx.bytes(queueSize), FrameRx.bytes(queueSize, 0, FrameRx.Shape.DEFAULT));
        return queuePairs * (2 * DriverVirtqueue.bytes(queueSize) + tx + rx + 4L * Alignment.PAGE);
    }
}
