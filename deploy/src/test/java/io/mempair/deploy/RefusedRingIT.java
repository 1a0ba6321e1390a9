package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A host that lets a ring of io_uring be made and refuses to enter it, by a filter of system calls. */
@Timeout(180)
class RefusedRingIT {

    /** On every architecture: it is younger than their common numbers. */
    private static final String IO_URING_ENTER = "426";

    @RegisterExtension
    private final Background background = new Background();

    @TempDir
    private Path folder;

    private Path refuse;
    private int port;

    @BeforeEach
    void compile() throws IOException {
        refuse = folder.resolve("refuse");
        Run.of(Map.of(), Background.LIMIT, List.of("gcc", "-Wall", "-Wextra", "-o", refuse.toString(), "lab/refuse.c"))
                .orFail();
        port = ReservedPorts.next();
    }

    private Process startRefused(String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                refuse.toString(),
                IO_URING_ENTER,
                Installation.mempair(),
                "proxy",
                "-l",
                "127.0.0.1",
                "-p",
                String.valueOf(port),
                "-s",
                "127.0.0.1:1"));
        command.addAll(List.of(more));
        return background.start(command);
    }

    @Test
    void aProxyThatMayChooseServesWithoutTheRing() throws IOException {
        startRefused();

        Background.until("it serves", () -> background.log().contains(" serves on "));
        assertThat(Background.ask(port, "mn\r\n")).isEqualTo("MN");
        assertThat(background.log()).contains("transport=epoll").doesNotContain("Exception: ");
    }

    @Test
    void aProxyThatMustUseTheRingEndsAndSaysWhy() throws Exception {
        Process proxy = startRefused("--transport", "io_uring");

        assertThat(proxy.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(proxy.exitValue()).isEqualTo(1);
        assertThat(background.log())
                .contains("transport io_uring does not work on this host")
                .contains("--transport auto");
    }
}
