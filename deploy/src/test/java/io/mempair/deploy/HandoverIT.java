package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A pair that hands its clients' connections over at a switchover, and what becomes of it when it cannot. */
@Tag("timed")
@Timeout(240)
class HandoverIT {

    private static final int CLIENTS = 12;
    private static final int SWITCHOVERS = 6;

    @RegisterExtension
    private final Lab lab = new Lab();

    private final HandoverPair pair = new HandoverPair(lab);

    @BeforeEach
    void startServers() {
        lab.startMemcached("m1");
        lab.startMemcached("m2");
    }

    /** Each connection lives through all of it, and each {@code incr} is counted once: its answer says so. */
    @ParameterizedTest
    @CsvSource({"io_uring, 1", "epoll, 4"})
    void switchoversBackAndForthKeepEveryConnectionAndCountEachRequestOnce(String transport, int loops)
            throws Exception {
        pair.start(
                file -> file.replace("proxy:\n", "proxy:\n  transport: " + transport + "\n  loops: " + loops + "\n"));
        try (CountingClients clients = new CountingClients(lab, Lab.VIP, CLIENTS)) {
            pair.switchOver(clients, "a", SWITCHOVERS);
        }
        assertThat(pair.counted("a", "moved")).isEqualTo((double) (CLIENTS * SWITCHOVERS / 2));
    }

    @Test
    void aPeerThatDoesNotTakeConnectionsMakesItAPlainSwitchoverWhichIsToldBeforehand() throws IOException {
        pair.start("a", "auto", UnaryOperator.identity());
        lab.until("a is active", () -> lab.isActive("a"));
        pair.start("b", "off", UnaryOperator.identity());
        lab.until("b is standby", () -> lab.role("b").equals("standby"));
        lab.until(
                "a says why a switchover closes connections",
                () -> lab.http("a", "/status").contains("group.handover is off at b (remedy: "));
        try (CountingClients clients = new CountingClients(lab, Lab.VIP, CLIENTS)) {
            clients.count("before");

            assertThat(lab.switchover("a").orFail()).contains("b is active");
        }
        assertThat(lab.log("a", "node"))
                .contains("connections are not handed over: group.handover is off there")
                .containsPattern("group.handover is off at b .* event=handover_impossible");
        try (CountingClients again = new CountingClients(lab, Lab.VIP, 1)) {
            again.count("after it");
        }
    }

    /** Wherever the silence is noticed, the switchover is refused or taken back. */
    @Test
    void aPeerThatFallsSilentMakesASwitchoverThatLosesNoConnection() throws IOException {
        pair.start(UnaryOperator.identity());
        try (CountingClients clients = new CountingClients(lab, Lab.VIP, CLIENTS)) {
            lab.lab("fault", "stop-b").orFail();
            lab.switchover("a");

            lab.until("a is active", () -> lab.isActive("a"));
            clients.count("after it");
        }
        lab.lab("heal").orFail();
    }
}
