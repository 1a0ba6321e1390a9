package io.mempair.ha.cli;

import io.mempair.ha.bench.BenchConfig;
import io.mempair.ha.config.ProxyValues;
import io.mempair.ha.config.Quantity;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.SizeText;
import java.math.BigDecimal;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The flags of {@code mempair bench}. */
final class BenchFlags {

    private static final int MAX_CONNECTIONS = 20_000;
    private static final int MAX_DEPTH = 1_024;
    private static final int MAX_KEYS = 10_000_000;
    private static final int MAX_KEYS_PER_GET = 10_000;
    private static final long MAX_VALUE_BYTES = 16 << 20;
    private static final int MAX_RATE = 10_000_000;

    /** The keys expire after a day. */
    private static final int MAX_SECONDS = 43_200;

    private static final Pattern SECONDS = Pattern.compile("\\d{1,6}(\\.\\d{1,6})?");

    @Option(names = "--connections", paramLabel = "N", description = "connections (default: 50)")
    private String connections = "50";

    @Option(names = "--depth", paramLabel = "N", description = "requests in flight on each (default: 1)")
    private String depth = "1";

    @Option(
            names = "--gets",
            paramLabel = "PERCENT",
            description = "gets among the requests, the others are sets (default: 90)")
    private String gets = "90";

    @Option(names = "--multi-get", paramLabel = "KEYS", description = "keys of each get (default: 1)")
    private String multiGet = "1";

    @Option(names = "--value-size", paramLabel = "BYTES", description = "length of every value (default: 100)")
    private String valueSize = "100";

    @Option(names = "--keys", paramLabel = "N", description = "different keys, all set first (default: 10000)")
    private String keys = "10000";

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "requests a second over all connections: an open loop, latency counts from the time a request"
                    + " was due (default: a closed loop, as many as are answered)")
    private String rate = "";

    @Option(names = "--seconds", paramLabel = "SECONDS", description = "how long it measures (default: 10)")
    private String seconds = "10";

    @Option(names = "--warm-up", paramLabel = "SECONDS", description = "load before that (default: 2)")
    private String warmUp = "2";

    @Option(names = "--every", paramLabel = "SECONDS", description = "a line for each such time (default: none)")
    private String every = "";

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "a connection that owes an answer for so long is lost (default: 5)")
    private String timeout = "5";

    @Option(
            names = "--reconnect",
            description = "make a lost connection again and count it, as across a failover (default: it ends the run)")
    private boolean reconnect;

    @Option(names = "--pid", paramLabel = "PID", description = "tell the CPU time of this process for each request")
    private String pid = "";

    @Option(names = "--seed", paramLabel = "N", description = "of the choice of keys and kinds (default: 1)")
    private String seed = "1";

    /** Reads all of them; what cannot be right is one message with the flag and the expectation. */
    BenchConfig config(CommandLine commandLine, ServerAddress target) {
        var reader = new FlagReader(commandLine);
        var config = new BenchConfig(
                target.host(),
                target.port(),
                reader.number("--connections", connections, 1, MAX_CONNECTIONS),
                reader.number("--depth", depth, 1, MAX_DEPTH),
                reader.number("--gets", gets, 0, 100),
                reader.number("--multi-get", multiGet, 1, MAX_KEYS_PER_GET),
                (int) reader.within("--value-size", valueSize, Quantity::sizeBytes, SizeText::of, 1, MAX_VALUE_BYTES),
                reader.number("--keys", keys, 1, MAX_KEYS),
                rate.isEmpty() ? 0 : reader.number("--rate", rate, 1, MAX_RATE),
                reader.nanos("--warm-up", warmUp, true),
                reader.nanos("--seconds", seconds, false),
                every.isEmpty() ? 0 : reader.nanos("--every", every, false),
                reader.nanos("--timeout", timeout, false),
                reconnect,
                reader.number("--seed", seed, 0, Integer.MAX_VALUE),
                pid.isEmpty() ? 0 : reader.number("--pid", pid, 1, Integer.MAX_VALUE));
        if (config.keysPerGet() > config.keys()) {
            throw new ParameterException(
                    commandLine, "--multi-get: " + multiGet + " (expected: at most --keys, " + config.keys() + ')');
        }
        return config;
    }

    /** Values with their ranges. */
    private record FlagReader(CommandLine commandLine) {

        int number(String flag, String text, int least, int most) {
            return (int)
                    within(flag, text, written -> (long) ProxyValues.number(written), String::valueOf, least, most);
        }

        long within(
                String flag,
                String text,
                Function<String, Long> as,
                LongFunction<String> shown,
                long least,
                long most) {
            return Flags.read(commandLine, flag, text, written -> {
                long value = as.apply(written);
                if (value < least || value > most) {
                    throw new IllegalArgumentException(
                            written + " (expected: " + shown.apply(least) + ".." + shown.apply(most) + ')');
                }
                return value;
            });
        }

        long nanos(String flag, String text, boolean mayBeZero) {
            return Flags.read(commandLine, flag, text, written -> {
                if (!SECONDS.matcher(written).matches()) {
                    throw new IllegalArgumentException("'" + written + "' (expected: seconds, such as 10 or 0.5)");
                }
                long nanos = new BigDecimal(written).movePointRight(9).longValueExact();
                if (nanos > MAX_SECONDS * 1_000_000_000L || (nanos == 0 && !mayBeZero)) {
                    throw new IllegalArgumentException(
                            written + " (expected: " + (mayBeZero ? "" : "over ") + "0.." + MAX_SECONDS + ')');
                }
                return nanos;
            });
        }
    }
}
