package io.jspp.testing.conformance;

import io.jspp.testing.ProjectHome;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;

/** Writes down what a test has proved; {@link ConformancePage} makes the page of it. Thread-safe. */
public final class Conformance {
    /** System property: where results are kept, if elsewhere than for the page. */
    static final String DIRECTORY = "spp.conformance.directory";

    /** Characters of a failure that are kept. */
    private static final int LONGEST = 300;

    private Conformance() {}

    /** Where results are kept until the next run of all tests. */
    public static Path directory() {
        String given = System.getProperty(DIRECTORY);
        return given == null ? ProjectHome.directory().resolve("target/conformance") : Path.of(given);
    }

    /**
     * Runs a proof and records for each item whether it held.
     *
     * @param test names the proof: a later run with the same name replaces the result
     * @param proof returns figures for the page, or an empty text; what it throws is recorded as a failure, its message as the figures, and thrown
     *     on
     */
    public static void prove(Collection<? extends Item> items, Peer peer, String test, Callable<String> proof)
            throws Exception {
        boolean passed = false;
        String measured = "";
        try {
            measured = proof.call();
            passed = true;
        } catch (Exception | Error e) {
            measured = cell(e);
            throw e;
        } finally {
            record(items, peer, test, passed, measured);
        }
    }

    /** What went wrong, as a table of the page can hold it. */
    private static String cell(Throwable thrown) {
        String text = String.valueOf(thrown.getMessage() == null ? thrown : thrown.getMessage());
        String line = text.strip().replaceAll("\\s+", " ").replace('|', '/').replace('<', '(');
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + " …";
    }

    /** As {@link #prove(Collection, Peer, String, Callable)} for one item. */
    public static void prove(Item item, Peer peer, String test, Callable<String> proof) throws Exception {
        prove(List.of(item), peer, test, proof);
    }

    static void record(Collection<? extends Item> items, Peer peer, String test, boolean passed, String measured) {
        for (Item item : items) {
            if (!item.peers().contains(peer)) {
                throw new IllegalArgumentException(item.name() + " is not declared for " + peer);
            }
            int jdk = Runtime.version().feature();
            new Outcome(item, peer, jdk, test, passed, measured).write(directory());
        }
    }
}
