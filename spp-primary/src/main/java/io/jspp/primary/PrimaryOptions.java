package io.jspp.primary;

import static io.jspp.config.UsageException.quoted;

import io.jspp.config.ConfigKeys;
import io.jspp.config.Numbers;
import io.jspp.config.OptionTable;
import io.jspp.config.ProcessOptions;
import io.jspp.config.UsageException;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;

/** The primary's own words after {@code --}: {@code -p HEXMASK -n RINGS -s HOST:PORT [--port-num N rxq R txq T]}. */
final class PrimaryOptions {
    /** Most rings, as in SPP. */
    static final int MAX_RINGS = 99;

    private static final int MAX_QUEUES = 64;
    private static final int MAX_PORTS = 32;

    /** Queues asked for by {@code --port-num}. */
    record Queues(int rx, int tx) {}

    private BigInteger portMask;
    private int rings;
    private boolean displayStatistics;
    private final Map<Integer, Queues> queues = new HashMap<>();

    /** Adds the rows; handlers fill this object. */
    PrimaryOptions(ProcessOptions.Parser parser) {
        OptionTable table = parser.application();
        table.option("-p", "HEXMASK", "devices to use, bit N is the N-th of all --vdev", v -> portMask = mask(v));
        table.option(
                "-n", "RINGS", "rings to make, 1.." + MAX_RINGS, v -> rings = Numbers.smallInteger(v, 1, MAX_RINGS));
        table.words("--port-num", "N rxq R txq T", "queues of port N; repeatable", this::portQueues);
        table.flag(
                "--disp-stats, --disp-stat",
                "show the counters on this terminal, once a second",
                () -> displayStatistics = true);
        table.option("--mbufs", "N", "packet buffers in the pool (1536 per ring and port)", v -> {
            Numbers.integer(v, 64, 16_777_216);
            parser.set(ConfigKeys.MBUF_COUNT, v);
        });
    }

    /** Checks what only the whole line shows. */
    void finish() {
        if (portMask == null) {
            throw new UsageException("option -p HEXMASK is missing: which devices to use, as in -p 0x03");
        }
        if (rings == 0) {
            throw new UsageException("option -n RINGS is missing: how many rings to make, as in -n 9");
        }
    }

    private static BigInteger mask(String text) {
        String digits = text.startsWith("0x") || text.startsWith("0X") ? text.substring(2) : text;
        if (!digits.matches("[0-9a-fA-F]{1,16}")) {
            throw new UsageException(quoted(text) + " is not a hexadecimal mask such as 0x03");
        }
        BigInteger mask = new BigInteger(digits, 16);
        if (mask.signum() == 0) {
            throw new UsageException("mask " + quoted(text) + " selects no device: set at least one bit, as in 0x01");
        }
        if (mask.bitLength() > MAX_PORTS) {
            throw new UsageException(
                    "mask " + quoted(text) + " has a bit beyond the " + MAX_PORTS + " ports a primary can have");
        }
        return mask;
    }

    private void portQueues(String number, OptionTable.Words words) {
        int port = Numbers.smallInteger(number, 0, MAX_PORTS - 1);
        int rx = count("rxq", words);
        int tx = count("txq", words);
        if (queues.put(port, new Queues(rx, tx)) != null) {
            throw new UsageException("queues of port " + port + " are given twice");
        }
    }

    private static int count(String word, OptionTable.Words words) {
        String given = words.next(word);
        if (!given.equals(word)) {
            throw new UsageException(quoted(given) + " given where " + word + " is expected: --port-num N rxq R txq T");
        }
        return Numbers.smallInteger(words.next("a number of queues"), 1, MAX_QUEUES);
    }

    boolean selects(int device) {
        return portMask.testBit(device);
    }

    /** Highest bit of {@code -p} plus one. */
    int selectedBound() {
        return portMask.bitLength();
    }

    int rings() {
        return rings;
    }

    boolean displayStatistics() {
        return displayStatistics;
    }

    /** Port number → queues asked for. */
    Map<Integer, Queues> queues() {
        return Map.copyOf(queues);
    }
}
