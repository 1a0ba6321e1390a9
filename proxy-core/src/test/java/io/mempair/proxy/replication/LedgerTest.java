package io.mempair.proxy.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LedgerTest {

    private static final Identity FIRST = new Identity(10, 1_000);
    private static final Identity SECOND = new Identity(11, 2_000);

    private final PeerKnowledge peers = new PeerKnowledge();
    private final Ledger ledger = new Ledger("cache-1:11211", peers, 1 << 20);

    private static Key key(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        return Key.of(bytes, 0, bytes.length);
    }

    @Test
    void aServerThatMissedAWriteIsOutUntilItsJournalIsWorkedOff() {
        ledger.connected(FIRST);
        ledger.missed(key("a"));

        assertThat(ledger.standing()).isEqualTo(Standing.OUT);
        assertThat(ledger.takes(key("b"))).isFalse();
        assertThat(ledger.takeBack()).isFalse();
        assertThat(ledger.nextToPurge(10)).containsExactly(key("a"), key("b"));
        assertThat(ledger.takes(key("c"))).isFalse();
        assertThat(ledger.takeBack()).as("c was missed meanwhile").isFalse();
        assertThat(ledger.nextToPurge(10)).containsExactly(key("c"));
        assertThat(ledger.takeBack()).isTrue();
        assertThat(ledger.standing()).isEqualTo(Standing.REFILLING);
        ledger.refilledPurged(ledger.generation());
        assertThat(ledger.standing()).isEqualTo(Standing.SERVING);
    }

    @Test
    void keysThatCouldNotBeDeletedStayInTheJournal() {
        ledger.missed(key("a"));
        List<Key> keys = ledger.nextToPurge(1);

        ledger.notPurged(keys);

        assertThat(ledger.takeBack()).isFalse();
        assertThat(ledger.nextToPurge(1)).containsExactly(key("a"));
    }

    @Test
    void aRestartedServerIsEmptySoWhatItMissedIsForgotten() {
        ledger.connected(FIRST);
        ledger.missed(key("a"));
        ledger.connected(SECOND);

        assertThat(ledger.takeBack()).isTrue();
        ledger.refilledPurged(ledger.generation());
        assertThat(ledger.standing()).as("it lacks all keys, not only some").isEqualTo(Standing.REFILLING);
        ledger.refilled(ledger.generation());
        assertThat(ledger.standing()).isEqualTo(Standing.SERVING);
    }

    /** An error in place of the answer to {@code stats} is no restart. */
    @Test
    void aServerThatDoesNotSayWhoItIsKeepsItsJournal() {
        ledger.connected(FIRST);
        ledger.missed(key("a"));

        ledger.connected(Identity.UNKNOWN);
        assertThat(ledger.journaledKeys()).isEqualTo(1);
        ledger.connected(FIRST);
        assertThat(ledger.takeBack()).isFalse();
        assertThat(ledger.nextToPurge(10)).containsExactly(key("a"));
    }

    @Test
    void aServerThatSaysForTheFirstTimeWhoItIsKeepsItsJournal() {
        ledger.connected(Identity.UNKNOWN);
        ledger.missed(key("a"));

        ledger.connected(FIRST);

        assertThat(ledger.nextToPurge(10)).containsExactly(key("a"));
        assertThat(ledger.takeBack()).isTrue();
        ledger.refilledPurged(ledger.generation());
        assertThat(ledger.standing()).as("it may have restarted").isEqualTo(Standing.REFILLING);
    }

    @Test
    void aRestartThatNoWriteNoticedIsARefillAtOnce() {
        ledger.connected(FIRST);
        ledger.connected(FIRST);
        assertThat(ledger.standing()).isEqualTo(Standing.SERVING);

        ledger.connected(SECOND);

        assertThat(ledger.standing()).isEqualTo(Standing.REFILLING);
    }

    @Test
    void anEarlierRefillDoesNotEndALaterOne() {
        ledger.connected(FIRST);
        ledger.connected(SECOND);
        int earlier = ledger.generation();
        ledger.connected(FIRST);

        ledger.refilled(earlier);

        assertThat(ledger.standing()).isEqualTo(Standing.REFILLING);
    }

    @Test
    void aJournalThatOverflowsAsksForAFlush() {
        Ledger small = new Ledger("cache-1:11211", peers, 1_024);
        for (int i = 0; i < 100; i++) {
            small.missed(key("key-" + i));
        }

        assertThat(small.journaledKeys()).isEqualTo(-1);
        assertThat(small.journaledBytes()).isZero();
        assertThat(small.takeBack()).isFalse();
        assertThat(small.nextToPurge(10)).isEmpty();
        assertThat(small.beginFlush()).isTrue();
        assertThat(small.takes(key("during"))).isFalse();
        assertThat(small.takeBack()).as("missed during the flush").isFalse();
        assertThat(small.nextToPurge(10)).containsExactly(key("during"));
        assertThat(small.takeBack()).isTrue();
    }

    @Test
    void aServerWhoseWriteNobodyElseHasIsOutButNotOutOfDate() {
        ledger.connected(FIRST);
        ledger.doubted();

        assertThat(ledger.standing()).isEqualTo(Standing.OUT);
        assertThat(ledger.told(false)).as("a peer need not flush it").isEqualTo(Standing.REFILLING);
        ledger.standDown();
        assertThat(ledger.beginFlush()).isFalse();
        assertThat(ledger.takeBack()).isTrue();
    }

    @Test
    void aDoubtfulServerThatThenMissesAWriteIsOutOfDateForPeersToo() {
        ledger.doubted();
        long before = peers.version();

        assertThat(ledger.takes(key("a"))).isFalse();

        assertThat(ledger.told(false)).isEqualTo(Standing.OUT);
        assertThat(peers.version()).isGreaterThan(before);
        assertThat(ledger.nextToPurge(1)).containsExactly(key("a"));
        assertThat(ledger.told(false)).as("while the key is being deleted").isEqualTo(Standing.OUT);
    }

    @Test
    void aServerThatNeverHeardOfAFlushIsFlushedWhenItIsDue() {
        ledger.connected(FIRST);
        ledger.flushIsDue();
        assertThat(ledger.standing()).isEqualTo(Standing.SERVING);

        ledger.knowsFlush(true);
        ledger.connected(SECOND);
        ledger.refilled(ledger.generation());
        assertThat(ledger.told(false)).isEqualTo(Standing.SERVING);
        assertThat(ledger.told(true)).as("a peer has to flush it").isEqualTo(Standing.REFILLING);
        ledger.flushIsDue();

        assertThat(ledger.beginFlush()).isTrue();
    }

    @Test
    void aServerThatWasFlushedToMakeItRightHearsOfNoFlushToCome() {
        ledger.connected(FIRST);
        ledger.missedEverything();
        ledger.beginFlush();
        ledger.takeBack();
        assertThat(ledger.mayHearOfFlush()).isFalse();

        ledger.connected(SECOND);
        assertThat(ledger.mayHearOfFlush()).isTrue();
    }

    @Test
    void aNodeThatTakesOverFlushesWhatItsPredecessorHadOut() {
        ledger.connected(FIRST);
        ledger.learn(Standing.OUT, FIRST);

        assertThat(ledger.takes(key("a"))).isFalse();
        assertThat(ledger.beginFlush()).isTrue();
    }

    @Test
    void aNodeThatSawARestartItsPredecessorDidNotSeeKnowsBetter() {
        ledger.connected(SECOND);

        ledger.learn(Standing.SERVING, FIRST);
        assertThat(ledger.standing()).isEqualTo(Standing.REFILLING);

        ledger.learn(Standing.SERVING, SECOND);
        assertThat(ledger.standing()).isEqualTo(Standing.SERVING);
    }

    @Test
    void aNodeThatStoodDownDoesNotTrustItsJournal() {
        ledger.missed(key("a"));

        ledger.standDown();

        assertThat(ledger.journaledKeys()).isEqualTo(-1);
    }

    @Test
    void anAnswerThatReliesOnAnAbsenceWaitsForThePeers() {
        List<String> said = new ArrayList<>();
        peers.tell(() -> said.add("changed"));
        ledger.missed(key("a"));

        assertThat(ledger.peersKnow()).isFalse();
        ledger.whenPeersKnow(() -> said.add("answered"));
        assertThat(said).containsExactly("changed");
        peers.knownTo(peers.version());

        assertThat(said).containsExactly("changed", "answered");
        assertThat(ledger.peersKnow()).isTrue();
    }

    @Test
    void anIdOfAnotherProcessMatchesNoItem() {
        ledger.connected(FIRST);
        int first = ledger.tag();
        long given = CasTag.told(first, 4_711);

        assertThat(given).isPositive();
        assertThat(CasTag.meant(first, given)).isEqualTo(4_711);
        ledger.connected(SECOND);
        assertThat(ledger.tag()).isNotEqualTo(first);
        assertThat(CasTag.meant(ledger.tag(), given)).isEqualTo(CasTag.NO_ID);
        assertThat(CasTag.meant(first, 4_711)).as("an id no proxy gave").isEqualTo(CasTag.NO_ID);
    }
}
