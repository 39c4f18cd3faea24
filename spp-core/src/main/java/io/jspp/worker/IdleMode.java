package io.jspp.worker;

/**
 * What a worker does in cycles without packets.
 *
 * @param busy polls for ever
 * @param spinNs spins this long after the last packet
 * @param yieldNs then gives the CPU to others between polls until so long after the last packet, then blocks
 */
public record IdleMode(boolean busy, long spinNs, long yieldNs) {
    /** Spin, then yield, then block. */
    public static final IdleMode ADAPTIVE = new IdleMode(false, 20_000, 200_000);

    /** Polls for ever, as DPDK does. */
    public static final IdleMode BUSY = new IdleMode(true, Long.MAX_VALUE, Long.MAX_VALUE);

    public IdleMode {
        if (spinNs < 0 || yieldNs < spinNs) {
            throw new IllegalArgumentException(
                    "idle: spin " + spinNs + " ns, yield " + yieldNs + " ns: 0 <= spin <= yield expected");
        }
    }

    /** {@code busy} or {@code adaptive}, for status. */
    public String word() {
        return busy ? "busy" : "adaptive";
    }
}
