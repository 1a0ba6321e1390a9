package io.mempair.ha.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mempair.ha.agent.Reloading;
import io.mempair.ha.config.ConfigChange;
import io.mempair.ha.config.ConfigException;
import io.mempair.ha.config.ConfigReader;
import io.mempair.ha.config.ProxyFile;
import io.mempair.ha.time.SystemClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a reload says of a file that is well written and cannot be applied. */
@Timeout(60)
class FileReloadTest {

    @TempDir
    private Path folder;

    private String outcome(CompletionStage<String> applied) throws Exception {
        Path file = Files.writeString(folder.resolve("p.yaml"), "proxy: {servers: m1}");
        ProxyFile running = ConfigReader.readProxy(file);
        Files.writeString(file, "proxy: {servers: m2}");
        Reloading reloading = new Reloading(
                new FileReload<>(file, running, ConfigReader::readProxy, ConfigChange::between, wanted -> applied),
                new SystemClock());
        return reloading.begin().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    @Test
    void aPreviewSaysWhatWouldChangeAndAppliesNothing() throws Exception {
        Path file = Files.writeString(folder.resolve("p.yaml"), "proxy: {servers: m1}");
        FileReload<ProxyFile> reload = new FileReload<>(
                file,
                ConfigReader.readProxy(file),
                ConfigReader::readProxy,
                ConfigChange::between,
                wanted -> CompletableFuture.failedFuture(new AssertionError("applied")));
        Reloading reloading = new Reloading(reload, new SystemClock());
        Files.writeString(file, "proxy: {servers: m2}");

        assertThat(reloading.preview().toCompletableFuture().get(30, TimeUnit.SECONDS))
                .contains("a reload would apply: proxy.servers: [m1:11211] -> [m2:11211]")
                .contains("about 100 % of the keys");
        assertThat(reload.running().proxy().pool().primaries()).hasToString("[m1:11211]");
        assertThat(reloading.last()).isNull();

        Files.writeString(file, "proxy: {servers: m2, loops: 7}");
        assertThatThrownBy(() -> reloading.preview().toCompletableFuture().get(30, TimeUnit.SECONDS))
                .hasCauseInstanceOf(ConfigException.class)
                .hasMessageContaining("proxy.loops");
    }

    @Test
    void whatTheFileSaysCannotBeDoneSoTheFileIsRefused() {
        var refused =
                CompletableFuture.<String>failedFuture(new IllegalArgumentException("m2 does not take the login"));

        assertThatThrownBy(() -> outcome(refused))
                .hasCauseInstanceOf(ConfigException.class)
                .hasMessageContaining("p.yaml: m2 does not take the login");
    }

    @Test
    void whatFailsForAnotherReasonIsNotTheFilesFault() {
        var failed = CompletableFuture.<String>failedFuture(new IllegalStateException("the proxy closes"));

        assertThatThrownBy(() -> outcome(failed))
                .hasCauseInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the proxy closes");
    }

    @Test
    void whatWasDoneIsSaidWithTheFile() throws Exception {
        assertThat(outcome(CompletableFuture.completedFuture(" (fine)")))
                .contains("p.yaml: proxy.servers: ")
                .endsWith(" (fine)");
    }

    /** Each end of a file that hangs ends the reload in time, and the next one asks again; only threads that hang are bounded. */
    @Test
    void aFileThatDoesNotAnswerBlocksNoLaterReload() throws Exception {
        Path file = Files.writeString(folder.resolve("p.yaml"), "proxy: {servers: m1}");
        CountDownLatch mounted = new CountDownLatch(1);
        AtomicBoolean lost = new AtomicBoolean(true);
        Reloading reloading = new Reloading(
                new FileReload<>(
                        file,
                        ConfigReader.readProxy(file),
                        path -> {
                            if (lost.get()) {
                                await(mounted);
                            }
                            return ConfigReader.readProxy(path);
                        },
                        Duration.ofMillis(50),
                        ConfigChange::between,
                        wanted -> CompletableFuture.completedFuture("")),
                new SystemClock());
        for (int i = 0; i < TimedReader.MAX_HANGING - 1; i++) {
            assertThatThrownBy(() -> reloading.begin().toCompletableFuture().get(30, TimeUnit.SECONDS))
                    .hasMessageContaining("could not be read within 50 ms (expected: a file system that answers");
        }
        lost.set(false);
        assertThat(reloading.begin().toCompletableFuture().get(30, TimeUnit.SECONDS))
                .contains("nothing changed");

        lost.set(true);
        assertThatThrownBy(() -> reloading.preview().toCompletableFuture().get(30, TimeUnit.SECONDS))
                .hasMessageContaining("could not be read within 50 ms");
        assertThatThrownBy(() -> reloading.begin().toCompletableFuture().get(30, TimeUnit.SECONDS))
                .hasMessageContaining("4 reloads still wait for it");
        mounted.countDown();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aPipeInThePlaceOfTheFileIsRefused() throws Exception {
        Path file = Files.writeString(folder.resolve("p.yaml"), "proxy: {servers: m1}");
        ProxyFile running = ConfigReader.readProxy(file);
        Files.delete(file);
        assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor())
                .isZero();
        Reloading reloading = new Reloading(
                new FileReload<>(
                        file,
                        running,
                        ConfigReader::readProxy,
                        ConfigChange::between,
                        wanted -> CompletableFuture.completedFuture("")),
                new SystemClock());

        assertThatThrownBy(() -> reloading.begin().toCompletableFuture().get(30, TimeUnit.SECONDS))
                .hasCauseInstanceOf(ConfigException.class)
                .hasMessageContaining("p.yaml:1:1: is a pipe (expected: a file)");
    }
}
