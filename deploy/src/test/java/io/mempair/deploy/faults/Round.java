package io.mempair.deploy.faults;

import io.mempair.ha.probe.Probe;
import io.mempair.ha.time.SystemClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** One round: a settled pair, clients that watch it, a fault, its end, a settled pair again. */
final class Round {

    /** How long a pair may take to settle, however slow the machine, before the round has failed. */
    private static final Duration SETTLED = Duration.ofSeconds(40);

    private static final Duration PERIOD = Duration.ofMillis(5);

    /** Before the fault and after all is well again, so that a late hiccup counts too. */
    private static final Duration QUIET = Duration.ofMillis(700);

    private static final Duration WARM_UP = Duration.ofSeconds(4);
    private static final String PROBE_KEY = "mempair-probe";
    private static final double NANOS = 1e6;
    private static final double MICROS = 1e3;

    private final LabPair pair;
    private final Row row;
    private final boolean beginning;
    private final AtomicLong firstAnswerNanos = new AtomicLong();
    private boolean broken;
    private final Probe probe;
    private final WritingClient writer;
    private final ServingWatch serving = new ServingWatch(LabPair.HOST, LabPair.PORT);
    /** Unlike from round to round, and the same when they are repeated. */
    private final int phaseMillis;

    /** @param keys  what this round's keys begin with; no other round's do */
    private Round(LabPair pair, Row row, String keys) {
        this.pair = pair;
        this.row = row;
        this.beginning = row.kind() == Row.RowKind.BEGINNING;
        this.probe = new Probe(
                LabPair.ADDRESS,
                LabPair.PORT,
                PROBE_KEY,
                PERIOD,
                new SystemClock(),
                () -> firstAnswerNanos.set(System.nanoTime()));
        this.phaseMillis = ((keys.hashCode() * 0x9E3779B9) >>> 16) % 1_000;
        this.writer = new WritingClient(LabPair.ADDRESS, LabPair.PORT, keys, PERIOD);
    }

    /** Does it; a pair that does not come back is a result too. */
    static RoundResult of(LabPair pair, Row row, String keys) {
        var round = new Round(pair, row, keys);
        try {
            return round.measured();
        } catch (FaultFailure e) {
            String problem = String.valueOf(e.getMessage());
            return round.broken ? RoundResult.failed(problem) : RoundResult.notBegun(problem);
        } finally {
            round.serving.close();
            round.writer.close();
            round.probe.close();
        }
    }

    /** Lets the clients run for a while: code that runs for the first time is slow, and its slowness would be counted as an outage. */
    static void warmUp() {
        try (var probe = new Probe(LabPair.ADDRESS, LabPair.PORT, PROBE_KEY, PERIOD, new SystemClock(), () -> {});
                var writer = new WritingClient(LabPair.ADDRESS, LabPair.PORT, "warm-up-", PERIOD);
                var serving = new ServingWatch(LabPair.HOST, LabPair.PORT)) {
            probe.start();
            writer.start();
            serving.start();
            Waiting.last(WARM_UP);
        }
    }

    private RoundResult measured() {
        if (!beginning) {
            Waiting.until("the pair is settled before the fault", SETTLED, pair::settled);
        }
        String active = pair.holders().contains("b") ? "b" : "a";
        pair.prepare(row, active);
        long epoch = beginning ? -1 : pair.epoch();
        probe.start();
        writer.start();
        serving.start();
        if (!beginning) {
            Waiting.until("a client is answered before the fault", SETTLED, () -> firstAnswerNanos.get() != 0);
        }
        // at any moment between two renewals of the address: rounds that follow each other alike would all break at the
        // same one
        Waiting.last(QUIET.plusMillis(phaseMillis));
        long injectedNanos = System.nanoTime();
        long injectedMicros = AddressWatch.nowMicros();
        broken = true;
        pair.inject(row, active);
        pair.mend(row, active);
        Waiting.until("the pair is settled after the fault", SETTLED, pair::settled);
        Waiting.last(QUIET);
        return result(epoch, injectedNanos, injectedMicros);
    }

    private RoundResult result(long epoch, long injectedNanos, long injectedMicros) {
        long outageNanos = probe.summary().longestNanos();
        serving.close();
        writer.close();
        long reconnectingNanos = writer.summary().longestNanos();
        if (beginning) {
            // a node that took a foreign host's address in spite of it answered before
            outageNanos = Math.max(0, firstAnswerNanos.get() - injectedNanos);
            reconnectingNanos = Math.max(0, writer.firstAnswerNanos() - injectedNanos);
        }
        long nowMicros = AddressWatch.nowMicros();
        Holdings holdings = pair.watch().of(LabPair.NODES);
        Holdings.Stretch stretch = holdings.between(injectedMicros, nowMicros);
        return new RoundResult(
                outageNanos / NANOS,
                reconnectingNanos / NANOS,
                stretch.bothMicros() / MICROS,
                holdings.between(pair.mendedMicros(), nowMicros).bothMicros() / MICROS,
                stretch.nobodyMicros() / MICROS,
                epoch < 0 ? stretch.moves() : pair.epoch() - epoch,
                pair.onlyActiveAnswers() ? serving.answersWhileTheOtherServed() : 0,
                writer.acknowledged().size(),
                Reader.missing(LabPair.ADDRESS, LabPair.PORT, writer.acknowledged()),
                "");
    }
}
