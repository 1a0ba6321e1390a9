package io.mempair.proxy.testkit;

import io.mempair.proxy.config.ServerTimeouts;
import java.time.Duration;

/** How long the proxies of tests wait for their servers. */
public final class TestTimeouts {

    /** For servers that answer: however busy the machine is, none of them is late. */
    public static final ServerTimeouts PATIENT = requests(Duration.ofSeconds(10));

    /** For servers that a test keeps silent: a busy machine makes others late too, so nothing may depend on that. */
    public static final ServerTimeouts SHORT = requests(Duration.ofMillis(500));

    private TestTimeouts() {}

    /** With this time for a connect and for an answer; probes and new attempts come soon. */
    public static ServerTimeouts requests(Duration time) {
        return new ServerTimeouts(time, time, Duration.ofMillis(200), Duration.ofMillis(20), Duration.ofMillis(100));
    }
}
