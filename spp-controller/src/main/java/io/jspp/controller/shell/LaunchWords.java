package io.jspp.controller.shell;

import io.jspp.control.CommandCodec;
import io.jspp.control.ProcessKind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * {@code launch TYPE|spp_TYPE [ID] EAL… -- APP…} as typed, turned into the words of the command: the id first, taken from the options behind
 * {@code --} when it was left out, the name of the process in full, and {@code --proc-type secondary} when it is missing.
 */
final class LaunchWords {
    private static final String VERB = "launch";
    private static final String SEPARATOR = "--";
    private static final String PREFIX = "spp_";
    private static final String LONG_ID = "--client-id";
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(50);

    private LaunchWords() {}

    static boolean isFor(final List<String> words) {
        return !words.isEmpty() && words.get(0).equals(VERB);
    }

    /** Until the controller knows the process, so that the next line can address it, at most that long. */
    static void awaitProcess(final int id, final RestClient server, final long limitNs) throws ShellException {
        final long begin = System.nanoTime();
        while (System.nanoTime() - begin < limitNs) {
            if (server.processes().stream()
                    .anyMatch(process -> Integer.valueOf(id).equals(process.get("client-id")))) {
                return;
            }
            LockSupport.parkNanos(Math.min(LOOK_NS, limitNs));
            if (Thread.currentThread().isInterrupted()) {
                return;
            }
        }
    }

    /**
     * The words as they are when they are no launch.
     *
     * @throws ShellException in SPP's words
     */
    static List<String> toWire(final List<String> words, final RestClient server) throws ShellException {
        if (!isFor(words)) {
            return words;
        }
        if (words.size() < 3) {
            throw new ShellException("Invalid syntax! Proc type, ID and options are required." + System.lineSeparator()
                    + "E.g. \"nfv 1 -l 1-2 -m 512 -- -n 1 -s 192.168.1.100:6666\"");
        }
        final String kind = words.get(1).replaceFirst('^' + PREFIX, "");
        if (ProcessKind.ofWireName(kind) == null
                || !ProcessKind.ofWireName(kind).isSecondary()) {
            throw new ShellException('\'' + CommandCodec.printable(kind) + "' is not supported in launch cmd.");
        }
        final int separator = words.indexOf(SEPARATOR);
        if (separator < 0) {
            throw new ShellException("Arguments should include separator \"--\".");
        }
        final List<String> application = words.subList(separator + 1, words.size());
        final List<String> eal = new ArrayList<>(words.subList(1, separator));
        eal.remove(0);
        final String name = PREFIX + kind;
        String id = idOf(application);
        if (!eal.isEmpty() && eal.get(0).matches("[0-9]{1,9}")) {
            id = eal.remove(0);
        }
        if (id.isEmpty()) {
            throw new ShellException("Secondary ID is required!");
        }
        requireUnused(id, server);
        if (!eal.contains("--proc-type") && eal.stream().noneMatch(word -> word.startsWith("--proc-type="))) {
            eal.add("--proc-type");
            eal.add("secondary");
        }
        final List<String> wire = new ArrayList<>(List.of(VERB, id, name));
        wire.addAll(eal);
        wire.add(SEPARATOR);
        wire.addAll(application);
        return wire;
    }

    private static String idOf(final List<String> application) {
        for (int i = 0; i < application.size(); i++) {
            final String word = application.get(i);
            if (word.startsWith(LONG_ID + '=')) {
                return word.substring(LONG_ID.length() + 1);
            }
            if (i + 1 < application.size() && (word.equals("-n") || word.equals(LONG_ID))) {
                return application.get(i + 1);
            }
        }
        return "";
    }

    private static void requireUnused(final String id, final RestClient server) throws ShellException {
        for (final ProcessKind kind : ProcessKind.values()) {
            if (kind.isSecondary() && server.clientIds(kind).stream().anyMatch(used -> id.equals(used.toString()))) {
                throw new ShellException("Secondary ID " + id + " is already used!");
            }
        }
    }
}
