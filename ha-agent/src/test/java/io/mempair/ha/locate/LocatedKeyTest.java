package io.mempair.ha.locate;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.admin.Table.TableRow;
import io.mempair.ha.locate.CopyState.AbsentCopy;
import io.mempair.ha.locate.CopyState.PresentCopy;
import io.mempair.ha.locate.CopyState.UnknownCopy;
import io.mempair.ha.locate.KeyCopy.CopyTier;
import io.mempair.ha.locate.LocatedKey.Agreement;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.replication.Key;
import io.mempair.proxy.replication.RefillLease;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What follows from the copies of a key. */
class LocatedKeyTest {

    private static final PresentCopy ITEM = new PresentCopy(5, 7, 3_600, false, "digest");

    private static LocatedKey key(CopyState... states) {
        byte[] bytes = "user:42".getBytes(StandardCharsets.US_ASCII);
        var primary = new KeyCopy(CopyTier.PRIMARY, new ServerAddress("m1", 11_211), "cache-a", states[0]);
        return new LocatedKey(
                Key.of(bytes, 0, bytes.length),
                states.length == 1
                        ? List.of(primary)
                        : List.of(
                                primary, new KeyCopy(CopyTier.BACKUP, new ServerAddress("m2", 11_300), "", states[1])));
    }

    private static PresentCopy with(long flags, long secondsLeft, boolean stale, String digest) {
        return new PresentCopy(5, flags, secondsLeft, stale, digest);
    }

    @Test
    void oneCopyIsAlike() {
        assertThat(key(ITEM).agreement()).isEqualTo(Agreement.ALIKE);
        assertThat(key(CopyState.NOTHING).agreement()).isEqualTo(Agreement.ABSENT);
    }

    @Test
    void twoSecondsOfLifetimeAreNoDifferenceAndThreeAre() {
        assertThat(key(ITEM, with(7, 3_602, false, "digest")).agreement()).isEqualTo(Agreement.ALIKE);
        assertThat(key(ITEM, with(7, 3_603, false, "digest")).differences()).containsExactly("lifetime");
        assertThat(key(with(7, CopyState.ENDLESS, false, "digest"), with(7, 0, false, "digest"))
                        .differences())
                .containsExactly("lifetime");
        assertThat(key(with(7, CopyState.ENDLESS, false, "digest"), with(7, CopyState.ENDLESS, false, "digest"))
                        .differences())
                .isEmpty();
    }

    @Test
    void allThatDiffersIsNamed() {
        assertThat(key(ITEM, with(8, 9, true, "other")).differences())
                .containsExactly("value", "flags", "stale", "lifetime");
        assertThat(key(CopyState.NOTHING, ITEM).differences()).containsExactly("only on the backup");
    }

    /** Two copies in every order: the verdict does not depend on which is the primary, and unknown is never a difference. */
    @Test
    void theVerdictHoldsForEveryPairOfStates() {
        var random = new Random(17);
        for (int i = 0; i < 5_000; i++) {
            CopyState one = any(random);
            CopyState two = any(random);
            Agreement agreement = key(one, two).agreement();

            assertThat(key(two, one).agreement()).as("%s, %s", one, two).isEqualTo(agreement);
            if (one instanceof UnknownCopy || two instanceof UnknownCopy) {
                assertThat(agreement).isEqualTo(Agreement.UNKNOWN);
            } else if (one instanceof AbsentCopy && two instanceof AbsentCopy) {
                assertThat(agreement).isEqualTo(Agreement.ABSENT);
            } else {
                assertThat(agreement == Agreement.ALIKE)
                        .isEqualTo(key(one, two).differences().isEmpty());
                if (one.equals(two)) {
                    assertThat(agreement).isEqualTo(Agreement.ALIKE);
                }
            }
        }
    }

    private static CopyState any(Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> new UnknownCopy("connection refused");
            case 1 -> CopyState.NOTHING;
            default ->
                with(
                        random.nextInt(2),
                        random.nextInt(4) - 1L,
                        random.nextInt(8) == 0,
                        random.nextBoolean() ? "one" : "two");
        };
    }

    @Test
    void theMarkOfARefillAndAPromiseAreNoItems() {
        assertThat(CopyState.found(new PresentCopy(0, RefillLease.FLAGS, 5, false, ""), false))
                .isEqualTo(new AbsentCopy("the mark of a refill"));
        assertThat(CopyState.found(new PresentCopy(0, 0, 30, false, ""), true)).isInstanceOf(AbsentCopy.class);
        PresentCopy empty = new PresentCopy(0, 0, 30, false, "");
        assertThat(CopyState.found(empty, false)).isEqualTo(empty);
        assertThat(CopyState.found(ITEM, true)).isEqualTo(ITEM);
    }

    @Test
    void anAnswerThatIsNoItemIsNone() {
        assertThat(ItemAnswer.of("VA 5 s5 f4294967295 t-1 c18446744073709551615 W X Z"))
                .isEqualTo(new ItemAnswer(5, 4_294_967_295L, CopyState.ENDLESS, -1, true, true, true));
        assertThat(ItemAnswer.of("VA 0 s0 f0 t7 c1")).isEqualTo(new ItemAnswer(0, 0, 7, 1, false, false, false));
        for (String line : List.of(
                "",
                "HD",
                "VA",
                "VA 5",
                "VA x s5 f0 t1 c1",
                "VA -1 s5 f0 t1 c1",
                "VA 5 s5 f0 t-2 c1",
                "VA 4294967297 s5 f0 t1 c1",
                "VA 5 s5 f0 t1",
                "ERROR",
                "SERVER_ERROR out of memory")) {
            assertThat(ItemAnswer.of(line)).as(line).isNull();
        }
    }

    @Test
    void aKeyIsARowForEachCopyAndASentenceIfTheyAreNotAlike() {
        assertThat(LocateText.tables(List.of(key(ITEM, new UnknownCopy("connection refused"))))
                        .get(0)
                        .rows())
                .extracting(TableRow::cells)
                .containsExactly(
                        List.of("key", "copy", "server", "name", "state", "bytes", "flags", "left", ""),
                        List.of("user:42", "primary", "m1:11211", "cache-a", "present", "5", "7", "3600 s", ""),
                        List.of("user:42", "backup", "m2:11300", "-", "unknown", "-", "-", "-", "connection refused"));
        assertThat(LocateText.tables(List.of(key(ITEM, CopyState.NOTHING)))
                        .get(1)
                        .rows())
                .extracting(TableRow::cells)
                .containsExactly(List.of("user:42: the copies differ: only on the primary"));
        assertThat(LocateText.tables(List.of(key(ITEM, ITEM))).get(1).rows()).isEmpty();
    }

    @Test
    void jsonSaysTheSame() {
        assertThat(LocateText.json(List.of(key(with(-1, CopyState.ENDLESS, true, "d"), CopyState.NOTHING))))
                .isEqualTo("{\"keys\":[{\"key\":\"user:42\",\"copies_are\":\"different\",\"differ_in\":[\"only on the"
                        + " primary\"],\"copies\":[{\"tier\":\"primary\",\"server\":\"m1:11211\",\"name\":\"cache-a\","
                        + "\"state\":\"present\",\"bytes\":5,\"flags\":18446744073709551615,\"seconds_left\":-1,"
                        + "\"stale\":true},{\"tier\":\"backup\",\"server\":\"m2:11300\",\"name\":null,"
                        + "\"state\":\"absent\",\"reason\":null}]}]}");
    }
}
