package io.mempair.ha.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.admin.FakeNode;
import io.mempair.ha.agent.TakeOver;
import io.mempair.ha.agent.TakeOver.Condition;
import io.mempair.ha.election.Role;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(20)
class WaitCommandTest extends CommandOfNode {

    @Test
    void whatIsSoAlreadyIsNotWaitedFor() {
        assertThat(run("wait", "serving", "refilled", "--control", control.toString()))
                .isZero();
        assertThat(out.toString().strip()).isEqualTo("refilled");
    }

    @Test
    void whatBecomesSoEndsTheWait() {
        CompletableFuture<Integer> waiting = CompletableFuture.supplyAsync(
                () -> run("wait", "serving", "--timeout", "15s", "--control", control.toString()));

        node.status = FakeNode.status(Role.ACTIVE, true, true, "now");

        assertThat(waiting.join()).isZero();
        assertThat(out.toString().strip()).isEqualTo("serving");
    }

    @Test
    void whatIsNotSoInTimeIsAFailureWithTheReason() {
        assertThat(run("wait", "serving", "standby", "--timeout", "1ms", "--control", control.toString()))
                .isEqualTo(1);
        assertThat(err.toString().strip())
                .isEqualTo(
                        "mempair wait: not serving or standby within 1ms: a is standby: fit; no active node is heard");
    }

    @Test
    void aProgramThatDoesNotAnswerIsWaitedForToo() {
        Path none = folder.resolve("none.sock");

        assertThat(run("wait", "serving", "--timeout", "1ms", "--control", none.toString()))
                .isEqualTo(1);
        assertThat(err.toString()).startsWith("mempair wait: not serving within 1ms: " + none + ": no node answers");
    }

    @Test
    void aWitnessIsNeverWhatItIsWaitedFor() {
        node.status = FakeNode.witness();

        assertThat(run("wait", "serving", "standby", "refilled", "--control", control.toString()))
                .isEqualTo(1);
        assertThat(err.toString().strip())
                .isEqualTo("mempair wait: never serving or standby or refilled: w is a witness, which votes and has"
                        + " neither clients nor servers: ask one of the nodes");
    }

    @Test
    void aProxyAloneIsNeverAStandby() {
        node.status = FakeNode.proxyAlone();

        assertThat(run("wait", "standby", "--control", control.toString())).isEqualTo(1);
        assertThat(err.toString().strip())
                .isEqualTo(
                        "mempair wait: never standby: this proxy runs alone: there is no peer that it could take over"
                                + " from");
        assertThat(run("wait", "standby", "serving", "--control", control.toString()))
                .isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "wait                        | mempair wait: WHAT: missing (expected: serving, standby, refilled, rebalanced)",
                "wait stand                  | mempair wait: WHAT: 'stand' (expected: serving, standby, refilled or rebalanced; did you mean 'standby'?)",
                "wait serving --timeout 5    | mempair wait: --timeout: '5' (expected: a duration",
            })
    void whatCannotBeRightIsRefused(String line, String message) {
        assertThat(run(line.split(" "))).isEqualTo(2);
        assertThat(err.toString()).startsWith(message);
    }

    @Test
    void whyATakeOverWouldFailIsATableAndAnExitCode() {
        assertThat(run("why", "--control", control.toString())).isEqualTo(1);
        assertThat(out.toString().strip()).isEqualTo("a never serves");

        node.takeOver = new TakeOver(true, "a takes over", List.of(new Condition(true, "a is fit", "it is")));
        assertThat(run("why", "--control", control.toString())).isZero();
        assertThat(out.toString()).containsPattern("yes +a is fit +it is\\R");
    }
}
