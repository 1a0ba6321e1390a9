package io.mempair.ha.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class LoggingTest {

    private static final Logger ANY_OF_OURS = LoggerFactory.getLogger("io.mempair.proxy");

    @AfterEach
    void asBefore() {
        Logging.verbosity(0);
    }

    @Test
    void anyVerbosityOverZeroShowsAllOfOurs() {
        Logging.verbosity(0);
        assertThat(ANY_OF_OURS.isDebugEnabled()).isFalse();
        assertThat(ANY_OF_OURS.isInfoEnabled()).isTrue();

        Logging.verbosity(3);
        assertThat(ANY_OF_OURS.isDebugEnabled()).isTrue();
        assertThat(LoggerFactory.getLogger("io.netty").isDebugEnabled()).isFalse();
    }
}
