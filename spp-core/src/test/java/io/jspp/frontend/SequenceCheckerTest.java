package io.jspp.frontend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SequenceCheckerTest {
    private final SequenceChecker checker = new SequenceChecker();

    private void accept(long... numbers) {
        for (long n : numbers) {
            checker.accept(n);
        }
    }

    private void expect(long lost, long reordered, long duplicates) {
        assertEquals(lost, checker.lost(), "lost");
        assertEquals(reordered, checker.reordered(), "reordered");
        assertEquals(duplicates, checker.duplicates(), "duplicates");
    }

    @Test
    void shouldTakeTheFirstNumberAsTheBeginning() {
        accept(100, 101, 102);
        expect(0, 0, 0);
        assertEquals(103, checker.expected());
    }

    @Test
    void shouldCountGapsAsLost() {
        accept(0, 1, 5, 6, 8);
        expect(4, 0, 0);
    }

    @Test
    void shouldTellLateFromDuplicate() {
        accept(0, 3, 1, 1, 2, 3, 4);
        expect(0, 2, 2);
    }

    @Test
    void shouldCountALateComerAsDuplicateOnlyWhenItCameBefore() {
        accept(0, 1, 2, 0, 70_000, 69_000, 69_000);
        expect(69_996, 1, 2);
    }

    @Test
    void shouldAgreeWithASetForRandomTraffic() {
        Random random = new Random(7);
        List<Long> numbers = new ArrayList<>();
        for (long n = 0; n < 20_000; n++) {
            if (n == 0 || random.nextInt(100) > 2) {
                numbers.add(n);
            }
            if (n > 0 && random.nextInt(100) == 0) {
                numbers.add(n);
            }
        }
        for (int i = 2; i < numbers.size(); i++) {
            if (random.nextInt(50) == 0) {
                int j = 1 + Math.max(0, i - 2 - random.nextInt(20));
                long swap = numbers.get(i);
                numbers.set(i, numbers.get(j));
                numbers.set(j, swap);
            }
        }
        Set<Long> seen = new HashSet<>();
        long highest = -1;
        long late = 0;
        long twice = 0;
        for (long n : numbers) {
            checker.accept(n);
            if (!seen.add(n)) {
                twice++;
            } else if (n < highest) {
                late++;
            }
            highest = Math.max(highest, n);
        }
        expect(highest + 1 - seen.size(), late, twice);
    }
}
