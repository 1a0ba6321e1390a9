package io.mempair.ha.config;

import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.config.ClientPolicy;
import io.mempair.proxy.config.CommandSet;
import io.mempair.proxy.config.CopyPolicy;
import io.mempair.proxy.config.FailedRead;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.config.TransportChoice;
import io.mempair.proxy.protocol.Command;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Parses single values of the data plane, for the file and the flags alike. Ranges live in the records
 * alone: each value is tried in a record of its own, so that all bad ones are found, not only the first.
 * All methods throw {@link IllegalArgumentException} with value and expectation.
 */
public final class ProxyValues {

    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final Duration SHORTEST = Duration.ofNanos(1);
    private static final long SMALLEST_UNREAD = 1L << 16;
    private static final CopyPolicy.Acknowledge WHEN = CopyPolicy.DEFAULT.acknowledge();
    private static final int JOURNAL = CopyPolicy.DEFAULT.journalBytes();
    private static final Duration REFILL = CopyPolicy.DEFAULT.refillFor();

    private ProxyValues() {}

    /**
     * {@code host}, {@code host:port} or {@code [ipv6]:port}; a bare number is refused, because its author
     * means a port.
     */
    public static ServerAddress address(String text, int defaultPort) {
        requireNoBareNumber(text);
        return ServerAddress.parse(text, defaultPort);
    }

    static void requireNoBareNumber(String text) {
        if (!text.isBlank() && text.chars().allMatch(Character::isDigit)) {
            throw new IllegalArgumentException("'" + text + "' (expected: host, host:port or [ipv6]:port)");
        }
    }

    /** A whole number. */
    public static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            String expected = text.matches("[0-9]+") ? "a smaller number" : "a whole number";
            throw new IllegalArgumentException("'" + text + "' (expected: " + expected + ')', e);
        }
    }

    /** A TCP port. */
    static int port(String text) {
        int port = number(text);
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException(text + " (expected: 1..65535)");
        }
        return port;
    }

    static Duration connectTimeout(String text) {
        Duration value = Quantity.duration(text);
        return new ServerTimeouts(value, LONGEST, LONGEST, SHORTEST, LONGEST).connect();
    }

    /** Time for the answer to one request. */
    public static Duration timeout(String text) {
        Duration value = Quantity.duration(text);
        return new ServerTimeouts(LONGEST, value, LONGEST, SHORTEST, LONGEST).request();
    }

    static Duration probeInterval(String text) {
        Duration value = Quantity.duration(text);
        return new ServerTimeouts(LONGEST, LONGEST, value, SHORTEST, LONGEST).probe();
    }

    static Duration retryMin(String text) {
        Duration value = Quantity.duration(text);
        return new ServerTimeouts(LONGEST, LONGEST, LONGEST, value, LONGEST).retryMin();
    }

    static Duration retryMax(String text) {
        Duration value = Quantity.duration(text);
        return new ServerTimeouts(LONGEST, LONGEST, LONGEST, SHORTEST, value).retryMax();
    }

    /** When a write is answered. */
    public static CopyPolicy.Acknowledge acknowledge(String text) {
        return switch (text) {
            case "all" -> CopyPolicy.Acknowledge.ALL;
            case "primary" -> CopyPolicy.Acknowledge.PRIMARY;
            default -> throw new IllegalArgumentException("'" + text + "' (expected: all or primary)");
        };
    }

    /** Memory for the keys one server missed. */
    public static int journalBytes(String text) {
        return CopyPolicy.requireJournal(Quantity.sizeBytes(text));
    }

    /** Keys a second; 0 for none. */
    public static int refillRate(String text) {
        return new CopyPolicy(WHEN, false, JOURNAL, number(text), REFILL, REFILL).refillKeysPerSecond();
    }

    /** How long a returned server may be incomplete. */
    public static Duration refillFor(String text) {
        return new CopyPolicy(WHEN, false, JOURNAL, 0, Quantity.duration(text), REFILL).refillFor();
    }

    /** Lifetime of refilled items whose own is unknown. */
    public static Duration refillLifetime(String text) {
        return new CopyPolicy(WHEN, false, JOURNAL, 0, REFILL, Quantity.duration(text)).refillLifetime();
    }

    /** How long a request waits for the last copy of a key. */
    static Duration lastCopyWait(String text) {
        return CopyPolicy.DEFAULT.waitingForLastCopy(Quantity.duration(text)).lastCopyWait();
    }

    /** Simultaneous client connections. */
    public static int maxClients(String text) {
        return new ClientLimits(number(text), 1, 1, SMALLEST_UNREAD, Long.MAX_VALUE).maxClients();
    }

    static int maxInFlight(String text) {
        return new ClientLimits(1, number(text), 1, SMALLEST_UNREAD, Long.MAX_VALUE).maxInFlight();
    }

    /** Longest value, in bytes; {@code auto} for what the servers accept. */
    public static int maxValueBytes(String text) {
        if (text.equals("auto")) {
            return ClientLimits.LEARNED;
        }
        return ClientLimits.requireMaxValue(Quantity.sizeBytes(text));
    }

    static long maxUnreadBytes(String text) {
        return new ClientLimits(1, 1, 1, Quantity.sizeBytes(text), Long.MAX_VALUE).maxUnreadBytes();
    }

    static long maxBufferedBytes(String text) {
        return new ClientLimits(1, 1, 1, SMALLEST_UNREAD, Quantity.sizeBytes(text)).maxBufferedBytes();
    }

    /** Event loops; the default is {@link ProxyConfig#defaultLoops()}. */
    public static int loops(String text) {
        int loops = number(text);
        if (loops < 1 || loops > 64) {
            throw new IllegalArgumentException(text + " (expected: 1..64)");
        }
        return loops;
    }

    /** The longest time a loop holds its output for more input; zero for never. */
    public static Duration gather(String text) {
        return switch (text) {
            case "auto" -> ProxyConfig.LONGEST_GATHER;
            case "off" -> Duration.ZERO;
            default -> {
                int micros = text.matches("[0-9]{1,3}") ? number(text) : 0;
                if (micros < 1 || micros > ProxyConfig.LONGEST_GATHER.toNanos() / 1_000) {
                    throw new IllegalArgumentException(text + " (expected: auto, off, or microseconds of 1..200)");
                }
                yield Duration.ofNanos(micros * 1_000L);
            }
        };
    }

    static Duration idleTimeout(String text) {
        return new ClientPolicy(Quantity.duration(text), CommandSet.NONE, List.of(), null).idleTimeout();
    }

    /** What a read of a key whose servers are down is answered. */
    public static FailedRead failedRead(String text) {
        return switch (text) {
            case "error" -> FailedRead.ERROR;
            case "miss" -> FailedRead.MISS;
            default -> throw new IllegalArgumentException("'" + text + "' (expected: error or miss)");
        };
    }

    /** The word of a command, as it is on the wire. */
    static Command command(String text) {
        return Arrays.stream(Command.values())
                .filter(command -> command.word().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "'" + text + "' (expected: a memcached command in lower case, such as flush_all)"));
    }

    /** Permission bits, in octal as chmod and memcached's {@code -a} take them. */
    public static int mode(String text) {
        if (!text.matches("0?[0-7]{3}")) {
            throw new IllegalArgumentException("'" + text + "' (expected: permission bits in octal, such as 0770)");
        }
        return Integer.parseInt(text, 8);
    }

    static boolean flag(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("'" + text + "' (expected: true or false)");
        };
    }

    static Path path(String text) {
        if (!text.startsWith("/") || text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("'" + text + "' (expected: an absolute path)");
        }
        return Path.of(text);
    }

    static LogLevel logLevel(String text) {
        return switch (text) {
            case "error" -> LogLevel.ERROR;
            case "warn" -> LogLevel.WARN;
            case "info" -> LogLevel.INFO;
            case "debug" -> LogLevel.DEBUG;
            default -> throw new IllegalArgumentException("'" + text + "' (expected: error, warn, info or debug)");
        };
    }

    static LogFormat logFormat(String text) {
        return switch (text) {
            case "text" -> LogFormat.TEXT;
            case "json" -> LogFormat.JSON;
            default -> throw new IllegalArgumentException("'" + text + "' (expected: text or json)");
        };
    }

    /** {@code auto io_uring epoll nio}. */
    public static TransportChoice transport(String text) {
        for (TransportChoice choice : TransportChoice.values()) {
            if (choice.name().toLowerCase(Locale.ROOT).equals(text)) {
                return choice;
            }
        }
        throw new IllegalArgumentException("'" + text + "' (expected: auto, io_uring, epoll or nio)");
    }
}
