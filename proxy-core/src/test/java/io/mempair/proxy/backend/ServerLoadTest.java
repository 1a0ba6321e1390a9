package io.mempair.proxy.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ServerLoadTest {

    private final Backpressure backpressure = new Backpressure();
    private final ServerLoad load = new ServerLoad(backpressure);
    private final EmbeddedChannel channel = new EmbeddedChannel();

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    @Test
    void tooManyRequestsStopReadingUntilFewAreLeft() {
        load.update(channel, ServerLoad.PAUSE_FROM - 1);
        assertThat(backpressure.present()).isFalse();

        load.update(channel, ServerLoad.PAUSE_FROM);
        assertThat(backpressure.present()).isTrue();

        load.update(channel, ServerLoad.RESUME_BELOW);
        assertThat(backpressure.present()).isTrue();

        load.update(channel, ServerLoad.RESUME_BELOW - 1);
        assertThat(backpressure.present()).isFalse();
    }

    @Test
    void aFullSocketStopsReading() {
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
        load.update(channel, 0);
        assertThat(backpressure.present()).isTrue();

        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, true);
        load.update(channel, 0);
        assertThat(backpressure.present()).isFalse();
    }

    @Test
    void aServerThatNoClientUsesSlowsNoneDown() {
        load.heeded(false);
        load.update(channel, ServerLoad.PAUSE_FROM);
        assertThat(backpressure.present()).isFalse();

        load.heeded(true);
        assertThat(backpressure.present()).isTrue();

        load.heeded(false);
        assertThat(backpressure.present()).isFalse();

        load.update(channel, 0);
        load.heeded(true);
        assertThat(backpressure.present()).isFalse();
    }

    @Test
    void aLostChannelEndsIt() {
        load.update(channel, ServerLoad.PAUSE_FROM);
        load.update(null, ServerLoad.PAUSE_FROM);

        assertThat(backpressure.present()).isFalse();
    }

    @Test
    void severalLoadedConnectionsCountOnceEach() {
        ServerLoad other = new ServerLoad(backpressure);
        load.update(channel, ServerLoad.PAUSE_FROM);
        load.update(channel, ServerLoad.PAUSE_FROM + 1);
        other.update(channel, ServerLoad.PAUSE_FROM);

        load.update(channel, 0);
        assertThat(backpressure.present()).isTrue();
        other.update(channel, 0);
        assertThat(backpressure.present()).isFalse();
    }
}
