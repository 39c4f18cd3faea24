package io.jspp.vhostuser;

/** For tests that count descriptors as the kernel does: what front-ends passed is closed by another thread, soon after its owner's close. */
public final class Closers {
    private Closers() {}

    /** Returns when no descriptor waits to be closed. */
    public static void awaitIdle() {
        SessionLab.await("descriptors are closed", () -> DescriptorCloser.allWaiting() == 0);
    }
}
