package io.mempair.ha.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.config.LogLevel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class LoggingTest {

    private static final Logger ANY_OF_OURS = LoggerFactory.getLogger("io.mempair.proxy");

    @AfterEach
    void asBefore() {
        Logging.level(LogLevel.INFO, false);
    }

    @Test
    void theOperatorsLevelShowsAllOfOursAndNothingOfNettys() {
        Logging.level(LogLevel.INFO, false);
        assertThat(ANY_OF_OURS.isDebugEnabled()).isFalse();
        assertThat(ANY_OF_OURS.isInfoEnabled()).isTrue();

        Logging.level(LogLevel.DEBUG, false);
        assertThat(ANY_OF_OURS.isDebugEnabled()).isTrue();
        assertThat(LoggerFactory.getLogger("io.netty").isDebugEnabled()).isFalse();
    }

    @Test
    void noClientChoosesWhatIsLogged() {
        Logging.level(LogLevel.INFO, false);

        Logging.NOT_BY_CLIENTS.accept(3);

        assertThat(ANY_OF_OURS.isDebugEnabled()).isFalse();
    }
}
