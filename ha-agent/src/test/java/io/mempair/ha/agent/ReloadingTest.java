package io.mempair.ha.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mempair.ha.config.ConfigException;
import io.mempair.ha.config.ConfigReader;
import io.mempair.ha.time.SystemClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ReloadingTest {

    private static String result(CompletionStage<String> stage) throws Exception {
        return stage.toCompletableFuture().get(5, TimeUnit.SECONDS);
    }

    @Test
    void whatChangedIsAnsweredAndRemembered() throws Exception {
        Reloading reloading = new Reloading(() -> CompletableFuture.completedFuture("all new"), new SystemClock());
        assertThat(reloading.last()).isNull();

        assertThat(result(reloading.begin())).isEqualTo("all new");
        assertThat(reloading.last().applied()).isTrue();
        assertThat(reloading.last().outcome()).isEqualTo("all new");
    }

    @Test
    void aBadFileIsAnsweredWithItsProblemsAndRemembered() {
        Reloading reloading = new Reloading(
                () -> CompletableFuture.completedFuture(
                        ConfigReader.readNode(Path.of("no-such.yaml")).name()),
                new SystemClock());

        assertThatThrownBy(() -> result(reloading.begin()))
                .hasCauseInstanceOf(ConfigException.class)
                .hasMessageContaining("no-such.yaml:1:1: is not there");
        assertThat(reloading.last().applied()).isFalse();
        assertThat(reloading.last().outcome()).contains("is not there");
    }

    @Test
    void aFailureIsAnsweredAndTheNextReloadRuns() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        Reloading reloading = new Reloading(
                () -> attempts.incrementAndGet() == 1
                        ? CompletableFuture.failedFuture(new IllegalStateException("broken"))
                        : CompletableFuture.completedFuture("good"),
                new SystemClock());

        assertThatThrownBy(() -> result(reloading.begin())).hasMessageContaining("broken");
        assertThat(result(reloading.begin())).isEqualTo("good");
    }

    @Test
    void withoutAFileEveryReloadSaysSo() {
        Reloading reloading = new Reloading(Reloading.never("no file"), new SystemClock());

        assertThatThrownBy(() -> result(reloading.begin())).hasMessageContaining("no file");
        assertThat(reloading.last())
                .as("an alert that a reload was refused would never end")
                .isNull();
    }

    @Test
    void aReloadThatEndsLateIsRememberedAsItEnded() {
        CompletableFuture<String> late = new CompletableFuture<>();
        Reloading reloading = new Reloading(() -> late, new SystemClock(), Duration.ofMillis(50));
        AtomicInteger ends = new AtomicInteger();
        reloading.onEnd(ends::incrementAndGet);

        assertThatThrownBy(() -> result(reloading.begin())).hasMessageContaining("no result within 50 ms");
        assertThat(reloading.last().applied()).isFalse();
        assertThat(ends).hasValue(0);

        late.complete("all new");
        assertThat(ends).hasValue(1);
        assertThat(reloading.last().applied()).isTrue();
        assertThat(reloading.last().outcome()).isEqualTo("all new");
    }

    @Test
    void oneRunsAndOneWaitsAndThatIsEnough() throws Exception {
        CompletableFuture<String> gate = new CompletableFuture<>();
        Reloading reloading = new Reloading(() -> gate, new SystemClock());
        List<CompletionStage<String>> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            all.add(reloading.begin());
        }

        assertThatThrownBy(() -> result(all.get(4))).hasMessageContaining("another one is queued");
        gate.complete("done");
        assertThat(result(all.get(0))).isEqualTo("done");
        assertThat(result(all.get(1))).isEqualTo("done");
    }
}
