package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.deploy.faults.AddressWatch;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The active host is lost to the others, in each way a network can do it: the other node takes over, the host that comes back is
 * standby, and never do both have the address. How fast is for {@code deploy/lab/faults.sh} to say; here only what must always hold.
 */
@Tag("timed")
@Timeout(240)
class LostHostIT {

    /** Milliseconds; the lease is 700, the rest is room for a busy machine. */
    private static final long BOUND = 5_000;

    @RegisterExtension
    private final Lab lab = new Lab();

    @ParameterizedTest
    @CsvSource({"link-a", "carrier-a", "cut-a", "deaf-a", "mute-a"})
    void aLostHostIsReplacedAndItsReturnChangesNothing(String fault) {
        try (var watch = new AddressWatch(lab.watch(), Lab.VIP)) {
            watch.awaitReady();
            lab.startPair();
            long settledMicros = AddressWatch.nowMicros();

            var outage = lab.outageDuring(fault, () -> {
                lab.lab("fault", fault).orFail();
                lab.until("b is active", () -> lab.isActive("b"));
                lab.lab("heal").orFail();
                lab.until("a is standby", () -> lab.role("a").equals("standby"));
            });

            assertThat(outage.longestMillis()).isLessThan(BOUND);
            assertThat(lab.isActive("b")).isTrue();
            assertThat(lab.holdsAddress("a")).isFalse();
            assertThat(watch.bothHeldSince(settledMicros)).isEqualTo(Duration.ZERO);
        }
    }

    /** Nothing that could take the address off runs any more; the kernel does, about a second after the last renewal. */
    @Test
    void aFrozenHostLosesTheAddressToTheKernel() {
        try (var watch = new AddressWatch(lab.watch(), Lab.VIP)) {
            watch.awaitReady();
            lab.startPair();
            long settledMicros = AddressWatch.nowMicros();

            lab.lab("fault", "freeze-a").orFail();
            lab.until("b is active", () -> lab.isActive("b"));
            lab.until("a's interface is without the address", () -> !lab.holdsAddress("a"));

            assertThat(watch.bothHeldSince(settledMicros)).isLessThan(Duration.ofSeconds(2));
            lab.lab("heal").orFail();
            lab.until("a is standby", () -> lab.role("a").equals("standby"));
            assertThat(lab.isActive("b")).isTrue();
            assertThat(lab.holdsAddress("a")).isFalse();
        }
    }
}
