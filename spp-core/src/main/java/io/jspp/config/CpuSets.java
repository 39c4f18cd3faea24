package io.jspp.config;

import static io.jspp.config.UsageException.quoted;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedSet;
import java.util.TreeSet;

/** Sets of CPU or lcore numbers as DPDK and the kernel write them. */
public final class CpuSets {
    private CpuSets() {}

    /** {@code 0,2-4}; a range may run backwards, as in DPDK. */
    public static SortedSet<Integer> list(String text) {
        SortedSet<Integer> set = new TreeSet<>();
        for (String part : text.split(",", -1)) {
            String trimmed = part.strip();
            if (!trimmed.matches("[0-9]{1,6}(-[0-9]{1,6})?")) {
                throw new UsageException(quoted(text) + " is not a list such as 0,2-4");
            }
            int dash = trimmed.indexOf('-');
            int first = number(dash < 0 ? trimmed : trimmed.substring(0, dash));
            int last = dash < 0 ? first : number(trimmed.substring(dash + 1));
            for (int i = Math.min(first, last); i <= Math.max(first, last); i++) {
                set.add(i);
            }
        }
        return set;
    }

    /** {@code 0x3ffd} or {@code 3ffd}: bit N is lcore N. */
    public static SortedSet<Integer> mask(String text) {
        String digits = text.startsWith("0x") || text.startsWith("0X") ? text.substring(2) : text;
        if (!digits.matches("[0-9a-fA-F]+") || digits.length() > LcoreMap.MAX_ID / 4 + 1) {
            throw new UsageException(quoted(text) + " is not a hexadecimal mask such as 0x3");
        }
        BigInteger bits = new BigInteger(digits, 16);
        if (bits.signum() == 0) {
            throw new UsageException("mask " + quoted(text) + " selects no lcore: set at least one bit, as in 0x3");
        }
        SortedSet<Integer> set = new TreeSet<>();
        for (int i = 0; i < bits.bitLength(); i++) {
            if (bits.testBit(i)) {
                set.add(i);
            }
        }
        return set;
    }

    /** CPUs this process may run on, from {@code /proc/self/status}. */
    public static SortedSet<Integer> allowed() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("Cpus_allowed_list:")) {
                    return list(line.substring(line.indexOf(':') + 1).strip());
                }
            }
        } catch (IOException e) {
            throw new ProcessException(
                    ExitCode.FAILED,
                    "read /proc/self/status: " + e.getMessage() + " (needed to learn the allowed CPUs: mount /proc)",
                    e);
        }
        throw new ProcessException(ExitCode.FAILED, "/proc/self/status has no line Cpus_allowed_list");
    }

    private static int number(String digits) {
        int value = Integer.parseInt(digits);
        if (value > LcoreMap.MAX_ID) {
            throw new UsageException("number " + value + " is too large: 0.." + LcoreMap.MAX_ID);
        }
        return value;
    }
}
