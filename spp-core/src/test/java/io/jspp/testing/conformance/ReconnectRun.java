package io.jspp.testing.conformance;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A case of the plan with one front-end in one socket role: what a test runs, and what its record is about.
 *
 * @param client whether the back-end connects ({@code --vhost-client}) rather than listen
 */
public record ReconnectRun(Length length, ReconnectCase which, Peer peer, boolean client) {
    /** System property: numbers of the cases to run, with commas between them; all when it is not set. */
    private static final String CASES = "spp.conformance.cases";

    /** Where listening is shown in every run: one guest, and two with packed rings. */
    private static final Set<ReconnectCase> SHORT_LISTENING = EnumSet.of(ReconnectCase.CASE_1, ReconnectCase.CASE_13);

    /** How often the back-end is relaunched and the guests are rebooted. */
    public enum Length {
        /** In every run. */
        SHORT(1, 1),
        /** The numbers of the plan, at their upper end. */
        LONG(8, 5);

        private final int relaunches;
        private final int reboots;

        Length(int relaunches, int reboots) {
            this.relaunches = relaunches;
            this.reboots = reboots;
        }

        public int relaunches() {
            return relaunches;
        }

        public int reboots() {
            return reboots;
        }
    }

    /** The runs of a length, but for cases that {@code -Dspp.conformance.cases} leaves out. */
    public static List<ReconnectRun> of(Length length) {
        return of(length, chosen(System.getProperty(CASES, "")));
    }

    static List<ReconnectRun> of(Length length, Set<ReconnectCase> cases) {
        return cases.stream()
                .flatMap(which -> which.peers().stream()
                        .flatMap(peer -> Stream.of(true, false)
                                .map(client -> new ReconnectRun(length, which, peer, client))
                                .filter(ReconnectRun::exists)))
                .toList();
    }

    /** virtio-user does not connect again: where we listen it is there only for the cases in which it starts anew. */
    private boolean exists() {
        if (client) {
            return true;
        }
        return length == Length.SHORT
                ? peer == Peer.FRONTEND && SHORT_LISTENING.contains(which)
                : peer != Peer.VIRTIO_USER || !which.event().relaunches();
    }

    /**
     * Cases by their numbers; all of them for an empty text.
     *
     * @throws IllegalArgumentException naming the word that is no number of a case
     */
    static Set<ReconnectCase> chosen(String numbers) {
        if (numbers.isEmpty()) {
            return EnumSet.allOf(ReconnectCase.class);
        }
        Set<ReconnectCase> cases = EnumSet.noneOf(ReconnectCase.class);
        for (String number : numbers.split(",", -1)) {
            cases.add(ReconnectCase.numbered(number)
                    .orElseThrow(() -> new IllegalArgumentException(
                            "no case \"" + number + "\": 1 to " + ReconnectCase.values().length + " expected")));
        }
        return cases;
    }

    /** What its record is called. */
    public String test() {
        return "reconnect, " + length.name().toLowerCase(Locale.ROOT) + ", " + role();
    }

    /** Who connects. */
    public String role() {
        return client ? "we connect" : "we listen";
    }

    @Override
    public String toString() {
        return which + ", " + peer + ", " + role();
    }
}
