package io.jspp.bench;

/**
 * One run of the generator against one switch.
 *
 * @param mpps million frames received per second: median of windows of 100 ms
 * @param lossPercent of all frames sent in the run
 * @param damaged frames reordered, duplicated or corrupt
 * @param idleShare share of generator cycles that found nothing to do: near 0 means the generator was the limit
 * @param p50Us age of the timed frames, microseconds
 */
record Measurement(
        double mpps,
        double gbps,
        double lossPercent,
        long damaged,
        double idleShare,
        double p50Us,
        double p99Us,
        double p999Us) {}
