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
 * of the results, the page to write, the page under version control, and words about the run.
 */
public final class ConformancePage {
    private static final String ABSENT = "–";

    private final List<Outcome> outcomes;
    private final List<String> run;

    private ConformancePage(List<Outcome> outcomes, List<String> run) {
        this.outcomes = outcomes;
        this.run = run;
    }

    /**
     * Writes the page; ends with 1 when a result is missing or bad, or the committed page says something else.
     *
     * @param arguments results, page, committed page, then lines that say what ran where
     */
    public static void main(String[] arguments) throws IOException {
        List<String> words = List.of(arguments);
        List<Outcome> outcomes = Outcome.readAll(Path.of(words.get(0)));
        Files.writeString(Path.of(words.get(1)), text(outcomes, words.subList(3, words.size())));
        List<String> gaps = new ArrayList<>(gaps(outcomes));
        Path committed = Path.of(words.get(2));
        if (Files.exists(committed)) {
            gaps.addAll(stale(Files.readString(committed)));
        }
        gaps.forEach(gap -> System.out.println("conformance: " + gap));
        System.exit(gaps.isEmpty() ? 0 : 1);
    }

    /** Where a page from an earlier run differs from one on which everything has passed, figures and numbers of proofs aside. */
    static List<String> stale(String page) {
        List<String> gaps = new ArrayList<>();
        for (Item item : Item.all()) {
            String[] cells = page.lines()
                    .map(line -> line.split(" \\| ?", -1))
                    .filter(row -> row[0].equals("| " + item.title()) && row.length > Peer.values().length)
                    .findFirst()
                    .orElse(null);
            for (Peer peer : Peer.values()) {
                String cell = cells == null ? "no row" : cells[1 + peer.ordinal()];
                if (!(item.peers().contains(peer) ? cell.startsWith("passed ") : cell.equals(ABSENT))) {
                    gaps.add("the committed page is out of date: " + item.title() + " with " + peer.title() + ": "
                            + cell);
                }
            }
        }
        return gaps;
    }

    static String text(List<Outcome> outcomes, List<String> run) {
        return new ConformancePage(outcomes, run).text();
    }

    /** What keeps the page from being good; empty when every item was proved with each of its front-ends. */
    static List<String> gaps(List<Outcome> outcomes) {
        return new ConformancePage(outcomes, List.of()).gaps();
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        text.append("# Conformance of the vhost-user back-end\n\n");
        text.append("Made by `./spp test --full` from the results of its tests; not written by hand.\n");
        run.forEach(line -> text.append("* ").append(line).append('\n'));
        text.append(
                "\n“passed 3” says that three tests proved it on the JDKs named, “–” that the front-end does not have it. A gap is the time\n");
        text.append(
                "without traffic: where we connect, after our process is up; where we listen, after the front-end's connect().\n");
        text.append(
                "A rate is that of TCP after an event through that before the first one, each the best of up to three measurements\n");
        text.append("of four seconds, per share of the machine that others left.\n\n");
        text.append("## Reconnecting\n\nThe cases of DPDK's test plan “vhost-user/virtio pvp reconnect”.\n\n");
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
        text.append(" | |\n| ---");
        text.append(" | ---".repeat(Peer.values().length)).append(" | --- |\n");
        for (Item item : items) {
            text.append("| ").append(item.title());
            for (Peer peer : Peer.values()) {
                text.append(" | ").append(cell(item, peer));
            }
            text.append(" | ").append(item.note()).append(" |\n");
        }
    }

    private List<Outcome> of(Item item, Peer peer) {
        return outcomes.stream()
                .filter(outcome -> outcome.item() == item && outcome.peer() == peer)
                .toList();
    }

    private String cell(Item item, Peer peer) {
        if (!item.peers().contains(peer)) {
            return ABSENT;
        }
        List<Outcome> all = of(item, peer);
        if (all.isEmpty()) {
            return "not run";
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
            cell.append("passed ").append(tests.size());
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
                if (all.isEmpty()) {
                    gaps.add(item.name() + " was not run with " + peer.title());
                } else if (!all.stream().allMatch(Outcome::passed)) {
                    gaps.add(item.name() + " failed with " + peer.title());
                }
            }
        }
        return gaps;
    }
}
