package io.jspp.testing.conformance;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What {@code ./spp conform} prints: the cases of the plan by their names there, and what each run of them has shown. A program of its own without
 * libraries.
 */
public final class ReconnectTable {
    private static final String LEGEND = """
            gap: time without traffic once both sides can talk, at most 1000 ms; outage: all of it.
            rate: of TCP after an event through that before the first one, at least 0.80.
            """;

    /** How a run ended. */
    private enum Result {
        PASS,
        FAIL,
        NOT_RUN;

        String text() {
            return name().replace('_', ' ');
        }
    }

    private final StringBuilder text = new StringBuilder();
    private final Map<Result, Integer> count = new EnumMap<>(Result.class);

    private ReconnectTable(List<ReconnectRun> due, List<Outcome> outcomes) {
        text.append(LEGEND);
        ReconnectCase before = null;
        for (ReconnectRun run : due) {
            if (run.which() != before) {
                before = run.which();
                text.append(String.format(Locale.ROOT, "%n%2d  %s%n", before.number(), before.planTitle()));
            }
            row(
                    run,
                    outcomes.stream()
                            .filter(one -> one.item() == run.which()
                                    && one.peer() == run.peer()
                                    && one.test().equals(run.test()))
                            .toList());
        }
        long cases = due.stream().map(ReconnectRun::which).distinct().count();
        text.append(String.format(
                Locale.ROOT,
                "%n%d case%s, %d runs: %d passed, %d failed, %d not run%n%s%n",
                cases,
                cases == 1 ? "" : "s",
                due.size(),
                count(Result.PASS),
                count(Result.FAIL),
                count(Result.NOT_RUN),
                isGood() ? "PASS" : "FAIL"));
    }

    private void row(ReconnectRun run, List<Outcome> outcomes) {
        Result result = outcomes.isEmpty()
                ? Result.NOT_RUN
                : outcomes.stream().allMatch(Outcome::passed) ? Result.PASS : Result.FAIL;
        count.merge(result, 1, Integer::sum);
        String figures = outcomes.stream()
                .filter(one -> one.passed() == (result == Result.PASS))
                .map(one -> without(run.role(), one.measured()))
                .findFirst()
                .orElse("the test did not get to it");
        text.append(String.format(
                Locale.ROOT,
                "      %-16s  %-10s  %-7s  %s%n",
                run.peer().title(),
                run.role(),
                result.text(),
                figures.isEmpty() ? "traffic flows again" : figures));
    }

    private static String without(String role, String measured) {
        return measured.equals(role)
                ? ""
                : measured.startsWith(role + ", ") ? measured.substring(role.length() + 2) : measured;
    }

    private int count(Result result) {
        return count.getOrDefault(result, 0);
    }

    private boolean isGood() {
        return count.keySet().equals(Set.of(Result.PASS));
    }

    static ReconnectTable of(List<ReconnectRun> due, List<Outcome> outcomes) {
        return new ReconnectTable(due, outcomes);
    }

    @Override
    public String toString() {
        return text.toString();
    }

    /**
     * Prints the table; ends with 0 when every run has passed, with 1 when one has failed or is missing.
     *
     * @param arguments directory of the records, {@code short} or {@code long}, numbers of cases with commas between them (all when empty)
     */
    public static void main(String[] arguments) {
        ReconnectTable table = of(
                ReconnectRun.of(
                        ReconnectRun.Length.valueOf(arguments[1].toUpperCase(Locale.ROOT)),
                        ReconnectRun.chosen(arguments[2])),
                Outcome.readAll(Path.of(arguments[0])));
        System.out.print(table);
        System.exit(table.isGood() ? 0 : 1);
    }
}
