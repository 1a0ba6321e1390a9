package io.mempair.ha.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.config.ClientPolicy;
import io.mempair.proxy.config.CopyPolicy;
import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.FailedRead;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.ServerAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** magent's start lines as people have them. */
class ProxyFlagsTest {

    private static ProxyConfig config(String line) {
        var flags = new ProxyFlags();
        return flags.config(
                new CommandLine(flags).parseArgs(line.split(" ")).commandSpec().commandLine());
    }

    @Test
    void aStartLineOfMagentIsUnderstood() {
        ProxyConfig config =
                config("-n 51200 -l 127.0.0.1 -p 12000 -s 10.0.0.21 -s cache2:11212 -b localhost:11213 -k");

        assertThat(config.listeners().tcp()).containsExactly(new ServerAddress("127.0.0.1", 12_000));
        assertThat(config.pool().primaries())
                .containsExactly(new ServerAddress("10.0.0.21", 11_211), new ServerAddress("cache2", 11_212));
        assertThat(config.pool().backups()).containsExactly(new ServerAddress("localhost", 11_213));
        assertThat(config.pool().placement().distribution()).isEqualTo(Distribution.MAGENT_KETAMA);
        assertThat(config.limits().maxClients()).isEqualTo(51_200);
    }

    @Test
    void whatIsLeftOutIsMagentsDefault() {
        ProxyConfig config = config("-s m1");

        assertThat(config.listeners().tcp()).containsExactly(new ServerAddress("0.0.0.0", 11_211));
        assertThat(config.pool().placement().distribution()).isEqualTo(Distribution.MODULO);
        assertThat(config.limits().maxClients()).isEqualTo(4_096);
    }

    /** It was the longest value there can be, 2 GiB, while the servers say how long a value may be. */
    @Test
    void valuesOnTheirWayInAreBoundedWithFlagsAsWithAFile() {
        ClientLimits limits = config("-s m1 --loops 1").limits();

        assertThat(limits.maxBufferedBytes()).isLessThanOrEqualTo(ClientLimits.DEFAULT.maxBufferedBytes());
        assertThat(limits.learnsValueBytes()).isTrue();
    }

    @Test
    void aLongestValueThatTheMemoryCannotHoldIsRefusedWithTheNumbersAndTheRemedy() {
        assertThatThrownBy(() -> config("-s m1 --loops 64 --max-value 1g"))
                .isInstanceOf(ParameterException.class)
                .hasMessageContaining("--max-value, --loops: ")
                .hasMessageContaining("64 loops x 1024m")
                .hasMessageContaining("MEMPAIR_JAVA_OPTS=-XX:MaxDirectMemorySize=");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-s m1 -n 0", "-s m1 -n -5", "-s m1 -n=-1"})
    void aLimitOfZeroOrLessIsTheDefaultAsInMagent(String line) {
        assertThat(config(line).limits().maxClients()).isEqualTo(4_096);
    }

    @Test
    void whatAFailedReadHearsIsAFlagToo() {
        assertThat(config("-s m1 --failed-read miss").policy().failedRead()).isEqualTo(FailedRead.MISS);
        assertThat(config("-s m1").policy()).isEqualTo(ClientPolicy.OPEN);
    }

    @Test
    void howTwoCopiesAreKeptHasFlagsToo() {
        CopyPolicy policy = config("-s m1 -b m2 --hedge --journal-bytes 1m --refill-rate 9 --refill-for 1m"
                        + " --refill-lifetime 1s --acknowledge all")
                .pool()
                .copies();

        assertThat(policy)
                .isEqualTo(new CopyPolicy(
                        CopyPolicy.Acknowledge.ALL, true, 1 << 20, 9, Duration.ofMinutes(1), Duration.ofSeconds(1)));
        assertThat(config("-s m1 -b m2").pool().copies()).isEqualTo(CopyPolicy.DEFAULT);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--acknowledge both            | --acknowledge: 'both' (expected: all or primary)",
                "--refill-rate -1              | --refill-rate: -1 (expected: 0 to 1000000)",
                "--hedge --refill-rate 5       | --hedge, --refill-rate: does nothing alone (expected: with -b)",
                "--hedge --acknowledge primary | --hedge: true with acknowledge: primary (expected: acknowledge: all)",
            })
    void aBadFlagOfTheCopiesIsRefused(String flags, String message) {
        assertThatThrownBy(() -> config("-s m1 " + flags))
                .isInstanceOf(ParameterException.class)
                .hasMessage(message);
    }

    @Test
    void withPortZeroOnlyTheUnixSocketIsThere() {
        ProxyConfig config = config("-s m1 -p 0 -f /run/mempair/m.sock");

        assertThat(config.listeners().tcp()).isEmpty();
        assertThat(config.listeners().unix().path()).hasToString("/run/mempair/m.sock");
    }
}
