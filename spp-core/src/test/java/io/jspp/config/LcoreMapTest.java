package io.jspp.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LcoreMapTest {
    private static final TreeSet<Integer> TWO_CPUS = new TreeSet<>(List.of(0, 1));

    private static String placed(String map) {
        return LcoreMap.place(LcoreMap.parse(map), -1, new TreeSet<>(CpuSets.list("0-7")))
                .lcores()
                .toString();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1,2@(5-7) | [lcore 1 → cpu 1, lcore 2 → cpu 5,6,7]",
                "(0-3)@1 | [lcore 0 → cpu 1 (shared), lcore 1 → cpu 1 (shared), lcore 2 → cpu 1 (shared), lcore 3 → cpu 1 (shared)]",
                "0-1@2 | [lcore 0 → cpu 2 (shared), lcore 1 → cpu 2 (shared)]",
                "(3-5)@(0,2),7 | [lcore 3 → cpu 0,2 (shared), lcore 4 → cpu 0,2 (shared), lcore 5 → cpu 0,2 (shared), lcore 7 → cpu 7]",
                "9@3 | [lcore 9 → cpu 3]",
            })
    void shouldFollowTheMapOfTheOperator(String map, String expected) {
        assertEquals(expected, placed(map));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "@1", "(0-3", "1@", "1,,2", "0@1@2", "a", "(0-3)@9999", "1,1", "(0,1)x", "0)@1", "1-", "-"})
    void shouldRefuseMalformedMaps(String map) {
        UsageException refusal = assertThrows(UsageException.class, () -> LcoreMap.parse(map));
        assertTrue(refusal.getMessage().length() > 10, refusal.getMessage());
    }

    @Test
    void shouldRefuseCpusThatDoNotExistOnlyInAnExplicitMap() {
        UsageException refusal =
                assertThrows(UsageException.class, () -> LcoreMap.place(LcoreMap.parse("1@5"), -1, TWO_CPUS));
        assertEquals(
                "lcore 1 is mapped to cpu 5, which this process may not use: allowed are 0,1", refusal.getMessage());
        LcoreMap wrapped = LcoreMap.place(LcoreMap.plain(CpuSets.list("9")), -1, TWO_CPUS);
        assertEquals("lcore 9 → cpu 1 (shared)", wrapped.main().toString());
    }

    @Test
    void shouldTakeTheLowestLcoreAsMainUnlessTold() {
        LcoreMap map = LcoreMap.place(LcoreMap.plain(CpuSets.mask("0x3ffd")), -1, TWO_CPUS);
        assertEquals(0, map.mainId());
        assertEquals(List.of(0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13), map.ids());
        LcoreMap chosen = LcoreMap.place(LcoreMap.plain(CpuSets.list("1-3")), 2, TWO_CPUS);
        assertEquals(List.of(2, 1, 3), chosen.ids());
        assertEquals(
                "[lcore 1 → cpu 1 (shared), lcore 3 → cpu 1 (shared)]",
                chosen.workers().toString());
        assertThrows(UsageException.class, () -> LcoreMap.place(LcoreMap.plain(CpuSets.list("1-3")), 4, TWO_CPUS));
    }

    @Test
    void shouldUseTheAllowedCpusWhenTheyAreNotTheFirst() {
        LcoreMap map = LcoreMap.place(LcoreMap.plain(CpuSets.list("0,1,5")), -1, new TreeSet<>(List.of(4, 5)));
        assertEquals(
                "[lcore 0 → cpu 4 (shared), lcore 1 → cpu 5 (shared), lcore 5 → cpu 5 (shared)]",
                map.lcores().toString());
    }

    @Test
    void shouldKnowItsOwnCpus() {
        assertTrue(CpuSets.allowed().size() >= 1);
    }
}
