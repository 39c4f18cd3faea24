package io.jspp.config;

import java.util.List;

/**
 * A logical core of DPDK's command line and the CPUs its thread is pinned to.
 *
 * @param id as written by the operator, 0..{@link LcoreMap#MAX_ID}
 * @param cpus allowed CPUs of this machine, at least one
 * @param shared true when the CPU is not the lcore's own: its id has no CPU here, or another lcore runs there too
 */
public record Lcore(int id, List<Integer> cpus, boolean shared) {
    public Lcore {
        cpus = List.copyOf(cpus);
    }

    /** {@code lcore 9 → cpu 1 (shared)}. */
    @Override
    public String toString() {
        String list = String.join(",", cpus.stream().map(String::valueOf).toList());
        return "lcore " + id + " → cpu " + list + (shared ? " (shared)" : "");
    }
}
