package io.jspp.supervision;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jspp.config.ExitCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a death decides; SupervisorTest and LauncherTest have the processes. */
class LivesTest {
    private static final int CRASH = 137;
    private static final long STEADY_NS = TimeUnit.SECONDS.toNanos(10);

    private final Lives lives = new Lives(Path.of("log"), Lives.Patience.USUAL, Lives.State.RUNNING, 0);

    @ParameterizedTest
    @CsvSource({
        ExitCode.OK + ", ENDED",
        ExitCode.USAGE + ", REFUSED",
        ExitCode.REFUSED + ", REFUSED",
        ExitCode.FAILED + ", WAITING",
        CRASH + ", WAITING",
    })
    void shouldDecideByTheExitStatus(int exit, Lives.State state) {
        lives.ended(exit, 1);
        assertEquals(state, lives.state());
    }

    @Test
    void shouldWaitLongerAfterEachQuickDeathAndGiveUpInTheEnd() {
        List<Long> pauses = new ArrayList<>();
        for (int deaths = 0; deaths < 10; deaths++) {
            lives.died(STEADY_NS - 1);
            assertEquals(Lives.State.WAITING, lives.state());
            pauses.add(lives.pauseMs());
        }
        assertEquals(List.of(500L, 1000L, 2000L, 4000L, 8000L, 16000L, 16000L, 16000L, 16000L, 16000L), pauses);
        lives.died(STEADY_NS - 1);
        assertEquals(Lives.State.GIVEN_UP, lives.state());
        assertEquals(11, lives.quickDeaths());
    }

    @Test
    void shouldForgetQuickDeathsOnceItHasLivedSteadily() {
        lives.died(1);
        lives.died(1);
        lives.died(STEADY_NS);
        assertEquals(0, lives.quickDeaths());
        assertEquals(500, lives.pauseMs());
    }
}
