package io.jspp.testing.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConformancePageTest {
    private static final int JDK = 17;
    private static final String TEST = "reconnect, short";

    @TempDir
    private Path results;

    @Test
    void shouldShowEveryItemWithEveryFrontEnd() {
        String page = page(List.of());

        for (Item item : Item.all()) {
            String row = row(page, item);
            assertEquals(Peer.values().length + 2, row.split("\\|", -1).length - 2, row);
            assertEquals(item.peers().size(), occurrences(row, "not run"), row);
        }
    }

    @Test
    void shouldNotAskAShorterRunForWhatOnlyAFullOneProves() {
        List<Outcome> all = everythingPassed();
        all.removeIf(outcome -> outcome.item().expected(outcome.peer()) == Expected.FULL_RUN);

        assertEquals(List.of(), ConformancePage.gaps(all, false));
        assertTrue(row(ConformancePage.text(all, false, List.of()), Feature.PAIRS_CHANGE)
                .contains("| only with --full |"));
        List<String> lacking = ConformancePage.gaps(all, true);
        assertTrue(lacking.contains("PAIRS_CHANGE was not run with QEMU guest"), lacking::toString);

        all.add(new Outcome(Feature.PAIRS_CHANGE, Peer.QEMU, JDK, TEST, false, ""));
        assertEquals(List.of("PAIRS_CHANGE failed with QEMU guest"), ConformancePage.gaps(all, false));
    }

    @Test
    void shouldSayWhyWhatAFrontEndHasIsNotProved() {
        for (Item item : Item.all()) {
            for (Peer peer : Peer.values()) {
                if (item.expected(peer) == Expected.OPEN) {
                    assertTrue(!item.note().isEmpty(), item.name());
                }
            }
        }
        assertTrue(row(page(List.of()), Feature.RARP)
                .startsWith("| RARP for a guest that has moved | not proved | – | not run | QEMU sends"));
    }

    @Test
    void shouldCountProofsAndShowTheirFigures() {
        Outcome one = passed(ReconnectCase.CASE_7, Peer.QEMU, "short", "gap 12 ms");
        Outcome two = passed(ReconnectCase.CASE_7, Peer.QEMU, "long", "gap 15 ms");

        String row = row(page(List.of(one, two)), ReconnectCase.CASE_7);

        assertTrue(row.contains("| passed 2, JDK 17<br>gap 12 ms<br>gap 15 ms |"), row);
    }

    @Test
    void shouldSayWhatFailedEvenIfItPassedElsewhere() {
        Outcome good = passed(Feature.PACKED, Peer.QEMU, "one", "");
        Outcome bad = new Outcome(Feature.PACKED, Peer.QEMU, JDK, "another", false, "");

        String row = row(page(List.of(good, bad)), Feature.PACKED);

        assertTrue(row.contains("**failed** 1 of 2"), row);
    }

    @Test
    void shouldNameEachProofThatIsMissingOrBad() {
        List<Outcome> all = everythingPassed();
        assertEquals(List.of(), ConformancePage.gaps(all, true));

        Outcome first = all.remove(0);
        assertEquals(
                List.of(first.item().name() + " was not run with "
                        + first.peer().title()),
                ConformancePage.gaps(all, true));

        all.add(new Outcome(first.item(), first.peer(), JDK, TEST, false, ""));
        assertEquals(
                List.of(first.item().name() + " failed with " + first.peer().title()), ConformancePage.gaps(all, true));
    }

    @Test
    void shouldCompareACommittedPageButItsFigures() {
        List<Outcome> all = everythingPassed();
        assertEquals(List.of(), ConformancePage.stale(page(all)));

        Outcome first = all.remove(0);
        assertEquals(1, ConformancePage.stale(page(all)).size());

        all.add(new Outcome(first.item(), first.peer(), JDK, TEST, false, ""));
        assertEquals(1, ConformancePage.stale(page(all)).size());

        String lacking = page(everythingPassed())
                .lines()
                .filter(line -> !line.startsWith("| " + first.item().title()))
                .collect(Collectors.joining("\n"));
        assertEquals(Peer.values().length, ConformancePage.stale(lacking).size());

        String otherNote = page(everythingPassed()).replace(Feature.IN_ORDER.note(), "because");
        assertEquals(1, ConformancePage.stale(otherNote).size());
    }

    @Test
    void shouldReadWhatWasWritten() {
        Outcome written = passed(ReconnectCase.CASE_18, Peer.QEMU, TEST, "gap 7 ms, rate 1.01 = good: yes");

        written.write(results);

        assertEquals(List.of(written), Outcome.readAll(results));
    }

    @Test
    void shouldKeepTheLastResultOfATest() {
        passed(Feature.SPLIT, Peer.QEMU, TEST, "").write(results);
        Outcome last = new Outcome(Feature.SPLIT, Peer.QEMU, JDK, TEST, false, "");
        last.write(results);

        assertEquals(List.of(last), Outcome.readAll(results));
    }

    @Test
    void shouldReadNothingWhereNothingRan() {
        assertEquals(List.of(), Outcome.readAll(results.resolve("absent")));
    }

    @Test
    void shouldRefuseAnUnknownItem() {
        assertThrows(IllegalArgumentException.class, () -> Item.named("CASE_19"));
    }

    private static List<Outcome> everythingPassed() {
        List<Outcome> all = new ArrayList<>();
        for (Item item : Item.all()) {
            item.peers().forEach(peer -> all.add(passed(item, peer, TEST, "gap 1 ms")));
        }
        return all;
    }

    private static Outcome passed(Item item, Peer peer, String test, String measured) {
        return new Outcome(item, peer, JDK, test, true, measured);
    }

    private static String page(List<Outcome> outcomes) {
        return ConformancePage.text(outcomes, true, List.of("a machine"));
    }

    private static String row(String page, Item item) {
        return page.lines()
                .filter(line -> line.startsWith("| " + item.title() + " |"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no row for " + item.title() + " in\n" + page));
    }

    private static int occurrences(String text, String word) {
        return text.split(word, -1).length - 1;
    }
}
