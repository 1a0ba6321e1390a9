package io.mempair.proxy.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.config.ClientPolicy;
import io.mempair.proxy.config.CommandSet;
import io.mempair.proxy.config.CopyPolicy;
import io.mempair.proxy.config.Login;
import io.mempair.proxy.config.Users;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.Packets;
import io.mempair.proxy.testkit.script.VirtualClient;
import io.mempair.proxy.testkit.script.VirtualProxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a client sends may be cut at every byte, and what the servers answer as well: the client is answered the same bytes as
 * if all had come in one piece, and the servers hold the same.
 */
@ExtendWith(NoLeaks.class)
class ClientPiecesTest {

    /** Over what is copied into a batch: passed on as a slice. */
    private static final String LARGE = "v".repeat(3_000);

    /** A conversation. */
    private record Talk(String name, String bytes, boolean login) {
        @Override
        public String toString() {
            return name;
        }
    }

    // One key, so that all writes take turns in one order: the ids that the servers count are the same then.

    private static final String TEXT =
            "set a 5 0 5\r\nhello\r\nget a b a\r\nadd a 0 0 1 noreply\r\nx\r\nappend a 0 0 1\r\n!\r\n"
                    + "gets a\r\nset a 0 0 2\r\n10\r\nincr a 5\r\ntouch a 100\r\ngat 100 a\r\nbad line\r\nset b 0 0 3\r\nlonger\r\n"
                    + "get b\r\ndelete a\r\ndelete a noreply\r\nversion\r\nverbosity 1\r\nmn\r\nset a b c d\r\nget "
                    + "k".repeat(251)
                    + "\r\nquit\r\n";

    private static final String META =
            "ms a 5 F3 c k Oabc\r\nhello\r\nmg a v f k t s Oq\r\nmg none v q\r\nmg YQ== b v\r\nms a 2\r\n10\r\n"
                    + "ma a v D5\r\nmd a q\r\nmd a\r\nms a 2 ME\r\nxy\r\nms a S2\r\nmg a v\r\nmn\r\n";

    private static final String BINARY =
            "set a hello flags=7|get a|getk a|getq none|getkq a|add a x|append a !|get a|set a 10|incr a"
                    + " delta=5|touch a exptime=100|gat a exptime=100|delete a|delete a|setq a quiet|noop|version|quit";

    static Stream<Talk> talks() {
        String binary = new String(Packets.of(BINARY), StandardCharsets.ISO_8859_1);
        String large = "set big 0 0 3000\r\n" + LARGE + "\r\nget big\r\n";
        return Stream.of(
                new Talk("text", TEXT, false),
                new Talk("meta", META, false),
                new Talk("binary", binary, false),
                new Talk("login", "set auth 0 0 9\r\njoe lemon\r\nset a 0 0 1\r\nx\r\nget a\r\n", true),
                new Talk("bad login", "set auth 0 0 9\r\njoe peach\r\nget a\r\n", true),
                new Talk("no login", "get a\r\nset auth 0 0 9\r\njoe lemon\r\nget a\r\n", true),
                new Talk("large", large, false));
    }

    private static VirtualProxy proxy(Talk talk, boolean twoCopies) {
        Users users = talk.login() ? new Users(List.of(new Login("joe", "lemon"))) : null;
        ClientPolicy policy = new ClientPolicy(Duration.ZERO, CommandSet.NONE, List.of(), users);
        return new VirtualProxy(new VirtualProxy.VirtualSetup(
                        List.of("1.6.18"), twoCopies ? List.of("1.6.18") : List.of(), CopyPolicy.DEFAULT, policy))
                .start();
    }

    /** What the client is told, and what the servers hold then. */
    private static List<String> played(Talk talk, boolean twoCopies, List<String> pieces, int first, int next) {
        try (VirtualProxy proxy = proxy(talk, twoCopies)) {
            proxy.servers().forEach(server -> server.pieces(first, next));
            VirtualClient client = proxy.client();
            for (String piece : pieces) {
                if (client.isOpen()) {
                    client.send(piece);
                }
            }
            List<String> outcome = new ArrayList<>();
            outcome.add(client.received() + (client.isOpen() ? "" : "<closed>"));
            proxy.servers().forEach(server -> outcome.add(server.model().items().toString()));
            proxy.requireRest();
            return outcome;
        }
    }

    private static List<String> inPieces(String bytes, int first, int next) {
        List<String> pieces = new ArrayList<>();
        for (int from = 0, end = first; from < bytes.length(); from = end, end += next) {
            pieces.add(bytes.substring(from, Math.min(end, bytes.length())));
        }
        return pieces;
    }

    @ParameterizedTest
    @MethodSource("talks")
    void requestsCutAtEveryByteAreAnsweredTheSame(Talk talk) {
        for (boolean twoCopies : List.of(false, true)) {
            List<String> whole = played(talk, twoCopies, List.of(talk.bytes()), 0, Integer.MAX_VALUE);
            assertThat(whole.get(0)).as("answers").isNotEmpty();
            int length = talk.bytes().length();
            int step = length > 1_000 ? 97 : 1;
            for (int cut = 1; cut < length; cut += step) {
                assertThat(played(talk, twoCopies, inPieces(talk.bytes(), cut, length), 0, Integer.MAX_VALUE))
                        .as(talk + " cut at byte %d, two copies %s", cut, twoCopies)
                        .isEqualTo(whole);
            }
            assertThat(played(talk, twoCopies, inPieces(talk.bytes(), 1, 1), 0, Integer.MAX_VALUE))
                    .as(talk + " byte by byte, two copies %s", twoCopies)
                    .isEqualTo(whole);
        }
    }

    @ParameterizedTest
    @MethodSource("talks")
    void answersOfServersCutAtEveryByteArePassedOnTheSame(Talk talk) {
        for (boolean twoCopies : List.of(false, true)) {
            List<String> requests = List.of(talk.bytes());
            List<String> whole = played(talk, twoCopies, requests, 0, Integer.MAX_VALUE);
            for (int cut = 1; cut < 64; cut++) {
                assertThat(played(talk, twoCopies, requests, cut, Integer.MAX_VALUE))
                        .as(talk + ", answers cut at byte %d, two copies %s", cut, twoCopies)
                        .isEqualTo(whole);
                assertThat(played(talk, twoCopies, requests, cut, cut))
                        .as(talk + ", answers in pieces of %d, two copies %s", cut, twoCopies)
                        .isEqualTo(whole);
            }
        }
    }
}
