package io.jspp.testing.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReconnectTableTest {
    private static final int JDK = 17;

    /** The plan's headings, in its order. */
    private static final List<String> TITLES = List.of(
            "vhost-user/virtio-pmd pvp split ring reconnect from vhost-user",
            "vhost-user/virtio-pmd pvp split ring reconnect from VM",
            "vhost-user/virtio-pmd pvp split ring reconnect stability test",
            "vhost-user/virtio-pmd pvp split ring with multi VMs reconnect from vhost-user",
            "vhost-user/virtio-pmd pvp split ring with multi VMs reconnect from VMs",
            "vhost-user/virtio-pmd pvp split ring with multi VMs reconnect stability test",
            "vhost-user/virtio-net VM2VM split ring reconnect from vhost-user",
            "vhost-user/virtio-net VM2VM split ring reconnect from VMs",
            "vhost-user/virtio-net VM2VM split ring reconnect stability test",
            "vhost-user/virtio-pmd pvp packed ring reconnect from vhost-user",
            "vhost-user/virtio-pmd pvp packed ring reconnect from VM",
            "vhost-user/virtio-pmd pvp packed ring reconnect stability test",
            "vhost-user/virtio-pmd pvp packed ring with multi VMs reconnect from vhost-user",
            "vhost-user/virtio-pmd pvp packed ring with multi VMs reconnect from VMs",
            "vhost-user/virtio-pmd pvp packed ring with multi VMs reconnect stability test",
            "vhost-user/virtio-net VM2VM packed ring reconnect from vhost-user",
            "vhost-user/virtio-net VM2VM packed ring reconnect from VMs",
            "vhost-user/virtio-net VM2VM packed ring reconnect stability test");

    @TempDir
    private Path results;

    @Test
    void shouldCallTheCasesAsThePlanDoes() {
        assertEquals(
                TITLES,
                Stream.of(ReconnectCase.values()).map(ReconnectCase::planTitle).toList());
    }

    @Test
    void shouldShowFiguresFailuresAndWhatIsMissing() {
        List<ReconnectRun> due = ReconnectRun.of(ReconnectRun.Length.SHORT, ReconnectRun.chosen("1,2,7"));
        List<Outcome> records = List.of(
                record(due.get(0), true, "we connect, gap 0 ms (outage 1527 ms)"),
                record(due.get(1), false, "gap of 1200 ms, 1000 allowed"),
                record(due.get(3), true, "we connect"),
                record(due.get(5), true, "we connect, gap 3 ms (outage 2710 ms), rate 0.84"));
        records.forEach(one -> one.write(results));

        String table = ReconnectTable.of(due, Outcome.readAll(results)).toString();

        assertEquals("""

                 1  vhost-user/virtio-pmd pvp split ring reconnect from vhost-user
                      DPDK virtio-user  we connect  PASS     gap 0 ms (outage 1527 ms)
                      own front-end     we connect  FAIL     gap of 1200 ms, 1000 allowed
                      own front-end     we listen   NOT RUN  the test did not get to it

                 2  vhost-user/virtio-pmd pvp split ring reconnect from VM
                      DPDK virtio-user  we connect  PASS     traffic flows again
                      own front-end     we connect  NOT RUN  the test did not get to it

                 7  vhost-user/virtio-net VM2VM split ring reconnect from vhost-user
                      QEMU guest        we connect  PASS     gap 3 ms (outage 2710 ms), rate 0.84

                3 cases, 6 runs: 3 passed, 1 failed, 2 not run
                FAIL
                """, table.substring(table.indexOf("\n\n") + 1));
    }

    @Test
    void shouldPassOnlyWhenEveryRunHasPassed() {
        for (ReconnectRun.Length length : ReconnectRun.Length.values()) {
            List<ReconnectRun> due = ReconnectRun.of(length, ReconnectRun.chosen(""));
            List<Outcome> records = new ArrayList<>();
            due.forEach(run -> records.add(record(run, true, "")));
            assertTrue(ReconnectTable.of(due, records).toString().endsWith(" 0 failed, 0 not run\nPASS\n"));

            records.remove(records.size() - 1);
            assertTrue(ReconnectTable.of(due, records).toString().endsWith(" 0 failed, 1 not run\nFAIL\n"));
        }
    }

    @Test
    void shouldTakeBothSocketRolesInLongRuns() {
        List<ReconnectRun> all = ReconnectRun.of(ReconnectRun.Length.LONG, ReconnectRun.chosen(""));
        for (ReconnectCase which : ReconnectCase.values()) {
            assertEquals(
                    Set.of(true, false),
                    Set.copyOf(all.stream()
                            .filter(run -> run.which() == which)
                            .map(ReconnectRun::client)
                            .toList()),
                    which.name());
        }
    }

    @Test
    void shouldRefuseWhatIsNoNumberOfACase() {
        for (String wrong : List.of("0", "19", "1,", "x", "01", "1 2")) {
            assertThrows(IllegalArgumentException.class, () -> ReconnectRun.chosen(wrong), wrong);
        }
    }

    @Test
    void shouldRecordWhatWentWrong() {
        ReconnectRun run = ReconnectRun.of(ReconnectRun.Length.SHORT, ReconnectRun.chosen("7"))
                .get(0);
        Callable<String> proof = () -> {
            throw new AssertionError("gap of 1200 ms |\n<allowed>");
        };
        System.setProperty(Conformance.DIRECTORY, results.toString());
        try {
            assertThrows(AssertionError.class, () -> Conformance.prove(run.which(), run.peer(), run.test(), proof));
        } finally {
            System.clearProperty(Conformance.DIRECTORY);
        }
        String table = ReconnectTable.of(List.of(run), Outcome.readAll(results)).toString();
        assertTrue(table.contains("  we connect  FAIL     gap of 1200 ms / (allowed>\n"), table);
    }

    private static Outcome record(ReconnectRun run, boolean passed, String measured) {
        return new Outcome(run.which(), run.peer(), JDK, run.test(), passed, measured);
    }
}
