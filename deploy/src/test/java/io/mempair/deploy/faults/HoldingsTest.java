package io.mempair.deploy.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.deploy.faults.Holdings.Change;
import io.mempair.deploy.faults.Holdings.Stretch;
import java.util.List;
import org.junit.jupiter.api.Test;

class HoldingsTest {

    private static final Change A_GETS_IT = new Change(100, "a", true);

    @Test
    void anOrderlyMoveIsATimeWithoutAHolderAndNoneWithTwo() {
        var holdings = new Holdings(List.of(A_GETS_IT, new Change(500, "a", false), new Change(530, "b", true)));

        assertThat(holdings.between(200, 900)).isEqualTo(new Stretch(0, 30, 1));
        assertThat(holdings.holders()).containsExactly("b");
    }

    @Test
    void timesWithTwoHoldersAreAddedUpAndCutAtTheEndsOfTheStretch() {
        var holdings = new Holdings(List.of(
                A_GETS_IT,
                new Change(300, "b", true),
                new Change(350, "a", false),
                new Change(400, "a", true),
                new Change(420, "a", false),
                new Change(600, "a", true)));

        assertThat(holdings.between(200, 700)).isEqualTo(new Stretch(50 + 20 + 100, 0, 2));
        assertThat(holdings.between(340, 410)).isEqualTo(new Stretch(10 + 10, 0, 1));
    }

    @Test
    void theLongestTimeWithoutAHolderCountsAlsoAtTheEnds() {
        var holdings = new Holdings(List.of(
                A_GETS_IT, new Change(150, "a", false), new Change(170, "a", true), new Change(400, "a", false)));

        assertThat(holdings.between(0, 200)).isEqualTo(new Stretch(0, 100, 1));
        assertThat(holdings.between(120, 450)).isEqualTo(new Stretch(0, 50, 0));
        assertThat(holdings.between(120, 420)).isEqualTo(new Stretch(0, 20, 0));
    }

    @Test
    void aRenewalAndALossOfWhatIsNotHeldChangeNothing() {
        var holdings = new Holdings(List.of(
                A_GETS_IT,
                new Change(200, "a", true),
                new Change(300, "b", false),
                new Change(400, "a", false),
                new Change(450, "b", false),
                new Change(500, "a", true)));

        assertThat(holdings.between(150, 600)).isEqualTo(new Stretch(0, 100, 0));
    }
}
