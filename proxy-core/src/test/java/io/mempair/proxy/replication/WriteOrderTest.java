package io.mempair.proxy.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WriteOrderTest {

    private final WriteOrder order = new WriteOrder();

    private static WriteOrder.Key key(String text) {
        byte[] bytes = ("get " + text + " more").getBytes(StandardCharsets.US_ASCII);
        return WriteOrder.Key.of(bytes, 4, text.length());
    }

    @Test
    void aWriteWaitsForThePrimaryOnlyWhileAnEarlierOneOfItsKeyIsDecided() {
        assertThat(order.primaryFirst(key("a"))).isFalse();

        order.begin(key("a"));
        assertThat(order.primaryFirst(key("a"))).isTrue();
        assertThat(order.primaryFirst(key("b"))).isFalse();

        order.end(key("a"));
        assertThat(order.primaryFirst(key("a"))).isFalse();
    }

    @Test
    void aKeyIsFreeWhenTheLastOfSeveralIsDecided() {
        order.begin(key("a"));
        order.begin(key("a"));
        order.end(key("a"));
        assertThat(order.primaryFirst(key("a"))).isTrue();

        order.end(key("a"));
        assertThat(order.primaryFirst(key("a"))).isFalse();
    }

    @Test
    void duringAFlushEveryKeyWaitsAndTheBackupHearsOfItAfterwards() {
        List<String> told = new ArrayList<>();
        order.latestFlush().whenTold(() -> told.add("before"));

        WriteOrder.Flush flush = order.beginFlush();
        order.latestFlush().whenTold(() -> told.add("after"));
        assertThat(order.primaryFirst(key("any"))).isTrue();
        assertThat(told).containsExactly("before");

        flush.toldBackups();
        assertThat(told).containsExactly("before", "after");
        assertThat(order.primaryFirst(key("any"))).isFalse();
    }

    @Test
    void whatCameBetweenTwoFlushesIsToldBetweenThem() {
        List<String> told = new ArrayList<>();
        WriteOrder.Flush first = order.beginFlush();
        order.latestFlush().whenTold(() -> told.add("between"));
        WriteOrder.Flush second = order.beginFlush();
        order.latestFlush().whenTold(() -> told.add("after"));

        first.toldBackups();
        assertThat(told).containsExactly("between");
        assertThat(order.primaryFirst(key("any"))).isTrue();
        second.toldBackups();
        assertThat(told).containsExactly("between", "after");
    }
}
