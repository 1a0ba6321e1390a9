package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code mempair drill} on a pair: the address goes and comes back, and the drill says what it cost. */
@Timeout(240)
@Tag("timed")
class DrillIT {

    @RegisterExtension
    private final Lab lab = new Lab();

    @Test
    void theAddressGoesAndComesBackFromWhicheverNodeADrillIsRun() {
        lab.startPair();

        for (String host : List.of("a", "b")) {
            Run drill = drill(host, "--json");

            System.out.println("[drill] switchovers, run on " + host + ": " + drill.out());
            assertThat(drill.exitCode()).as(drill.err()).isZero();
            assertThat(drill.out())
                    .contains("{\"what\":\"switchover\",\"from\":\"a\",\"to\":\"b\",")
                    .contains("{\"what\":\"switchover\",\"from\":\"b\",\"to\":\"a\",")
                    .contains("\"lost\":0,")
                    .contains("\"unfinished\":null,\"good\":true");
            assertThat(lab.isActive("a")).isTrue();
        }
    }

    @Test
    void aKilledNodeIsReplacedAndGetsTheAddressBackWhenItRunsAgain() {
        Process first = lab.startNode("a");
        startRest();
        CompletableFuture<Process> supervisor = first.onExit().thenApply(ended -> lab.startNode("a"));

        Run drill = drill("a", "--crash", "--yes");

        System.out.println("[drill] crash: " + drill.out());
        assertThat(drill.exitCode()).as(drill.err()).isZero();
        assertThat(drill.out())
                .containsPattern("kill -9, a to b: longest outage [0-9]+ ms, [0-9]+ of [0-9]+ reads failed")
                .containsPattern("switchover, b to a: longest outage [0-9]+ ms")
                .containsPattern("writes: [0-9]+ acknowledged, 0 of them lost; [0-9]+ failed, [0-9]+ connections");
        assertThat(supervisor).isCompleted();
        assertThat(lab.isActive("a")).isTrue();
    }

    /** Where clients have nothing but TLS the place has to be named; the admin face has TLS too, which is nothing to a drill. */
    @Test
    void aPairWithTlsOnEveryFaceIsDrilledToo() {
        lab.startMemcached("m1");
        lab.startMemcached("m2");
        String certificates = lab.shortLived().toString();
        Lab.mempair("certs", certificates, "a", "b").orFail();
        for (String node : List.of("a", "b")) {
            lab.writeConfig(node, Map.of());
            lab.rewrite(node, file -> withTls(file, certificates + '/' + node));
            lab.startMember(node, "node", "node", lab.config(node));
        }

        Run aimless = drill("b");
        assertThat(aimless.exitCode()).isEqualTo(2);
        assertThat(aimless.err()).contains("--target: missing", "--tls if it has TLS");

        Run drill = drill("b", "--target", Lab.VIP + ":11212", "--tls", "--json");

        System.out.println("[drill] with TLS: " + drill.out());
        assertThat(drill.exitCode()).as(drill.err()).isZero();
        assertThat(drill.out()).contains("\"lost\":0,", "\"unfinished\":null,\"good\":true");
    }

    private static String withTls(String file, String certificate) {
        return file.replace(
                        "proxy:\n",
                        "proxy:\n  listen: []\n  tls-listen: %s:11212\n  tls-certificate: %s.pem\n  tls-key: %2$s-key.pem\n"
                                .formatted(Lab.VIP, certificate))
                .replace(
                        "admin:\n",
                        "admin:\n  tls-certificate: %s.pem\n  tls-key: %1$s-key.pem\n".formatted(certificate));
    }

    private void startRest() {
        lab.startMemcached("m1");
        lab.startMemcached("m2");
        lab.until("a is active", () -> lab.isActive("a"));
        lab.startNode("b");
        lab.until("b is standby", () -> lab.role("b").equals("standby"));
    }

    /** On a host of its own, as an operator does. */
    private Run drill(String host, String... options) {
        lab.until(
                "the pair is fine",
                () -> Lab.mempair(
                                        "status",
                                        "--check",
                                        "--config",
                                        lab.config(host).toString())
                                .exitCode()
                        == 0);
        List<String> words = new ArrayList<>(List.of(
                Installation.mempair(), "drill", "--config", lab.config(host).toString()));
        words.addAll(List.of(options));
        return lab.on(host, words.toArray(String[]::new));
    }
}
