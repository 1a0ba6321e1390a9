package io.mempair.proxy.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.config.ServerAddress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A memcached, and the proxy in front of others with the same past: the same bytes sent to both must be answered by
 * the same bytes. Each exchange ends with {@code version}, so that a missing or an
 * extra answer shows too.
 */
public final class Differential implements AutoCloseable {

    private static final Pattern BYTE = Pattern.compile("\\\\x([0-9a-f]{2})");

    /** Tries of a case whose answer depends on the second it is given in. */
    private static final int CLOCK_TRIES = 4;

    private final Memcached plain;
    private final List<Memcached> behind = new ArrayList<>();
    private final RunningProxy proxy;

    /** With one server behind the proxy. */
    public Differential() throws Exception {
        this(1, 0);
    }

    /** With these numbers of servers in the two tiers behind the proxy. */
    public Differential(int primaries, int backups) throws Exception {
        plain = Memcached.started();
        for (int i = 0; i < primaries + backups; i++) {
            behind.add(Memcached.started());
        }
        List<ServerAddress> addresses = behind.stream().map(Memcached::address).toList();
        proxy = RunningProxy.withBackups(
                addresses.subList(0, primaries), addresses.subList(primaries, addresses.size()));
    }

    /** What both answered. */
    public record ComparedAnswers(String memcached, String mempair) {
        public boolean same() {
            return memcached.equals(mempair);
        }
    }

    /** The cases of a resource file, without comments. */
    public static List<String> cases(String file) throws IOException {
        try (InputStream in = Differential.class.getResourceAsStream("/same-as-memcached/" + file)) {
            assertThat(in).as(file).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
        }
    }

    /** Runs a case as it is written in the files, on empty servers. */
    public ComparedAnswers run(String script) throws Exception {
        boolean clock = script.startsWith("~");
        String request = bytesOf(clock ? script.substring(1) : script);
        ComparedAnswers answers = exchangeEmptied(request);
        for (int i = 1; clock && i < CLOCK_TRIES && !answers.same(); i++) {
            answers = exchangeEmptied(request);
        }
        return answers;
    }

    private ComparedAnswers exchangeEmptied(String request) throws Exception {
        flush();
        List<String> ended = List.of(request + "\r\nversion\r\n");
        return new ComparedAnswers(send(plain.client(), ended), send(proxy.client(), ended));
    }

    /** Sends these bytes to both: to memcached in one piece, to the proxy in pieces cut by {@code seed}. */
    public ComparedAnswers exchange(String request, long seed) throws Exception {
        String ended = request + "\r\nversion\r\n";
        return new ComparedAnswers(
                send(plain.client(), List.of(ended)), send(proxy.client(), cut(ended, new Random(seed))));
    }

    private static List<String> cut(String request, Random random) {
        List<String> pieces = new ArrayList<>();
        int from = 0;
        while (from < request.length()) {
            int to = Math.min(request.length(), from + 1 + random.nextInt(1 + random.nextInt(4_000)));
            pieces.add(request.substring(from, to));
            from = to;
        }
        return pieces;
    }

    private static String send(RawClient client, List<String> pieces) throws Exception {
        try (client) {
            for (String piece : pieces) {
                client.send(piece);
            }
            return client.shutdownOutput().rest();
        }
    }

    /** Empties both. */
    public void flush() throws Exception {
        for (RawClient client : List.of(plain.client(), proxy.client())) {
            try (client) {
                client.send("flush_all\r\n");
                assertThat(client.line()).isEqualTo("OK");
            }
        }
    }

    /** The bytes a case stands for. */
    public static String bytesOf(String script) {
        String text = script.replace("%K", "k".repeat(251))
                .replace("%k", "k".repeat(250))
                .replace("%M", "x".repeat(1_048_577))
                .replace("%N", "x".repeat(1_048_576))
                .replace("%H", "h".repeat(1_048_400))
                .replace("\\n", "\n")
                .replace("\\t", "\t")
                .replace("\\r", "\r")
                .replace("|", "\r\n");
        return BYTE.matcher(text)
                .replaceAll(hex -> Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(hex.group(1), 16))));
    }

    /** What memcached answers to {@code version}. */
    public String version() throws IOException {
        try (RawClient client = plain.client()) {
            return client.send("version\r\n").line() + "\r\n";
        }
    }

    @Override
    public void close() {
        proxy.close();
        behind.forEach(Memcached::close);
        plain.close();
    }
}
