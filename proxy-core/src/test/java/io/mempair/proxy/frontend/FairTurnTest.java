package io.mempair.proxy.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.config.ClientPolicy;
import io.mempair.proxy.config.CommandSet;
import io.mempair.proxy.config.CopyPolicy;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.script.VirtualClient;
import io.mempair.proxy.testkit.script.VirtualProxy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class FairTurnTest {

    @Test
    void aTurnHasSoManyRequestsHoweverOftenItsClientIsServed() {
        FairTurn turn = new FairTurn();
        turn.begin(7);
        for (int i = 1; i < FairTurn.MOST_REQUESTS; i++) {
            turn.begin(7);
            assertThat(turn.goesOn()).as("request %d", i).isTrue();
        }
        assertThat(turn.goesOn()).isFalse();
        turn.begin(7);
        assertThat(turn.goesOn()).isFalse();

        turn.begin(8);
        assertThat(turn.goesOn()).isTrue();
    }

    @Test
    void aLongPipelineIsAnsweredCompletelyOverSeveralTurns() {
        ClientPolicy policy = new ClientPolicy(Duration.ZERO, CommandSet.NONE, List.of(), null);
        try (VirtualProxy proxy = new VirtualProxy(
                        new VirtualProxy.VirtualSetup(List.of("1.6.18"), List.of(), CopyPolicy.DEFAULT, policy))
                .start()) {
            VirtualClient client = proxy.client();
            client.send("mn\r\n".repeat(5 * FairTurn.MOST_REQUESTS) + "set a 0 0 1\r\nx\r\nget a\r\nmn\r\n");
            assertThat(client.received().length() / "MN\r\n".length()).isEqualTo(FairTurn.MOST_REQUESTS);

            proxy.pass(Duration.ofSeconds(1));
            proxy.requireRest();
            assertThat(client.received())
                    .isEqualTo("MN\r\n".repeat(5 * FairTurn.MOST_REQUESTS)
                            + "STORED\r\nVALUE a 0 1\r\nx\r\nEND\r\nMN\r\n");
        }
    }
}
