package io.mempair.ha.check;

import io.mempair.ha.config.CheckConfig;
import io.mempair.ha.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** One check of the operator, run periodically on its own thread until interrupted. */
final class Script implements Runnable {

    private final CheckConfig config;
    private final Clock clock;
    private final ScriptRun run;
    private final Consumer<List<String>> findings;
    private volatile Checks.CheckStatus status;

    Script(CheckConfig config, Clock clock, Consumer<List<String>> findings) {
        this.config = config;
        this.clock = clock;
        this.run = new ScriptRun(config.command(), config.timeout(), clock);
        this.findings = findings;
        this.status = new Checks.CheckStatus(config.name(), false, "not run yet");
    }

    /** The current status. Any thread. */
    Checks.CheckStatus status() {
        return status;
    }

    @Override
    public void run() {
        RiseFall riseFall = new RiseFall(config.rise(), config.fall());
        try {
            while (!Thread.currentThread().isInterrupted()) {
                long begunNanos = clock.nanoTime();
                ScriptRun.RunOutcome outcome = run.once();
                RiseFall next = riseFall.after(outcome.good());
                if (!riseFall.known() || next.good() != riseFall.good()) {
                    findings.accept(
                            next.good() ? List.of() : List.of("check " + config.name() + ": " + outcome.text()));
                }
                riseFall = next;
                status = new Checks.CheckStatus(config.name(), riseFall.good(), outcome.text());
                await(begunNanos + config.interval().toNanos());
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void await(long untilNanos) {
        for (long leftNanos = untilNanos - clock.nanoTime();
                leftNanos > 0 && !Thread.currentThread().isInterrupted();
                leftNanos = untilNanos - clock.nanoTime()) {
            clock.pause(Duration.ofNanos(leftNanos));
        }
    }
}
