package io.mempair.ha.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.admin.FakeNode;
import io.mempair.ha.history.HistoryRecord;
import io.mempair.ha.history.HistoryRecord.RecordKind;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class HistoryCommandTest extends CommandOfNode {

    private static final List<HistoryRecord> RECORDS = List.of(
            new HistoryRecord(
                    1_790_000_000_000L, "b", RecordKind.RELOAD, "", "refused", 0, "", "b.yaml:1:1: wrong", 0, -1),
            new HistoryRecord(
                    1_790_000_001_000L,
                    "a",
                    RecordKind.ROLE,
                    "standby",
                    "active",
                    12,
                    "peer_died",
                    "b is \"dead\"",
                    34,
                    71));

    @BeforeEach
    void remember() {
        node.history = RECORDS;
    }

    @Test
    void eachRecordIsALineTheNewestLast() {
        assertThat(run("history", "--control", control.toString())).isZero();

        assertThat(out.toString().lines().toList())
                .satisfiesExactly(
                        line -> assertThat(line).matches("time +node +what +epoch +nobody served +took +because"),
                        line -> assertThat(line).containsPattern("^2026-09-.* b +reload refused +b.yaml:1:1: wrong$"),
                        line -> assertThat(line)
                                .containsPattern(" a +standby -> active +12 +71 ms +34 ms +b is \"dead\"$"));
    }

    @Test
    void onlyTheLastAreShownIfWanted() {
        assertThat(run("history", "--last", "1", "--control", control.toString()))
                .isZero();

        assertThat(out.toString().lines()).hasSize(2);
        assertThat(out.toString()).contains("active").doesNotContain("reload");
    }

    @Test
    void nothingIsSaidToBeNothingAndAProxyAloneWhy() {
        node.history = List.of();
        assertThat(run("history", "--control", control.toString())).isZero();
        assertThat(out.toString().strip()).isEqualTo("nothing has happened that is kept");

        out.getBuffer().setLength(0);
        node.status = FakeNode.proxyAlone();
        assertThat(run("history", "--control", control.toString())).isZero();
        assertThat(out.toString().strip())
                .isEqualTo(
                        "nothing: a proxy alone has no role that could change, and keeps its reloads only until it ends");
    }

    @Test
    void theSameAsJson() {
        assertThat(run("history", "--json", "--control", control.toString())).isZero();

        assertThat(out.toString().strip())
                .isEqualTo(
                        "{\"history\":[{\"at_ms\":1790000000000,\"node\":\"b\",\"kind\":\"reload\",\"from\":\"\",\"to\":\"refused\",\"epoch\":0,\"cause\":\"\",\"reason\":\"b.yaml:1:1:"
                                + " wrong\",\"took_ms\":0,"
                                + "\"gap_ms\":null},{\"at_ms\":1790000001000,\"node\":\"a\",\"kind\":\"role\",\"from\":\"standby\",\"to\":\"active\",\"epoch\":12,\"cause\":\"peer_died\",\"reason\":\"b"
                                + " is \\\"dead\\\"\",\"took_ms\":34,\"gap_ms\":71}]}");
    }

    @Test
    void aNumberThatCannotBeRightIsRefused() {
        assertThat(run("history", "--last", "0")).isEqualTo(2);
        assertThat(err.toString()).startsWith("mempair history: --last: 0 (expected: 1..1000)");
    }
}
