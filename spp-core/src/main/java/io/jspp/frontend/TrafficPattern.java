package io.jspp.frontend;

import java.util.Random;

/** Frame lengths of a generator: one fixed length, or a mix. Lengths are without FCS, as virtio carries frames. */
public record TrafficPattern(String name, int[] lengths, int[] weights) {
    /** 64, 590 and 1514 bytes at 7:4:1. */
    public static final TrafficPattern IMIX =
            new TrafficPattern("imix", new int[] {64, 590, 1514}, new int[] {7, 4, 1});

    public TrafficPattern {
        if (lengths.length == 0 || lengths.length != weights.length) {
            throw new IllegalArgumentException("a pattern has as many weights as lengths, at least one");
        }
        for (int length : lengths) {
            if (length < TrafficFrame.MIN_BYTES || length > TrafficFrame.MAX_BYTES) {
                throw new IllegalArgumentException("frame size " + length + " (" + TrafficFrame.MIN_BYTES + " to "
                        + TrafficFrame.MAX_BYTES + " bytes)");
            }
        }
    }

    public static TrafficPattern fixed(int length) {
        return new TrafficPattern(length + " B", new int[] {length}, new int[] {1});
    }

    /** Lengths of {@code slots} consecutive frames in the given ratio, in an order that is mixed and the same in every run. */
    int[] spread(int slots) {
        int total = 0;
        for (int w : weights) {
            total += w;
        }
        int[] result = new int[slots];
        int filled = 0;
        int seen = 0;
        for (int i = 0; i < lengths.length; i++) {
            seen += weights[i];
            int until = (int) Math.round((double) slots * seen / total);
            while (filled < until) {
                result[filled++] = lengths[i];
            }
        }
        Random random = new Random(0x5eed);
        for (int i = slots - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swap = result[i];
            result[i] = result[j];
            result[j] = swap;
        }
        return result;
    }
}
