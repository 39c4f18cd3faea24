package io.jspp.secondary.guest;

import io.jspp.frontend.FrontendConfig;
import io.jspp.linux.Linux;
import io.jspp.virtio.Features;
import java.util.BitSet;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Options that every mode of the guest has. */
final class GuestOptions {
    @Parameters(paramLabel = "SOCKET", description = "vhost-user socket of the back-end, such as DIR/sock0")
    String socket;

    @Option(
            names = {"--listen", "--server"},
            description = "listen on SOCKET (the back-end connects: --vhost-client) instead of connecting")
    boolean listen;

    @Option(names = "--mac", paramLabel = "MAC", description = "own address; default: derived from SOCKET")
    String mac;

    @Option(
            names = "--queue-size",
            paramLabel = "N",
            defaultValue = "256",
            description = "descriptors per ring, a power of two (default: ${DEFAULT-VALUE})")
    int queueSize;

    @Option(names = "--packed", description = "ask for packed rings; a back-end that has none is refused")
    boolean packed;

    @Option(
            names = "--queues",
            paramLabel = "N",
            defaultValue = "1",
            description = "queue pairs, 1 to 128; a back-end that has fewer is refused (default: ${DEFAULT-VALUE})")
    int queues;

    @Option(names = "--no-mergeable", description = "do not ask for mergeable receive buffers")
    boolean noMergeable;

    @Option(names = "--no-indirect", description = "do not ask for indirect descriptors")
    boolean noIndirect;

    @Option(names = "--no-event-idx", description = "do not ask for event indexes")
    boolean noEventIndex;

    @Option(names = "--no-in-order", description = "do not promise to use descriptors in order")
    boolean noInOrder;

    @Option(names = "--no-huge", description = "do not use hugepages even if some are free")
    boolean noHuge;

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            description = "give up when no back-end has come by then, exit 3; default: wait for ever")
    Long waitSeconds;

    @Option(names = "--cpu", paramLabel = "N", description = "pin the guest to this CPU")
    Integer cpu;

    FrontendConfig config() {
        return config(socket);
    }

    FrontendConfig config(String path) {
        long features = FrontendConfig.DEFAULT_FEATURES | Features.EVENT_IDX;
        features |= packed ? Features.RING_PACKED : 0;
        features &= noMergeable ? ~Features.MRG_RXBUF : -1L;
        features &= noIndirect ? ~Features.INDIRECT_DESC : -1L;
        features &= noEventIndex ? ~Features.EVENT_IDX : -1L;
        features &= noInOrder ? ~Features.IN_ORDER : -1L;
        return FrontendConfig.connectTo(path)
                .withListen(listen)
                .withFeatures(features)
                .withQueueSize(queueSize)
                .withQueuePairs(queues)
                .withHugePages(!noHuge);
    }

    byte[] ownMac() {
        return mac == null ? Addresses.macFor(socket) : Addresses.mac(mac);
    }

    /** Pins the calling thread when {@code --cpu} asks for it. */
    void pin() {
        if (cpu != null) {
            BitSet set = new BitSet();
            set.set(cpu);
            Linux.schedSetaffinity(0, set);
        }
    }

    /** Refuses values that no parser checks. */
    void validate() {
        if (cpu != null && !Linux.schedGetaffinity(0).get(cpu)) {
            throw new IllegalArgumentException(
                    "--cpu " + cpu + " is not among the CPUs allowed to this process: " + Linux.schedGetaffinity(0));
        }
        if (waitSeconds != null && waitSeconds < 0) {
            throw new IllegalArgumentException("--wait " + waitSeconds + " (seconds, 0 or more)");
        }
        ownMac();
        config();
    }
}
