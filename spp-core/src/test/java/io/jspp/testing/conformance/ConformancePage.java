package io.jspp.testing.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Makes {@code docs/conformance.md} of recorded results. A program of its own without libraries: {@code ./spp test} runs it with the directory
 * of the results, the page to write, the page under version control, which tests have run, and words about the run.
 */
public final class ConformancePage {
    private static final String PASSED = "passed ";
    private static final String ABSENT = "–";
    private static final String OPEN = "not proved";

    /** What the page says above its tables. */
    private static final String LEGEND = """

            * “passed 3”: three tests have proved it on the JDKs named.
            * “not proved”: the front-end has it, and no test shows it; the last column tells what there is.
            * “–”: the front-end does not have it, or has no part in it.

            QEMU's guests run a stock Linux kernel, virtio-user is testpmd's. The own front-end is that of `./spp guest`; what that one does not send, such as
            RARP, comes from scripted front-ends and drivers of the unit tests. What we don't offer to anybody is in [protocol.md](protocol.md#vhost-user).
            """;

    private static final String RECONNECTING = """

            ## Reconnecting

            The cases of DPDK's test plan “vhost-user/virtio pvp reconnect”. A case is for one kind of driver, hence “–” for the others. With `--full`
            a test has 8 relaunches and 5 reboots, once where we connect and once where we listen. virtio-user connects only once: where we listen it is not
            in cases with a relaunch. Figures are the worst that a test has seen in all of its relaunches and reboots:

            * gap: time without traffic, where we connect after our process is up; where we listen after the front-end's connect(), or after the configuration if
              that is later (a process that was stopped cleanly is configured anew). Limit: 1 s. Outage: all of the time without traffic.
            * rate, virtio-net only: TCP after an event through TCP before the first event of the same guests. Before: the median of three measurements of two seconds. After: up to
              six such measurements, the best one; the first that reaches the limit ends them, so that the figure tells that the rate came back, not how far. Each is
              divided by the share of the CPUs that other processes have left. Limit: 0.8.

            """;

    private final List<Outcome> outcomes;
    private final boolean full;
    private final List<String> run;

    private ConformancePage(List<Outcome> outcomes, boolean full, List<String> run) {
        this.outcomes = outcomes;
        this.full = full;
        this.run = run;
    }

    /**
     * Writes the page; ends with 1 when a result is missing or bad, or the committed page says something else.
     *
     * @param arguments results, page, committed page, {@code full} if the long tests have run too and {@code short} if not, then lines that say what
     *     ran where
     */
    public static void main(String[] arguments) throws IOException {
        List<String> words = List.of(arguments);
        List<Outcome> outcomes = Outcome.readAll(Path.of(words.get(0)));
        boolean full = words.get(3).equals("full");
        if (!full && !words.get(3).equals("short")) {
            throw new IllegalArgumentException("full or short, not " + words.get(3));
        }
        Files.writeString(Path.of(words.get(1)), text(outcomes, full, words.subList(4, words.size())));
        List<String> gaps = new ArrayList<>(gaps(outcomes, full));
        Path committed = Path.of(words.get(2));
        if (Files.exists(committed)) {
            gaps.addAll(stale(Files.readString(committed)));
        }
        gaps.forEach(gap -> System.out.println("conformance: " + gap));
        System.exit(gaps.isEmpty() ? 0 : 1);
    }

    /** Where a committed page differs from one of a full run in which everything has passed, figures and numbers of proofs aside. */
    static List<String> stale(String page) {
        List<String> gaps = new ArrayList<>();
        for (Item item : Item.all()) {
            String[] cells = page.lines()
                    .map(line -> line.split(" \\| ?", -1))
                    .filter(row -> row[0].equals("| " + item.title()) && row.length > Peer.values().length + 1)
                    .findFirst()
                    .orElse(null);
            for (Peer peer : Peer.values()) {
                String cell = cells == null ? "no row" : cells[1 + peer.ordinal()];
                boolean good = switch (item.expected(peer)) {
                    case EVERY_RUN, FULL_RUN -> cell.startsWith(PASSED);
                    case OPEN -> cell.equals(OPEN);
                    case ABSENT -> cell.equals(ABSENT);
                };
                if (!good) {
                    gaps.add("the committed page is out of date: " + item.title() + " with " + peer.title() + ": "
                            + cell);
                }
            }
            if (cells != null && !cells[1 + Peer.values().length].equals(item.note())) {
                gaps.add("the committed page is out of date: " + item.title() + ": " + cells[1 + Peer.values().length]);
            }
        }
        return gaps;
    }

    static String text(List<Outcome> outcomes, boolean full, List<String> run) {
        return new ConformancePage(outcomes, full, run).text();
    }

    /** What keeps the page from being good; empty when every item was proved with each front-end that such a run proves it with. */
    static List<String> gaps(List<Outcome> outcomes, boolean full) {
        return new ConformancePage(outcomes, full, List.of()).gaps();
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        text.append("# Conformance of the vhost-user back-end\n\n");
        text.append("Made by `./spp test` from the results of its tests; not written by hand.\n\n");
        run.forEach(line -> text.append("* ").append(line).append('\n'));
        text.append(LEGEND);
        text.append(RECONNECTING);
        table(text, "case", List.of(ReconnectCase.values()));
        text.append("\n## Features\n\n");
        table(text, "feature", List.of(Feature.values()));
        return text.toString();
    }

    private void table(StringBuilder text, String what, List<? extends Item> items) {
        text.append("| ").append(what);
        for (Peer peer : Peer.values()) {
            text.append(" | ").append(peer.title());
        }
        text.append(" | note |\n| ---");
        text.append(" | ---".repeat(Peer.values().length)).append(" | --- |\n");
        for (Item item : items) {
            text.append("| ").append(item.title());
            for (Peer peer : Peer.values()) {
                text.append(" | ").append(cell(item, peer));
            }
            text.append(" | ").append(item.note()).append(" |\n");
        }
    }

    /** Whether this run has to prove it. */
    private boolean isDue(Expected expected) {
        return expected == Expected.EVERY_RUN || full && expected == Expected.FULL_RUN;
    }

    private List<Outcome> of(Item item, Peer peer) {
        return outcomes.stream()
                .filter(outcome -> outcome.item() == item && outcome.peer() == peer)
                .toList();
    }

    private String cell(Item item, Peer peer) {
        Expected expected = item.expected(peer);
        if (expected == Expected.ABSENT || expected == Expected.OPEN) {
            return expected == Expected.OPEN ? OPEN : ABSENT;
        }
        List<Outcome> all = of(item, peer);
        if (all.isEmpty()) {
            return isDue(expected) ? "not run" : "only with --full";
        }
        Set<Integer> jdks = new TreeSet<>();
        Set<String> tests = new LinkedHashSet<>();
        Set<String> failed = new LinkedHashSet<>();
        List<String> measured = new ArrayList<>();
        for (Outcome outcome : all) {
            jdks.add(outcome.jdk());
            tests.add(outcome.test());
            if (!outcome.passed()) {
                failed.add(outcome.test());
            }
            if (!outcome.measured().isEmpty()) {
                measured.add(outcome.measured());
            }
        }
        StringBuilder cell = new StringBuilder();
        if (failed.isEmpty()) {
            cell.append(PASSED).append(tests.size());
        } else {
            cell.append("**failed** ").append(failed.size()).append(" of ").append(tests.size());
        }
        cell.append(", JDK ")
                .append(String.join(", ", jdks.stream().map(String::valueOf).toList()));
        measured.forEach(figures -> cell.append("<br>").append(figures));
        return cell.toString();
    }

    private List<String> gaps() {
        List<String> gaps = new ArrayList<>();
        for (Item item : Item.all()) {
            for (Peer peer : item.peers()) {
                List<Outcome> all = of(item, peer);
                if (all.isEmpty() && isDue(item.expected(peer))) {
                    gaps.add(item.name() + " was not run with " + peer.title());
                } else if (!all.stream().allMatch(Outcome::passed)) {
                    gaps.add(item.name() + " failed with " + peer.title());
                }
            }
        }
        return gaps;
    }
}
