package io.mempair.ha.agent;

import io.mempair.ha.check.Checks;
import io.mempair.ha.time.Clock;
import io.mempair.ha.time.Timers;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks that find what the test says, and a tie-breaker that answers unless it says otherwise. */
final class FakeChecks implements Checks {

    private final Timers timers = new Timers("fake-checks");
    private final Clock clock;
    volatile List<String> problems = List.of();
    volatile boolean tieBreakerAnswers = true;
    private @Nullable List<String> told;

    FakeChecks(Clock clock) {
        this.clock = clock;
    }

    @Override
    public void start(ChecksListener listener) {
        timers.every(Duration.ofMillis(50), () -> {
            List<String> found = problems;
            if (!found.equals(told)) {
                told = found;
                listener.fitness(found);
            }
            if (tieBreakerAnswers) {
                listener.tieBreakerHeard(clock.nanoTime());
            }
        });
    }

    @Override
    public List<CheckStatus> status() {
        return List.of();
    }

    @Override
    public void close() {
        timers.close();
    }
}
