package io.mempair.ha.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.config.TieBreakerConfig;
import io.mempair.ha.time.SystemClock;
import io.mempair.proxy.config.ServerAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class QuestionsTest {

    private static final String HEADER =
            "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";

    /** 10.0.0.0/24 on the link; then two defaults, 10.0.0.1 with metric 100 and 10.0.0.2 with 50. */
    private static final String ROUTES = HEADER
            + "eth0\t0000000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
            + "eth0\t00000000\t0100000A\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"
            + "eth0\t00000000\t0200000A\t0003\t0\t0\t50\t00000000\t0\t0\t0\n";

    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final Duration LIMIT = Duration.ofMillis(500);
    private static final SystemClock CLOCK = new SystemClock();

    @TempDir
    private Path folder;

    private Path routes(String text) throws IOException {
        return Files.writeString(folder.resolve("route"), text);
    }

    private static List<String> names(Questions questions) {
        return questions.look().stream().map(Question::name).toList();
    }

    private static List<ServerAddress> servers(String... hosts) {
        return Arrays.stream(hosts).map(host -> new ServerAddress(host, 11_211)).toList();
    }

    @Test
    void theGatewayIsThatOfTheDefaultRouteWithTheLowestMetric() throws IOException {
        assertThat(new Gateway(routes(ROUTES)).address()).isEqualTo(InetAddress.getByName("10.0.0.2"));
    }

    @Test
    void aGatewayIsRememberedWhenItsRouteGoes() throws IOException {
        Gateway gateway = new Gateway(routes(ROUTES));
        InetAddress before = gateway.address();
        routes(HEADER);

        assertThat(gateway.address()).isNotNull().isEqualTo(before);
    }

    @Test
    void withoutADefaultRouteThereIsNoGateway() throws IOException {
        assertThat(new Gateway(routes(HEADER)).address()).isNull();
        assertThat(new Gateway(folder.resolve("none")).address()).isNull();
        assertThat(new Gateway(routes("of another form\n".repeat(3) + "a b c d e f g h\n")).address())
                .isNull();
    }

    @Test
    void byDefaultTheGatewayAndTheServersOfNeitherHostAreAsked() throws IOException {
        Questions questions = new Questions(
                TieBreakerConfig.AUTOMATIC,
                () -> servers("127.0.0.1", "10.0.0.12", "10.0.0.100", "10.0.0.21", "10.0.0.21"),
                Set.of("10.0.0.12", "10.0.0.100", "no.such.name.invalid"),
                new Gateway(routes(ROUTES)));

        assertThat(names(questions)).containsExactly("gateway 10.0.0.2", "10.0.0.21:11211");
    }

    @Test
    void theServersOfAReloadAreAskedFromThenOn() throws IOException {
        List<ServerAddress> used = new ArrayList<>(servers("10.0.0.21"));
        Questions questions =
                new Questions(TieBreakerConfig.AUTOMATIC, () -> used, Set.of("10.0.0.12"), new Gateway(routes(HEADER)));
        assertThat(names(questions)).containsExactly("10.0.0.21:11211");

        used.set(0, servers("10.0.0.22").get(0));

        assertThat(names(questions)).containsExactly("10.0.0.22:11211");
    }

    @Test
    void aMemcachedBesideEachNodeIsNoTieBreaker() throws IOException {
        Questions questions = new Questions(
                TieBreakerConfig.AUTOMATIC,
                () -> servers("127.0.0.1", "10.0.0.12"),
                Set.of("10.0.0.12", "10.0.0.100"),
                new Gateway(routes(HEADER)));

        assertThat(names(questions)).isEmpty();
    }

    @Test
    void whatTheOperatorNamedIsAskedAndNothingElse() throws IOException {
        TieBreakerConfig named = new TieBreakerConfig(
                false,
                List.of(
                        new TieBreakerConfig.GatewayTieBreaker(),
                        new TieBreakerConfig.HostTieBreaker("10.0.0.9"),
                        new TieBreakerConfig.Server(new ServerAddress("10.0.0.12", 22)),
                        new TieBreakerConfig.Server(new ServerAddress("no.such.name.invalid", 22))));
        Questions questions =
                new Questions(named, () -> servers("10.0.0.21"), Set.of("10.0.0.12"), new Gateway(routes(ROUTES)));

        assertThat(names(questions)).containsExactly("gateway 10.0.0.2", "10.0.0.9", "10.0.0.12:22");
    }

    @Test
    void aConnectionARefusalAndAnEchoAreAnswers() throws IOException {
        Question closed;
        try (ServerSocket server = new ServerSocket(0, 1, LOOPBACK)) {
            closed = new Question("x", LOOPBACK, server.getLocalPort());
            assertThat(closed.isAnswered(LOOPBACK, LIMIT, CLOCK)).isTrue();
        }
        assertThat(closed.isAnswered(LOOPBACK, LIMIT, CLOCK)).isTrue();
        assertThat(new Question("lo", LOOPBACK, Question.ECHO).isAnswered(LOOPBACK, LIMIT, CLOCK))
                .isTrue();
    }

    @Test
    void aQuestionIsAskedFromTheOwnAddress() throws IOException {
        InetAddress own = InetAddress.getByName("127.0.0.7");
        try (ServerSocket server = new ServerSocket(0, 1, LOOPBACK)) {
            Question question = new Question("x", LOOPBACK, server.getLocalPort());

            question.isAnswered(own, LIMIT, CLOCK);

            assertThat(server.accept().getInetAddress()).isEqualTo(own);
        }
    }

    /** As while the own address is gone from the interface, and the virtual one is still there to ask from. */
    @Test
    void withoutTheOwnAddressNothingIsAnAnswer() throws IOException {
        InetAddress gone = InetAddress.getByName("192.0.2.1");
        try (ServerSocket server = new ServerSocket(0, 1, LOOPBACK)) {
            Question connects = new Question("x", LOOPBACK, server.getLocalPort());
            Question echoes = new Question("lo", LOOPBACK, Question.ECHO);

            assertThat(connects.isAnswered(gone, LIMIT, CLOCK)).isFalse();
            assertThat(echoes.isAnswered(gone, LIMIT, CLOCK)).isFalse();
        }
    }
}
