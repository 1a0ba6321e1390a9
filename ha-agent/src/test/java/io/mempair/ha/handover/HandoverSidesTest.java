package io.mempair.ha.handover;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every order of events at either side of a hand-over, as long as the sequences are; with losses, refusals and repeats. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class HandoverSidesTest {

    private static final long EPOCH = 7;
    private static final long LINK = 3;
    private static final long LATE = 20_000_000_000L;
    private static final HandoverMessage.Prepare PREPARE =
            new HandoverMessage.Prepare(HandoverMessage.VERSION, "a", "b", EPOCH);

    private static final List<BiFunction<HandoverSource, Long, List<SourceAction>>> SOURCE_INPUTS = List.of(
            (source, now) -> source.heard(EPOCH, new HandoverMessage.Prepared()),
            (source, now) -> source.heard(EPOCH, new HandoverMessage.HandoverRefused("no")),
            (source, now) -> source.copy(EPOCH),
            (source, now) -> source.copied(EPOCH, 5, now),
            (source, now) -> source.heard(EPOCH, new HandoverMessage.Restored(5)),
            (source, now) -> source.lost(EPOCH, "gone"),
            (source, now) -> source.tick(now + LATE),
            (source, now) -> source.commit(EPOCH),
            (source, now) -> source.abandon(EPOCH));

    private static final List<BiFunction<HandoverTarget, Long, List<TargetAction>>> TARGET_INPUTS = List.of(
            (target, now) -> target.heard(LINK, PREPARE, null, now),
            (target, now) -> target.heard(LINK, new HandoverMessage.CopiedConnections(new byte[1]), null, now),
            (target, now) -> target.heard(LINK, new HandoverMessage.CopiesEnd(1), null, now),
            (target, now) -> target.restored(LINK, 1),
            (target, now) -> target.heard(LINK, new HandoverMessage.Commit(), null, now),
            (target, now) -> target.heard(LINK, new HandoverMessage.Abort(), null, now),
            (target, now) -> target.lost(LINK),
            (target, now) -> target.reignBegan(EPOCH + 1, now),
            (target, now) -> target.tick(now + LATE));

    /** All sequences of {@code length} numbers below {@code bound}. */
    private static void everySequence(int bound, int length, Consumer<int[]> use) {
        int[] sequence = new int[length];
        int at = 0;
        while (at >= 0) {
            use.accept(sequence);
            at = length - 1;
            while (at >= 0 && ++sequence[at] == bound) {
                sequence[at--] = 0;
            }
        }
    }

    @Test
    void aSourceTakesBackOrCommitsButNeverBothAndCommitsOnlyWhatWasRestored() {
        everySequence(SOURCE_INPUTS.size(), 6, sequence -> {
            HandoverSource source = new HandoverSource("a");
            List<Object> actions = new ArrayList<>(source.prepare(EPOCH, "b"));
            for (int input : sequence) {
                actions.addAll(SOURCE_INPUTS.get(input).apply(source, 0L));
            }
            boolean closes = contains(actions, SourceAction.CloseCopied.class);
            boolean takesBack = contains(actions, SourceAction.TakeBack.class);
            boolean commits = actions.contains(new SourceAction.TellTarget(new HandoverMessage.Commit()));
            boolean reported = actions.contains(new SourceAction.ReportCopied(EPOCH));
            if ((closes && takesBack) || (commits && !(closes && reported))) {
                throw new AssertionError(actions.toString());
            }
        });
    }

    @Test
    void aSourceReportsEveryEndToTheElection() {
        everySequence(SOURCE_INPUTS.size(), 5, sequence -> {
            HandoverSource source = new HandoverSource("a");
            List<Object> actions = new ArrayList<>(source.prepare(EPOCH, "b"));
            for (int input : sequence) {
                List<SourceAction> more = SOURCE_INPUTS.get(input).apply(source, 0L);
                boolean lost = input == 5 && !source.isIdle();
                boolean known = contains(actions, SourceAction.ReportFailed.class);
                if (lost && !known && !contains(more, SourceAction.ReportFailed.class)) {
                    throw new AssertionError("a lost link is not reported: " + actions);
                }
                actions.addAll(more);
            }
        });
    }

    @Test
    void aTargetServesOnlyWhatWasRestoredAndCommittedInItsOwnReign() {
        everySequence(TARGET_INPUTS.size(), 6, sequence -> {
            HandoverTarget target = new HandoverTarget("b");
            boolean reigns = false;
            boolean committed = false;
            boolean restored = false;
            boolean holding = false;
            for (int input : sequence) {
                List<TargetAction> more = TARGET_INPUTS.get(input).apply(target, 0L);
                reigns |= input == 7;
                committed |= input == 4 && restored;
                restored |= contains(more, TargetAction.TellSource.class) && input == 3;
                holding |= contains(more, TargetAction.RestoreCopies.class);
                boolean activates = contains(more, TargetAction.Activate.class);
                if (activates && !(reigns && committed && restored)) {
                    throw new AssertionError("activates too early");
                }
                if (activates || contains(more, TargetAction.Discard.class)) {
                    holding = false;
                    restored = false;
                    committed = false;
                }
                if (holding && target.isIdle()) {
                    throw new AssertionError("forgets copies that it holds");
                }
            }
            if (!target.isIdle() && TARGET_INPUTS.get(8).apply(target, LATE).isEmpty()) {
                throw new AssertionError("holds copies for ever");
            }
        });
    }

    @Test
    void aTargetRefusesWhatItCannotDoAndSaysWhy() {
        HandoverTarget target = new HandoverTarget("c");
        assertThat(target.heard(LINK, PREPARE, null, 0).toString()).contains("this node is c, not b");
        HandoverTarget other = new HandoverTarget("b");
        HandoverMessage.Prepare newer = new HandoverMessage.Prepare(99, "a", "b", EPOCH);
        assertThat(other.heard(LINK, newer, null, 0).toString())
                .contains("version 1")
                .contains("not 99");
        assertThat(other.heard(LINK, PREPARE, "no right", 0).toString()).contains("no right");
        other.heard(LINK, PREPARE, null, 0);
        assertThat(other.heard(LINK + 1, PREPARE, null, 0).toString()).contains("another hand-over is under way");
    }

    @Test
    void copiesOfAnEarlierReignAreDiscardedWhenTheOwnReignIsNotALaterOne() {
        HandoverTarget target = new HandoverTarget("b");
        target.heard(LINK, PREPARE, null, 0);
        target.heard(LINK, new HandoverMessage.CopiedConnections(new byte[1]), null, 0);

        assertThat(target.reignBegan(EPOCH, 0)).contains(new TargetAction.Discard());
    }

    private static boolean contains(List<?> actions, Class<?> kind) {
        return actions.stream().anyMatch(kind::isInstance);
    }
}
