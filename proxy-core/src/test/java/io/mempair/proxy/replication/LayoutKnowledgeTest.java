package io.mempair.proxy.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mempair.proxy.replication.LayoutKnowledge.MarkersSeen;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A node takes over in any moment of a move: the servers that lead then hold every acknowledged write. */
class LayoutKnowledgeTest {

    private static final int SEEDS = 20_000;
    private static final int SERVERS = 2;

    @Test
    void aStageThatNeedsTwoLayoutsHasTwo() {
        assertThatThrownBy(() -> new LayoutKnowledge("f", "", LayoutStage.FILLING))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new LayoutKnowledge("f", "n", LayoutStage.SETTLED))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new LayoutKnowledge("", "n", LayoutStage.FILLING))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(LayoutKnowledge.NONE.isTold()).isFalse();
        assertThat(LayoutKnowledge.settled("f").isMoving()).isFalse();
    }

    @Test
    void aNodeThatWasToldOfACopyFillsAnewAndOneThatWasToldOfASwitchEmptiesTheFormerServers() {
        MarkersSeen marked = new MarkersSeen(true, false, true);
        assertThat(told(LayoutStage.FILLING).atTakeOver(marked)).isEqualTo(told(LayoutStage.FILLING));
        assertThat(told(LayoutStage.SWITCHING).atTakeOver(marked)).isEqualTo(told(LayoutStage.FILLING));
        assertThat(told(LayoutStage.KEEPING).atTakeOver(marked)).isEqualTo(told(LayoutStage.KEEPING));
        assertThat(told(LayoutStage.RETURNING).atTakeOver(marked)).isEqualTo(told(LayoutStage.KEEPING));
        assertThat(told(LayoutStage.DROPPING).atTakeOver(marked)).isEqualTo(told(LayoutStage.DROPPING));
    }

    @Test
    void aSwitchWhoseMarkersAreGoneHasHappened() {
        MarkersSeen gone = new MarkersSeen(false, false, true);
        assertThat(told(LayoutStage.SWITCHING).atTakeOver(gone))
                .isEqualTo(new LayoutKnowledge("n", "f", LayoutStage.KEEPING));
        assertThat(told(LayoutStage.RETURNING).atTakeOver(gone))
                .isEqualTo(new LayoutKnowledge("n", "f", LayoutStage.DROPPING));
    }

    @Test
    void serversThatDoNotAnswerChangeNothing() {
        MarkersSeen silent = new MarkersSeen(false, false, false);
        assertThat(told(LayoutStage.FILLING).atTakeOver(silent)).isEqualTo(told(LayoutStage.FILLING));
        assertThat(told(LayoutStage.SWITCHING).atTakeOver(silent)).isEqualTo(told(LayoutStage.FILLING));
        assertThat(told(LayoutStage.KEEPING).atTakeOver(silent)).isEqualTo(told(LayoutStage.KEEPING));
        assertThat(told(LayoutStage.RETURNING).atTakeOver(silent)).isEqualTo(told(LayoutStage.KEEPING));
    }

    /** A restarted next server has no marker while keys are copied: only the opposite marker says that a switch was missed. */
    @Test
    void aMarkerThatWasLostDoesNotMakeAnEmptyServerLead() {
        assertThat(told(LayoutStage.FILLING).atTakeOver(new MarkersSeen(false, false, true)))
                .isEqualTo(told(LayoutStage.FILLING));
        assertThat(told(LayoutStage.FILLING).atTakeOver(new MarkersSeen(true, true, true)))
                .isEqualTo(told(LayoutStage.FILLING));
        assertThat(told(LayoutStage.FILLING).atTakeOver(new MarkersSeen(false, true, true)))
                .isEqualTo(new LayoutKnowledge("n", "f", LayoutStage.KEEPING));
    }

    private static LayoutKnowledge told(LayoutStage stage) {
        return new LayoutKnowledge("f", "n", stage);
    }

    @Test
    void aNodeThatTakesOverAtAnyMomentLeadsServersThatHoldEveryWrite() {
        int[] ends = new int[LayoutStage.values().length];
        for (int seed = 0; seed < SEEDS; seed++) {
            ends[new ActiveNode(seed).run().ordinal()]++;
        }
        assertThat(IntStream.of(ends).filter(count -> count > SEEDS / 100).count())
                .as("different stages at the end")
                .isGreaterThanOrEqualTo(4);
    }

    /** The active node and its servers, and what its peer was told; messages, answers and the process are lost at random. */
    private static final class ActiveNode {

        private static final class Killed extends RuntimeException {
            private static final long serialVersionUID = 1;
        }

        private final long seed;
        private final SplittableRandom random;
        private boolean heard = true;
        private LayoutKnowledge told = told("f", "n", LayoutStage.FILLING); // before that nothing is copied
        private boolean nextLeads;
        private boolean formerStale;
        private boolean nextStale = true;

        /** On the next servers: the former ones lead. */
        private final boolean[] onNext = new boolean[SERVERS];

        /** On the former servers: the next ones lead. */
        private final boolean[] onFormer = new boolean[SERVERS];

        ActiveNode(long seed) {
            this.seed = seed;
            this.random = new SplittableRandom(seed);
        }

        private boolean chance(int oneOf) {
            return random.nextInt(oneOf) == 0;
        }

        LayoutStage run() {
            try {
                mark(onNext, true, false);
                for (int i = 0; i < 6; i++) {
                    write();
                    if (nextLeads) {
                        trySwitch(onFormer, onNext, told("n", "f", LayoutStage.RETURNING), "f", LayoutStage.DROPPING);
                    } else {
                        trySwitch(onNext, onFormer, told("f", "n", LayoutStage.SWITCHING), "n", LayoutStage.KEEPING);
                    }
                    write();
                    step();
                    if (told.stage() == LayoutStage.DROPPING) {
                        break;
                    }
                }
            } catch (Killed killed) {
                check();
                return told.stage();
            }
            check();
            return told.stage();
        }

        private static LayoutKnowledge told(String leading, String other, LayoutStage stage) {
            return new LayoutKnowledge(leading, other, stage);
        }

        /** Something else may happen here. */
        private void step() {
            if (chance(25)) {
                heard = false;
            }
            if (chance(12)) {
                throw new Killed();
            }
        }

        private void write() {
            if (nextLeads) {
                formerStale = true;
            } else {
                nextStale = true;
            }
        }

        /** Returns whether it was acknowledged by every peer that is heard. */
        private boolean send(LayoutKnowledge knowledge) {
            step();
            if (!heard) {
                return true;
            }
            if (chance(8)) {
                return false;
            }
            told = knowledge;
            step();
            return !heard || !chance(8);
        }

        /** Repeated with each heartbeat until it arrives, or the peer is not heard. */
        private void tellAtMost(LayoutKnowledge knowledge) {
            while (!send(knowledge)) {
                step();
            }
        }

        /** Returns whether each server has confirmed it; one may have done it nevertheless, or not. */
        private boolean mark(boolean[] servers, boolean wanted, boolean mayFail) {
            boolean confirmed = true;
            for (int i = 0; i < SERVERS; i++) {
                step();
                boolean fails = mayFail && chance(8);
                servers[i] = fails && random.nextBoolean() ? servers[i] : wanted;
                confirmed &= !fails;
            }
            return confirmed;
        }

        /** As the last step does it: clients wait, and both layouts are equal. */
        private void trySwitch(
                boolean[] onThoseToLead,
                boolean[] onThoseBehind,
                LayoutKnowledge tried,
                String toLead,
                LayoutStage after) {
            formerStale = false;
            nextStale = false;
            LayoutKnowledge done = told(toLead, toLead.equals("n") ? "f" : "n", after);
            LayoutKnowledge failed = told(
                    tried.leading(),
                    tried.other(),
                    tried.stage() == LayoutStage.SWITCHING ? LayoutStage.FILLING : LayoutStage.KEEPING);
            if (!send(tried)) {
                tellAtMost(failed);
                return;
            }
            if (mark(onThoseToLead, false, true) && mark(onThoseBehind, true, true) && send(done)) {
                nextLeads = toLead.equals("n");
                return;
            }
            // not covered: a server that answers keeps a wrong marker, and the peer is not told what came of the switch
            // either
            boolean mayFail = heard && told.equals(tried);
            mark(onThoseBehind, false, mayFail);
            mark(onThoseToLead, true, mayFail);
            onThoseToLead[random.nextInt(SERVERS)] = true; // that none of them can be marked again is not covered
            tellAtMost(failed);
        }

        private void check() {
            boolean formerLeads = onNext[0] || onNext[1];
            boolean nextDoes = onFormer[0] || onFormer[1];
            boolean fromFormer = told.leading().equals("f");
            LayoutKnowledge now = told.atTakeOver(
                    fromFormer
                            ? new MarkersSeen(formerLeads, nextDoes, true)
                            : new MarkersSeen(nextDoes, formerLeads, true));
            assertThat(now.leading().equals("f") ? formerStale : nextStale)
                    .as("seed %s: %s leads after %s, former leads %s, next %s", seed, now, told, formerLeads, nextDoes)
                    .isFalse();
        }
    }
}
