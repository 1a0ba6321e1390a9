package io.mempair.ha.address;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.config.HooksConfig;
import io.mempair.ha.config.VirtualAddressConfig;
import io.mempair.ha.config.VirtualAddressConfig.Cidr;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Real programs in a folder of the test; each run adds a line to {@code log} there. */
final class HookScripts {

    static final VirtualAddressConfig ADDRESSES =
            new VirtualAddressConfig(List.of(new Cidr("10.0.0.100", 24), new Cidr("fd00::64", 64)), "eth0");

    private final Path folder;
    private final Path log;
    private @Nullable Path claim;
    private @Nullable Path release;
    private @Nullable Path notification;
    private @Nullable Path fence;

    HookScripts(Path folder) {
        this.folder = folder;
        this.log = folder.resolve("log");
    }

    /** A program of these lines of shell, after the one that logs its event and epoch. */
    Path script(String name, String... lines) throws IOException {
        Path file = folder.resolve(name);
        Files.writeString(
                file,
                "#!/bin/bash\necho \"$MEMPAIR_EVENT $MEMPAIR_EPOCH\" >> " + log + '\n' + String.join("\n", lines)
                        + '\n');
        assertThat(file.toFile().setExecutable(true)).isTrue();
        return file;
    }

    HookScripts claim(String... lines) throws IOException {
        claim = script("claim", lines);
        return this;
    }

    HookScripts release(String... lines) throws IOException {
        release = script("release", lines);
        return this;
    }

    HookScripts notification(String... lines) throws IOException {
        notification = script("notify", lines);
        return this;
    }

    HookScripts fence(String... lines) throws IOException {
        fence = script("fence", lines);
        return this;
    }

    Hooks hooks(Duration timeout) {
        return new Hooks(
                new HooksConfig(claim, release, notification, fence, timeout, HooksConfig.Holder.GUARD),
                "a",
                ADDRESSES);
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    /** Event and epoch of each run so far. */
    List<String> runs() {
        try {
            return Files.exists(log) ? Files.readAllLines(log) : List.of();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
