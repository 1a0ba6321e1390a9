package io.mempair.proxy.frontend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mempair.proxy.config.ClientPolicy;
import io.mempair.proxy.config.CommandSet;
import io.mempair.proxy.config.CopyPolicy;
import io.mempair.proxy.config.Login;
import io.mempair.proxy.config.Users;
import io.mempair.proxy.handover.ConnectionCopy;
import io.mempair.proxy.handover.ConnectionCopyCodec;
import io.mempair.proxy.handover.NotMovedException;
import io.mempair.proxy.handover.PendingInput;
import io.mempair.proxy.handover.TcpNumbers;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.Packets;
import io.mempair.proxy.testkit.script.VirtualClient;
import io.mempair.proxy.testkit.script.VirtualProxy;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A conversation that goes on at another connection, at whatever byte, is answered as if it had not moved. */
@ExtendWith(NoLeaks.class)
class MovedClientTest {

    private static final String LARGE = "v".repeat(3_000);

    private static final String TEXT =
            "set a 5 0 5\r\nhello\r\nget a b a\r\nadd a 0 0 1 noreply\r\nx\r\nappend a 0 0 1\r\n!\r\nset b 0 0 3\r\nlonger\r\n"
                    + "set c 0 0 20000\r\n" + "x".repeat(20_000) + "\r\nget b\r\ndelete a\r\nmn\r\n";

    private static final String META =
            "ms a 5 F3 c k Oabc\r\nhello\r\nmg a v f k t s Oq\r\nms a 2\r\n10\r\nma a v D5\r\n" + "ms big 20000 q\r\n"
                    + "y".repeat(20_000) + "\r\nms YWI= 2 b\r\nxy\r\nmg ab v\r\nmn\r\n";

    private record Talk(String name, String bytes, boolean login) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Talk> talks() {
        String binary = new String(
                Packets.of("set a hello flags=7|get a|add a x|append a !|setq a quiet|get a|noop|incr n delta=5|noop"),
                StandardCharsets.ISO_8859_1);
        return Stream.of(
                new Talk("text", TEXT, false),
                new Talk("meta", META, false),
                new Talk("binary", binary, false),
                new Talk("login", "set auth 0 0 9\r\njoe lemon\r\nset a 0 0 1\r\nx\r\nget a\r\n", true),
                new Talk("no login", "get a\r\nset auth 0 0 9\r\njoe lemon\r\nget a\r\n", true),
                new Talk("large", "set big 0 0 3000\r\n" + LARGE + "\r\nget big\r\n", false));
    }

    private static VirtualProxy proxy(boolean login) {
        Users users = login ? new Users(List.of(new Login("joe", "lemon"))) : null;
        ClientPolicy policy = new ClientPolicy(Duration.ZERO, CommandSet.NONE, List.of(), users);
        return new VirtualProxy(new VirtualProxy.VirtualSetup(List.of("1.6.18"), List.of(), CopyPolicy.DEFAULT, policy))
                .start();
    }

    private static ClientConnection connection(VirtualClient client) {
        return client.channel().pipeline().get(ClientConnection.class);
    }

    /** The copy of a connection, after it has travelled. */
    private static ConnectionCopy travelled(PendingInput said) {
        InetSocketAddress end = new InetSocketAddress("127.0.0.1", 1);
        TcpNumbers numbers = new TcpNumbers(0, 0, 1_460, 0, 0, 0, new byte[TcpNumbers.WINDOW_BYTES]);
        ConnectionCopy copy = new ConnectionCopy(end, end, numbers, said, new byte[0], 0);
        return ConnectionCopyCodec.decode(ConnectionCopyCodec.encode(List.of(copy)))
                .get(0);
    }

    /** What the client is told; after the cut the second connection answers. The bytes in between come while it is held. */
    private static String played(Talk talk, int cut, int heldBytes) throws NotMovedException {
        try (VirtualProxy proxy = proxy(talk.login())) {
            VirtualClient first = proxy.client();
            sendAny(first, talk.bytes().substring(0, cut));
            ClientConnection source = connection(first);
            source.quiesce();
            sendAny(first, talk.bytes().substring(cut, cut + heldBytes));
            assertThat(source.handover().isQuiet()).as("nothing in flight").isTrue();
            ConnectionCopy copy = travelled(source.handover().conversation());
            String answers = first.received();

            VirtualClient second = proxy.client();
            ClientConnection target = connection(second);
            target.handover().restores(copy);
            first.close();
            target.handover().activate(copy, false);
            proxy.loop().settle();
            sendAny(second, talk.bytes().substring(cut + heldBytes));
            String rest = second.received();
            proxy.requireRest();
            return answers + rest + (second.isOpen() ? "" : "<closed>");
        }
    }

    /** No channel reads nothing at all. */
    private static void sendAny(VirtualClient client, String bytes) {
        if (!bytes.isEmpty()) {
            client.send(bytes);
        }
    }

    @ParameterizedTest
    @MethodSource("talks")
    void aConversationGoesOnAtAnotherConnectionFromWhateverByte(Talk talk) throws NotMovedException {
        int length = talk.bytes().length();
        String whole = played(talk, length, 0);
        assertThat(whole).isNotEmpty();
        int step = 1;
        for (int cut = 0; cut < length; cut += step) {
            assertThat(played(talk, cut, 0))
                    .as("%s moved at byte %d", talk, cut)
                    .isEqualTo(whole);
            int held = Math.min(7, length - cut);
            assertThat(played(talk, cut, held))
                    .as("%s moved at byte %d, %d held", talk, cut, held)
                    .isEqualTo(whole);
            boolean inValue = length > 10_000 && cut > 300 && cut < length - 300;
            step = inValue ? 499 : 1;
        }
    }

    @Test
    void noRequestBeginsWhileAConnectionIsHeldAndAllDoAfterwards() {
        try (VirtualProxy proxy = proxy(false)) {
            VirtualClient client = proxy.client();
            client.send("set a 0 0 1\r\nx\r\n");
            client.received();
            connection(client).quiesce();
            client.send("get a\r\nget a\r\n");
            assertThat(client.received()).isEqualTo("STORED\r\n");

            connection(client).undrain();
            proxy.loop().settle();

            assertThat(client.received()).isEqualTo("STORED\r\nVALUE a 0 1\r\nx\r\nEND\r\nVALUE a 0 1\r\nx\r\nEND\r\n");
        }
    }

    @Test
    void aBinaryClientIsNotTakenWhereClientsMustLogIn() {
        try (VirtualProxy proxy = proxy(true)) {
            ConnectionCopy copy = travelled(new PendingInput(true, true, false, 0, new byte[0]));
            VirtualClient client = proxy.client();

            assertThatThrownBy(() -> connection(client).handover().restores(copy))
                    .isInstanceOf(NotMovedException.class)
                    .hasMessageContaining("must log in");
        }
    }
}
