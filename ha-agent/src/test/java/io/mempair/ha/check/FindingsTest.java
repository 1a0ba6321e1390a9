package io.mempair.ha.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class FindingsTest {

    private final List<List<String>> told = new ArrayList<>();
    private final Findings findings = new Findings(told::add);
    private final Consumer<List<String>> first = findings.source();
    private final Consumer<List<String>> second = findings.source();

    @Test
    void nobodyIsToldBeforeEveryCheckHasSpoken() {
        second.accept(List.of());
        assertThat(told).isEmpty();

        first.accept(List.of());
        assertThat(told).containsExactly(List.of());
    }

    @Test
    void onlyAChangeIsToldAndInTheOrderOfTheChecks() {
        second.accept(List.of("s"));
        first.accept(List.of("f"));
        first.accept(List.of("f"));
        second.accept(List.of());

        assertThat(told).containsExactly(List.of("f", "s"), List.of("f"));
    }
}
