package io.mempair.proxy.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplicaStateTest {

    private static final ServerIdentity FIRST = new ServerIdentity(10, 1_000);
    private static final ServerIdentity SECOND = new ServerIdentity(11, 2_000);

    private final PeerKnowledge peers = new PeerKnowledge();
    private final ReplicaState replica = new ReplicaState("cache-1:11211", peers, 1 << 20);
    private final ReplicaState other = new ReplicaState("cache-2:11211", peers, 1 << 20);

    private static Key key(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        return Key.of(bytes, 0, bytes.length);
    }

    @Test
    void aServerThatMissedAWriteIsOutUntilItsJournalIsWorkedOff() {
        replica.connected(FIRST);
        replica.missed(key("a"));

        assertThat(replica.status()).isEqualTo(ReplicaStatus.OUT);
        assertThat(replica.takes(key("b"))).isFalse();
        assertThat(replica.takeBack()).isFalse();
        assertThat(replica.missedWrites().nextToReplay(10)).containsExactly(key("a"), key("b"));
        assertThat(replica.takes(key("c"))).isFalse();
        assertThat(replica.takeBack()).as("c was missed meanwhile").isFalse();
        assertThat(replica.missedWrites().nextToReplay(10)).containsExactly(key("c"));
        assertThat(replica.takeBack()).isTrue();
        assertThat(replica.status()).isEqualTo(ReplicaStatus.REFILLING);
        replica.refill().keysCopied(replica.refill().generation());
        assertThat(replica.status()).isEqualTo(ReplicaStatus.SERVING);
    }

    @Test
    void keysThatCouldNotBeDeletedStayInTheJournal() {
        replica.missed(key("a"));
        List<Key> keys = replica.missedWrites().nextToReplay(1);

        replica.missedWrites().replayFailed(keys);

        assertThat(replica.takeBack()).isFalse();
        assertThat(replica.missedWrites().nextToReplay(1)).containsExactly(key("a"));
    }

    @Test
    void aRestartedServerIsEmptySoWhatItMissedIsForgotten() {
        replica.connected(FIRST);
        replica.missed(key("a"));
        replica.connected(SECOND);

        assertThat(replica.takeBack()).isTrue();
        replica.refill().keysCopied(replica.refill().generation());
        assertThat(replica.status()).as("it lacks all keys, not only some").isEqualTo(ReplicaStatus.REFILLING);
        replica.refill().completed(replica.refill().generation());
        assertThat(replica.status()).isEqualTo(ReplicaStatus.SERVING);
    }

    /** An error in place of the answer to {@code stats} is no restart. */
    @Test
    void aServerThatDoesNotSayWhoItIsKeepsItsJournal() {
        replica.connected(FIRST);
        replica.missed(key("a"));

        replica.connected(ServerIdentity.UNKNOWN);
        assertThat(replica.missedWrites().journaledKeys()).isEqualTo(1);
        replica.connected(FIRST);
        assertThat(replica.takeBack()).isFalse();
        assertThat(replica.missedWrites().nextToReplay(10)).containsExactly(key("a"));
    }

    @Test
    void aServerThatSaysForTheFirstTimeWhoItIsKeepsItsJournal() {
        replica.connected(ServerIdentity.UNKNOWN);
        replica.missed(key("a"));

        replica.connected(FIRST);

        assertThat(replica.missedWrites().nextToReplay(10)).containsExactly(key("a"));
        assertThat(replica.takeBack()).isTrue();
        replica.refill().keysCopied(replica.refill().generation());
        assertThat(replica.status()).as("it may have restarted").isEqualTo(ReplicaStatus.REFILLING);
    }

    @Test
    void aRestartThatNoWriteNoticedIsARefillAtOnce() {
        replica.connected(FIRST);
        replica.connected(FIRST);
        assertThat(replica.status()).isEqualTo(ReplicaStatus.SERVING);

        replica.connected(SECOND);

        assertThat(replica.status()).isEqualTo(ReplicaStatus.REFILLING);
    }

    @Test
    void anEarlierRefillDoesNotEndALaterOne() {
        replica.connected(FIRST);
        replica.connected(SECOND);
        int earlier = replica.refill().generation();
        replica.connected(FIRST);

        replica.refill().completed(earlier);

        assertThat(replica.status()).isEqualTo(ReplicaStatus.REFILLING);
    }

    @Test
    void aJournalThatOverflowsAsksForAFlush() {
        ReplicaState small = new ReplicaState("cache-1:11211", peers, 1_024);
        for (int i = 0; i < 100; i++) {
            small.missed(key("key-" + i));
        }

        assertThat(small.missedWrites().journaledKeys()).isEqualTo(-1);
        assertThat(small.missedWrites().journaledBytes()).isZero();
        assertThat(small.takeBack()).isFalse();
        assertThat(small.missedWrites().nextToReplay(10)).isEmpty();
        assertThat(small.missedWrites().beginFlush()).isTrue();
        assertThat(small.takes(key("during"))).isFalse();
        assertThat(small.takeBack()).as("missed during the flush").isFalse();
        assertThat(small.missedWrites().nextToReplay(10)).containsExactly(key("during"));
        assertThat(small.takeBack()).isTrue();
    }

    @Test
    void aServerWhoseWriteNobodyElseHasIsOutButNotOutOfDate() {
        replica.connected(FIRST);
        replica.doubted();

        assertThat(replica.status()).isEqualTo(ReplicaStatus.OUT);
        assertThat(replica.reported(false)).as("a peer need not flush it").isEqualTo(ReplicaStatus.SERVING);
        replica.standDown();
        assertThat(replica.missedWrites().beginFlush()).isFalse();
        assertThat(replica.takeBack()).isTrue();
    }

    @Test
    void aDoubtfulServerThatThenMissesAWriteIsOutOfDateForPeersToo() {
        replica.doubted();
        long before = peers.version();

        assertThat(replica.takes(key("a"))).isFalse();

        assertThat(replica.reported(false)).isEqualTo(ReplicaStatus.OUT);
        assertThat(peers.version()).isGreaterThan(before);
        assertThat(replica.missedWrites().nextToReplay(1)).containsExactly(key("a"));
        assertThat(replica.reported(false)).as("while the key is being deleted").isEqualTo(ReplicaStatus.OUT);
    }

    @Test
    void aServerThatNeverHeardOfAFlushIsFlushedWhenItIsDue() {
        replica.connected(FIRST);
        replica.flushDelivery().due();
        assertThat(replica.status()).isEqualTo(ReplicaStatus.SERVING);

        replica.flushDelivery().acknowledged(true);
        replica.connected(SECOND);
        replica.refill().completed(replica.refill().generation());
        assertThat(replica.reported(false)).isEqualTo(ReplicaStatus.SERVING);
        assertThat(replica.reported(true)).as("a peer has to flush it").isEqualTo(ReplicaStatus.REFILLING);
        replica.flushDelivery().due();

        assertThat(replica.missedWrites().beginFlush()).isTrue();
    }

    @Test
    void aServerThatWasFlushedToMakeItRightHearsOfNoFlushToCome() {
        replica.connected(FIRST);
        replica.missedEverything();
        replica.missedWrites().beginFlush();
        replica.takeBack();
        assertThat(replica.flushDelivery().allowsDelay()).isFalse();

        replica.connected(SECOND);
        assertThat(replica.flushDelivery().allowsDelay()).isTrue();
    }

    @Test
    void aNodeThatTakesOverFlushesWhatItsPredecessorHadOut() {
        replica.connected(FIRST);
        replica.learn(ReplicaStatus.OUT, FIRST, List.of());

        assertThat(replica.takes(key("a"))).isFalse();
        assertThat(replica.missedWrites().beginFlush()).isTrue();
    }

    /** A write failed that only one copy may have; nobody missed one that was acknowledged, so nothing is flushed. */
    @Test
    void aNodeThatTakesOverDeletesTheKeysWhoseCopiesDiffer() {
        replica.connected(FIRST);
        replica.learn(ReplicaStatus.REFILLING, FIRST, List.of(key("a")));
        replica.takeOver();

        assertThat(replica.status()).isEqualTo(ReplicaStatus.OUT);
        assertThat(replica.missedWrites().needsFlush()).isFalse();
        assertThat(replica.takeBack()).isFalse();
        assertThat(replica.missedWrites().nextToReplay(10)).containsExactly(key("a"));
        assertThat(replica.takeBack()).isTrue();
        assertThat(replica.differing()).isEmpty();
    }

    /** Whether it stands down before or after it finds out. */
    @Test
    void aNodeThatStandsDownTellsTheKeysWhoseCopiesDiffer() {
        replica.connected(FIRST);
        replica.differs(key("a"), other);
        replica.missedWrites().nextToReplay(10);
        replica.standDown();
        replica.differs(key("b"), other);

        assertThat(replica.differing()).containsExactly(key("a"), key("b"));
        assertThat(replica.reported(false)).isEqualTo(ReplicaStatus.REFILLING);
    }

    /** It may be flushed, so the key must stay here. */
    @Test
    void theCopyOfAServerThatMissedAWriteDoesNotCount() {
        other.missed(key("b"));

        replica.differs(key("a"), other);

        assertThat(replica.status()).isEqualTo(ReplicaStatus.OUT);
        assertThat(replica.differing()).isEmpty();
        assertThat(replica.missedWrites().journaledKeys()).isZero();
        assertThat(other.missedWrites().nextToReplay(10)).containsExactly(key("b"), key("a"));
    }

    @Test
    void aNodeThatSawARestartItsPredecessorDidNotSeeKnowsBetter() {
        replica.connected(SECOND);

        replica.learn(ReplicaStatus.SERVING, FIRST, List.of());
        assertThat(replica.status()).isEqualTo(ReplicaStatus.REFILLING);

        replica.learn(ReplicaStatus.SERVING, SECOND, List.of());
        assertThat(replica.status()).isEqualTo(ReplicaStatus.SERVING);
    }

    @Test
    void aNodeThatIsConnectedToAnEarlierProcessThanItsPredecessorFlushesItUnlessItIsGone() {
        replica.connected(FIRST);
        replica.learn(ReplicaStatus.SERVING, SECOND, List.of());

        assertThat(replica.status()).isEqualTo(ReplicaStatus.OUT);
        assertThat(replica.missedWrites().journaledKeys()).isEqualTo(-1);
        replica.takeOver();
        replica.connected(SECOND);
        assertThat(replica.missedWrites().journaledKeys()).isZero();
        assertThat(replica.takeBack()).isTrue();
        assertThat(replica.status()).isEqualTo(ReplicaStatus.REFILLING);
    }

    @Test
    void aNodeThatIsConnectedToTheProcessItWasToldOfTakesWhatItWasTold() {
        replica.connected(FIRST);
        replica.learn(ReplicaStatus.SERVING, SECOND, List.of());
        replica.connected(SECOND);
        assertThat(replica.status()).isEqualTo(ReplicaStatus.SERVING);

        replica.learn(ReplicaStatus.REFILLING, FIRST, List.of());
        replica.connectedElsewhere(FIRST);
        assertThat(replica.status()).isEqualTo(ReplicaStatus.REFILLING);
    }

    @Test
    void aNodeThatFollowedANameBeforeItsPredecessorFlushesWhatItFound() {
        replica.connected(FIRST);
        replica.connectedElsewhere(SECOND);
        assertThat(replica.status()).isEqualTo(ReplicaStatus.OUT);

        replica.learn(ReplicaStatus.SERVING, FIRST, List.of());
        assertThat(replica.status()).isEqualTo(ReplicaStatus.OUT);
        assertThat(replica.missedWrites().journaledKeys()).isEqualTo(-1);

        replica.learn(ReplicaStatus.SERVING, SECOND, List.of());
        assertThat(replica.status()).as("its predecessor has seen to it").isEqualTo(ReplicaStatus.SERVING);
    }

    @Test
    void aProcessAtAnotherAddressIsFlushedBeforeItIsUsedUnlessItIsTheSame() {
        replica.connected(FIRST);
        replica.connectedElsewhere(FIRST);
        assertThat(replica.status()).isEqualTo(ReplicaStatus.SERVING);

        replica.connectedElsewhere(SECOND);
        assertThat(replica.missedWrites().beginFlush()).isTrue();
        assertThat(replica.takeBack()).isTrue();
        assertThat(replica.refill().lacksAny()).isTrue();
        replica.learn(ReplicaStatus.SERVING, FIRST, List.of());
        assertThat(replica.status()).as("flushed, so nothing is left").isEqualTo(ReplicaStatus.REFILLING);
    }

    @Test
    void aProcessAtAnotherAddressThatDoesNotSayWhoItIsIsFlushed() {
        replica.connected(ServerIdentity.UNKNOWN);
        replica.connectedElsewhere(ServerIdentity.UNKNOWN);

        assertThat(replica.missedWrites().journaledKeys()).isEqualTo(-1);
    }

    @Test
    void aNodeThatStoodDownDoesNotTrustItsJournal() {
        replica.missed(key("a"));

        replica.standDown();

        assertThat(replica.missedWrites().journaledKeys()).isEqualTo(-1);
    }

    @Test
    void anAnswerThatReliesOnAnAbsenceWaitsForThePeers() {
        List<String> said = new ArrayList<>();
        peers.onChange(() -> said.add("changed"));
        replica.missed(key("a"));

        assertThat(replica.peersKnow()).isFalse();
        replica.whenPeersKnow(() -> said.add("answered"));
        assertThat(said).containsExactly("changed");
        peers.knownTo(peers.version());

        assertThat(said).containsExactly("changed", "answered");
        assertThat(replica.peersKnow()).isTrue();
    }

    @Test
    void anIdOfAnotherProcessMatchesNoItem() {
        replica.connected(FIRST);
        int first = replica.tag();
        long given = CasTag.forClient(first, 4_711);

        assertThat(given).isPositive();
        assertThat(CasTag.forServer(first, given)).isEqualTo(4_711);
        replica.connected(SECOND);
        assertThat(replica.tag()).isNotEqualTo(first);
        assertThat(CasTag.forServer(replica.tag(), given)).isEqualTo(CasTag.NO_ID);
        assertThat(CasTag.forServer(first, 4_711)).as("an id no proxy gave").isEqualTo(CasTag.NO_ID);
    }

    /** What the active node said is true of the process it named, whether this node has ever been connected to it or not. */
    @Test
    void aServerThatRestartedBeforeThisNodeConnectedToItIsNotTrusted() {
        replica.learn(ReplicaStatus.SERVING, FIRST, List.of());
        replica.takeOver();

        replica.connected(SECOND);

        assertThat(replica.status()).isEqualTo(ReplicaStatus.REFILLING);
        assertThat(replica.refill().lacksAny()).isTrue();
    }

    @Test
    void anEarlierProcessThatThisNodeConnectsToAfterATakeOverIsFlushed() {
        replica.learn(ReplicaStatus.SERVING, SECOND, List.of());
        replica.takeOver();

        replica.connected(FIRST);

        assertThat(replica.status()).isEqualTo(ReplicaStatus.OUT);
        assertThat(replica.missedWrites().journaledKeys()).as("a flush").isEqualTo(-1);
    }

    @Test
    void theProcessThatTheActiveNodeNamedIsTrusted() {
        replica.learn(ReplicaStatus.SERVING, FIRST, List.of());
        replica.takeOver();

        replica.connected(FIRST);

        assertThat(replica.status()).isEqualTo(ReplicaStatus.SERVING);
        assertThat(replica.identity()).isEqualTo(FIRST);
    }
}
